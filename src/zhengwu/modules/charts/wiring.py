"""What this module tells the shells at start."""

from zhengwu.kernel.directory.api import Role
from zhengwu.modules.charts.policies import READERS
from zhengwu.ui.registry import navigation


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    navigation.add("desk", "流程图", "charts:list", roles=READERS, order=5, group="流程")
    navigation.add("desk", "迁出迁入", "charts:packages", roles=(Role.DESIGNER,), order=6, group="流程")
