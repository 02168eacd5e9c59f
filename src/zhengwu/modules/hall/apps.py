from django.apps import AppConfig


class HallConfig(AppConfig):
    """The service hall: find a matter, apply, follow, correct, rate."""

    name = "zhengwu.modules.hall"
    label = "hall"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.modules.hall import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.modules.hall.application import register_kind
        from zhengwu.ui.registry import navigation, places

        register_kind()
        navigation.add("public", "首页", "hall:front", order=0)
        navigation.add("public", "办事", "hall:matters", order=10)
        navigation.add("public", "查进度", "hall:progress", order=20)
        navigation.add("corner", "我的办件", "hall:my", roles=("citizen", "enterprise"), order=10)
        places.set("home", "hall:front")
        places.set("search", "hall:search")
        places.set("profile", "hall:my")
