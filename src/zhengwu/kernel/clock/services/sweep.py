"""Turning lights: an index range scan over what changes, whatever is open or archived."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.clock.rows import COLUMNS, fetch

_GREEN = "state = 'running' AND light = 'green' AND warn_at <= %s"
_YELLOW = "state = 'running' AND light = 'yellow' AND due_at <= %s"
_DUE = (
    "SELECT id, subject FROM ("  # noqa: S608
    f"(SELECT id, subject FROM clock_clock WHERE {_GREEN} ORDER BY warn_at LIMIT %s) UNION ALL "
    f"(SELECT id, subject FROM clock_clock WHERE {_YELLOW} ORDER BY due_at LIMIT %s)) AS t LIMIT %s"
)
_TURN = (
    "UPDATE clock_clock c SET light = CASE WHEN c.due_at <= %s THEN 'red' ELSE 'yellow' END "  # noqa: S608
    "WHERE c.id IN (SELECT id FROM clock_clock WHERE id = ANY(%s) "
    f"AND (({_GREEN}) OR ({_YELLOW})) ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING {COLUMNS}"
)


def sweep(now: datetime, *, batch: int = 200, lock: Callable[[list[str]], Any] | None = None) -> list[Clock]:
    """Turns at most ``batch`` lights that are due at ``now`` and returns their clocks; call again while
    it is full.

    Green turns yellow at ``warn_at``, yellow red at ``due_at``, and green straight red when nobody swept
    in between: every change is returned once, to one caller, however long the sweeper was dead. Clocks
    locked by a running act are left to the next sweep.

    Whoever writes to the subjects in the same transaction passes ``lock``: it gets the subjects and locks
    their rows before any clock is locked, the same order as an act, so that the two never wait for each
    other in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now, batch, now, batch, batch])
        found = cursor.fetchall()
    if not found:
        return []
    if lock is not None:
        lock(sorted({subject for _, subject in found}))
    return fetch(_TURN, [now, [pk for pk, _ in found], now, now])
