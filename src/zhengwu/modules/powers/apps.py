from django.apps import AppConfig


class PowersConfig(AppConfig):
    """权责清单：权力事项的编制、审核、公布、调整和清理."""

    name = "zhengwu.modules.powers"
    label = "powers"
    verbose_name = "权责清单"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.powers import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.powers.wiring import connect

        connect()
