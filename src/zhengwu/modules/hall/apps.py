from django.apps import AppConfig


class HallConfig(AppConfig):
    """The service hall: find a matter, be guided, apply, follow, correct; also for old phones and by SMS."""

    name = "zhengwu.modules.hall"
    label = "hall"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.notifications import inbound
        from zhengwu.modules.hall import sms, tasks  # noqa: F401 - tasks declares the periodic work
        from zhengwu.modules.hall.application import register_kind
        from zhengwu.ui.registry import navigation, places

        register_kind()
        inbound.on(sms.PATTERN, sms.progress, help=sms.HELP, order=10)
        navigation.add("public", "首页", "hall:front", order=0)
        navigation.add("public", "办事", "hall:matters", order=10)
        navigation.add("public", "一件事", "hall:scenes", order=15)
        navigation.add("public", "查进度", "hall:progress", order=20)
        navigation.add("corner", "我的办事", "hall:my", roles=("citizen", "enterprise"), order=10)
        places.set("home", "hall:front")
        places.set("search", "hall:search")
        places.set("profile", "hall:my")
