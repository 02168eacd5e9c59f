from django.apps import AppConfig


class CentreConfig(AppConfig):
    """政务服务中心管理：叫号、预约、投诉、窗口月报."""

    name = "zhengwu.modules.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"
