from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """好差评：评价、差评整改."""

    name = "zhengwu.modules.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"
