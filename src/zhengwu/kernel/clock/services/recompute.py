"""After the calendar changed: the due dates of clocks that are not stopped, reckoned anew."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from zhengwu.kernel.clock import signals
from zhengwu.kernel.clock.book import Book, book
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.clock.reckon import lower_light, reckon
from zhengwu.kernel.clock.rows import COLUMNS, fetch, save_reckoned
from zhengwu.lib.now import CN, now

_SQL = (
    f"SELECT {COLUMNS} FROM clock_clock c WHERE state <> 'stopped' AND due_at > %s AND started_at < %s "  # noqa: S608
    "ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock whose due moment changed, and what it was before."""

    clock: Clock
    due_before: datetime


def touching(year: int, *, lock: bool = False) -> list[Clock]:
    """Clocks not stopped that run over a day of ``year``."""
    first, after = (datetime.combine(date(y, 1, 1), time(), CN) for y in (year, year + 1))
    return fetch(_SQL + (" FOR UPDATE" if lock else ""), [first, after])


def recompute(year: int) -> list[Moved]:
    """Reckons every running or suspended clock that touches ``year`` again; returns those whose due
    moment moved.

    One transaction. ``signals.moving`` goes out with the subjects before clocks are locked,
    ``signals.moved`` after they are written (see there). Lights only fall here; the next sweep raises
    them. Stopped clocks keep the verdict that was right on the day.
    """
    with transaction.atomic():
        subjects = sorted({clock.subject for clock in touching(year)})
        if not subjects:
            return []
        signals.moving.send(sender=Clock, subjects=subjects)
        clocks = touching(year, lock=True)
        moved, at = reckon_again(clocks, book()), now()
        for clock in clocks:
            lower_light(clock, at)
        save_reckoned(clocks)
        if moved:
            signals.moved.send(sender=Clock, moved=moved)
        return moved


def reckon_again(clocks: list[Clock], known: Book) -> list[Moved]:
    """Sets the dates of ``clocks`` by ``known``; returns those that moved. Writes nothing."""
    moved = []
    for clock in clocks:
        before = clock.due_at
        reckon(clock, known)
        if clock.due_at != before:
            moved.append(Moved(clock, before))
    return moved
