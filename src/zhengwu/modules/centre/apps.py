from django.apps import AppConfig


class CentreConfig(AppConfig):
    """大厅管理: queue, appointments, windows and attendance, complaint desk, the clerk's month, autonomy of windows."""

    name = "zhengwu.modules.centre"
    label = "centre"
    verbose_name = "大厅管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.centre import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.centre.wiring import connect

        connect()
