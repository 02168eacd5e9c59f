from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """流程图：绘制、校验、试跑、比较、发布和在办件迁移."""

    name = "zhengwu.modules.charts"
    label = "charts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.charts import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.charts.wiring import connect

        connect()
