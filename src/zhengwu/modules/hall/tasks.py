"""Periodic work of the hall."""

from zhengwu.lib.periodic import every
from zhengwu.modules.hall.services.deem import accept_deemed


@every(seconds=300, name="hall.deemed")
def deemed() -> None:
    accept_deemed()
