from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """送达：证照和文书邮寄送达与跟踪."""

    name = "zhengwu.modules.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.delivery.wiring import connect

        connect()
