from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhengwu.kernel.files"
    label = "files"
    verbose_name = "文件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the periodic sweep of orphaned content."""
        from zhengwu.kernel.files import sweep  # noqa: F401
