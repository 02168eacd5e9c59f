"""Starting clocks, several in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from zhengwu.kernel.clock.book import book
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.clock.reckon import reckon
from zhengwu.lib.workdays import Limit, due

_INSERT = ("INSERT INTO clock_clock (subject, kind, unit_id, limit_n, limit_unit, basis, started_at, due_at, "
           "warn_at, state, light, suspensions, extensions, provisional) VALUES ")
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, 'running', 'green', '[]', '[]', %s)"


@dataclass(frozen=True, slots=True)
class Order:
    """A clock to start: for what, which limit, from which moment, by which article, held by which unit."""

    subject: str
    kind: str
    limit: Limit
    at: datetime
    basis: str = ""
    unit_id: int | None = None


def start_many(orders: Sequence[Order]) -> list[Clock]:
    """Starts clocks with one INSERT and returns them in the same order.

    Every light is green at first; the next sweep turns and reports what is already late. Raises
    ``Problem('calendar-year-missing')`` (nothing is written) when a limit runs into a year nobody has
    loaded.
    """
    if not orders:
        return []
    known, clocks, params = book(), [], list[Any]()
    for order in orders:
        clock = Clock(subject=order.subject, kind=order.kind, unit_id=order.unit_id, limit_n=order.limit.n,
                      limit_unit=order.limit.unit.value, basis=order.basis, started_at=order.at)
        reckon(clock, known)
        clocks.append(clock)
        params += [clock.subject, clock.kind, clock.unit_id, clock.limit_n, clock.limit_unit, clock.basis,
                   clock.started_at, clock.due_at, clock.warn_at, clock.provisional]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(clocks)) + " RETURNING id", params)
        for clock, (pk,) in zip(clocks, cursor.fetchall(), strict=True):
            clock.pk = pk
            clock._state.adding, clock._state.db = False, "default"
    return clocks


def start(*, subject: str, kind: str, limit: Limit, at: datetime, basis: str = "",
          unit_id: int | None = None) -> Clock:
    """Starts one clock; see ``start_many``."""
    return start_many([Order(subject, kind, limit, at, basis, unit_id)])[0]


def due_at(at: datetime, limit: Limit, unit_id: int | None = None) -> datetime:
    """When ``limit`` from ``at`` would end, by the city's calendar and the unit's office hours. Starts
    nothing."""
    known = book()
    return due(at, limit, known.calendar, known.hours_of(unit_id))
