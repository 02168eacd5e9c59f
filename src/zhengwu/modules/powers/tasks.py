"""Periodic work of the power lists."""

from zhengwu.lib.periodic import every
from zhengwu.modules.powers.services.imports import work_off
from zhengwu.modules.powers.services.publish import take_due


@every(seconds=60, name="powers.effect")
def effect() -> int:
    """Changes whose day has come take effect."""
    return take_due()


@every(seconds=5, name="powers.imports")
def imports() -> int:
    """Uploaded lists are checked, confirmed ones written."""
    return work_off()
