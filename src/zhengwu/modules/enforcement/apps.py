from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    """依职权办理的权力：处罚、强制、征收、检查、内部权力；以及依申请的给付、确认、奖励、裁决."""

    name = "zhengwu.modules.enforcement"
    label = "enforcement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.flow.api import add_words
        from zhengwu.modules.enforcement.asked import register_asked
        from zhengwu.modules.enforcement.doors import register_doors
        from zhengwu.modules.enforcement.office import register_kinds
        from zhengwu.modules.enforcement.paperwork import register_papers
        from zhengwu.modules.enforcement.services.record import register_files
        from zhengwu.modules.enforcement.wiring import connect
        from zhengwu.modules.enforcement.words import ACTIONS, KINDS

        add_words(kinds=KINDS, actions=ACTIONS)
        register_papers()
        register_kinds()
        register_asked()
        register_doors()
        register_files()
        connect()
