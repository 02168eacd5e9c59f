from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "zhengwu.kernel.notifications"
    label = "notifications"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the sweep of the outbox and the page in the corner of both shells."""
        from zhengwu.kernel.notifications import sweep  # noqa: F401
        from zhengwu.kernel.notifications.api import unread_on
        from zhengwu.ui.registry import navigation

        navigation.add("corner", "通知", "notifications:notices", order=10, badge=unread_on)
