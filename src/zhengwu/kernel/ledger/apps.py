from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "zhengwu.kernel.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.ledger import tasks  # noqa: F401 - declares the periodic work
