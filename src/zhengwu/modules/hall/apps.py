from django.apps import AppConfig


class HallConfig(AppConfig):
    """The service hall: find a matter, apply, follow, correct, rate."""

    name = "zhengwu.modules.hall"
    label = "hall"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.hall.application import register_kind

        register_kind()
