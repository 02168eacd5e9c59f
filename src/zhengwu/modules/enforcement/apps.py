from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    """依职权办理的权力：处罚、强制、征收、检查等."""

    name = "zhengwu.modules.enforcement"
    label = "enforcement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.flow.api import add_words
        from zhengwu.modules.enforcement.words import ACTIONS, KINDS

        add_words(kinds=KINDS, actions=ACTIONS)
