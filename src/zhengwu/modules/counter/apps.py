from django.apps import AppConfig


class CounterConfig(AppConfig):
    """窗口：现场收件、服务点、代办、打印."""

    name = "zhengwu.modules.counter"
    label = "counter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.counter.wiring import connect

        connect()
