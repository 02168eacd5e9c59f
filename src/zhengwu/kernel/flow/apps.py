from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "zhengwu.kernel.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"
