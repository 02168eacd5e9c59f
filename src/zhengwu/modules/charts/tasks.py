"""Repeating work of charts: days that have come, migrations under way."""

from zhengwu.lib import periodic
from zhengwu.modules.charts.services.release import publish_due
from zhengwu.modules.charts.services.transfer import carry_on


@periodic.every(seconds=60, name="charts.due")
def due() -> None:
    """Publishes drafts on their day: within the first minute of it."""
    publish_due()


@periodic.every(seconds=5, name="charts.transfers")
def transfers() -> None:
    """Moves the cases of migrations that somebody began."""
    carry_on()
