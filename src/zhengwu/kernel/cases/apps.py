from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "zhengwu.kernel.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.cases import receivers, tasks  # noqa: F401 - signals and periodic work
        from zhengwu.kernel.cases.services.attach import register_files

        register_files()
