"""Periodic work of fees."""

from zhengwu.lib.periodic import every
from zhengwu.modules.fees.services.register import end_lapsed


@every(seconds=3600, name="zhengwu.fees.lapsed")
def mark_lapsed() -> int:
    """Charges past their last day are shown as abolished."""
    return end_lapsed()
