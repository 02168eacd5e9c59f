"""Powers for the matters of test worlds: without one nothing runs."""

from datetime import date

from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters.models import Matter, Power
from zhengwu.kernel.matters.services.enlist import enlist

SINCE = date(2020, 1, 1)


def listed(*matters: Matter, on: date | None = SINCE) -> list[Power]:
    """Publishes a power behind every one of ``matters`` (all there are when none is named) since ``on``."""
    rows = list(matters) or list(Matter.objects.select_related("master", "chart"))
    return enlist(rows, by=By("test", "测试"), on=on)
