from django.apps import AppConfig


class IntermediariesConfig(AppConfig):
    """中介服务：机构登记、承诺时限与公示."""

    name = "zhengwu.modules.intermediaries"
    label = "intermediaries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.intermediaries.wiring import connect

        connect()
