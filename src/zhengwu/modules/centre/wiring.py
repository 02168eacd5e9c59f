"""What this module tells the kernel and the shells at start."""

from zhengwu.kernel.cases.visits import provide
from zhengwu.kernel.directory.api import Role
from zhengwu.modules.centre.complaints import register_kind
from zhengwu.modules.centre.selectors import visit_at_window, visit_by_code
from zhengwu.ui.registry import navigation

GROUP = "大厅"
MANAGERS = (Role.CENTRE, Role.RECEPTION)


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    register_kind()
    provide(at_window=visit_at_window, by_code=visit_by_code)
    navigation.add("public", "取号预约", "centre:halls", order=30)
    navigation.add("corner", "我的预约", "centre:appointments", roles=("citizen", "enterprise"), order=30)
    navigation.add("desk", "今日大厅", "centre:home", roles=MANAGERS, order=5, group=GROUP)
    navigation.add("desk", "窗口叫号", "centre:window", roles=(Role.CLERK,), order=90, group=GROUP)
    navigation.add("desk", "窗口看板", "centre:windows", roles=(*MANAGERS, Role.CLERK), order=91, group=GROUP)
    navigation.add("desk", "咨询投诉台", "centre:complaints", roles=MANAGERS, order=92, group=GROUP)
    navigation.add("desk", "月度考评", "centre:months", roles=(Role.CENTRE, Role.CLERK), order=93, group=GROUP)
    navigation.add("desk", "窗口授权", "centre:autonomy", roles=(Role.CENTRE,), order=94, group=GROUP)
