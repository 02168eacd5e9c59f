from django.apps import AppConfig


class FeesConfig(AppConfig):
    """收费目录、缴费通知、减免和对账."""

    name = "zhengwu.modules.fees"
    label = "fees"
    default_auto_field = "django.db.models.BigAutoField"
