from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "zhengwu.kernel.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.cases import receivers, tasks  # noqa: F401 - signals and periodic work
        from zhengwu.kernel.cases.services.attach import register_files

        register_files()
        _announce()


def _announce() -> None:
    """The desk's entries for whoever works on cases; the places other shells link to."""
    from zhengwu.kernel.cases.views.extend import extension_form
    from zhengwu.kernel.directory.api import WORKERS, Role
    from zhengwu.ui.registry import navigation, places, slots

    navigation.add("desk", "待办", "cases:desk", roles=WORKERS, order=10, group="办件")
    navigation.add("desk", "本级事项", "cases:matters", roles={Role.EDITOR}, order=10, group="公开")
    navigation.add("desk", "值班", "cases:duty", roles={Role.DUTY}, order=10, group="值班")
    navigation.add("desk", "我办过的", "cases:done", roles=WORKERS, order=20, group="办件")
    navigation.add("desk", "办件查询", "cases:list", roles={*WORKERS, Role.INSPECTOR}, order=30, group="办件")
    places.set("desk", "home")
    slots.add("case.aside", extension_form)
