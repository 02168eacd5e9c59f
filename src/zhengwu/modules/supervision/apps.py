from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Electronic supervision."""

    name = "zhengwu.modules.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.directory.api import Role
        from zhengwu.ui.registry import navigation

        navigation.add("desk", "亮灯总览", "supervision:board", roles={Role.INSPECTOR}, order=5, group="监察")
