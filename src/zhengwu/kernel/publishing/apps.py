from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """How business becomes public: one interface, one list, one way to take something back."""

    name = "zhengwu.kernel.publishing"
    label = "publishing"
    verbose_name = "公开"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.cases.api import on
        from zhengwu.kernel.publishing.decisions import on_decided
        from zhengwu.ui.registry import navigation

        on("granted", on_decided)
        on("denied", on_decided)
        navigation.add("public", "行政许可公示", "publishing:publicity", order=70)
        navigation.add("public", "阳光政务", "publishing:sunshine", order=80)
