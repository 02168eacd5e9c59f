"""What this module tells the kernel and the shells at start."""

from zhengwu.kernel.directory.api import WORKERS
from zhengwu.modules.delivery import tasks  # noqa: F401 - declares the periodic work
from zhengwu.modules.delivery.views.pages import case_post
from zhengwu.ui.registry import navigation, slots


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    slots.add("case.results", case_post, order=30)
    navigation.add("desk", "邮寄送达", "delivery:parcels", roles=WORKERS, order=80, group="办件")
