from django.apps import AppConfig
from django.db.models.signals import post_migrate

from zhengwu.ui.registry import navigation


class ClockConfig(AppConfig):
    name = "zhengwu.kernel.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "时限"

    def ready(self) -> None:
        from zhengwu.kernel.clock.services.seed import seed_after_migrate

        post_migrate.connect(seed_after_migrate, sender=self)
        navigation.add("public", "期限计算", "clock:deadline", order=70)
        navigation.add("desk", "工作日历", "clock:calendar", roles=["sysadmin"], order=90, group="系统管理")
