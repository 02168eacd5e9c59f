from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """好差评: evaluation of visits by every door, rectification of bad ones, published rates."""

    name = "zhengwu.modules.evaluation"
    label = "evaluation"
    verbose_name = "好差评"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.evaluation import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.evaluation.wiring import connect

        connect()
