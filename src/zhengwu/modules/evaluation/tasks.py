"""Periodic work of the evaluations."""

from zhengwu.lib.periodic import every
from zhengwu.modules.evaluation.services.invite import invite_due


@every(seconds=120, name="evaluation.invite")
def invite() -> int:
    """Asks by SMS about what was closed lately."""
    return invite_due()
