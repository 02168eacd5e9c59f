from django.apps import AppConfig


class PowersConfig(AppConfig):
    """权责清单：权力事项的编制、审核、公布、调整和清理."""

    name = "zhengwu.modules.powers"
    label = "powers"
    default_auto_field = "django.db.models.BigAutoField"
