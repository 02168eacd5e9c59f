from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Electronic certificates (电子证照, GB/T 36901–36906): issue, seal, show, check, take back."""

    name = "zhengwu.modules.certificates"
    label = "certificates"
    verbose_name = "电子证照"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.certificates import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.certificates.wiring import connect

        connect()
