from django.apps import AppConfig


class FeesConfig(AppConfig):
    """收费目录、缴费通知、减免和对账."""

    name = "zhengwu.modules.fees"
    label = "fees"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.fees import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.fees.wiring import connect

        connect()
