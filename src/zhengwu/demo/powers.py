"""The power and duty lists (权责清单) of the demo city."""

from datetime import date, datetime, time

from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.matters.api import enlist
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN


def load_powers(on: date) -> int:
    """Puts a published power behind every matter that has none, in force since the year before; returns how many."""
    since = date(on.year - 1, 1, 1)
    rows = Matter.objects.filter(power=None).select_related("master", "chart").order_by("id")
    return len(enlist(rows, by=SYSTEM.by(), on=since, at=datetime.combine(on, time(9), CN)))
