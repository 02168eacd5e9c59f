"""The calendar and the office hours as this process remembers them."""

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection

from zhengwu.kernel.clock.models import CalendarDay, CalendarStamp, CalendarYear, OfficeHoursRow
from zhengwu.lib.workdays import Calendar, NamedDay, OfficeHours, Year

CHECK_SECONDS = 1.0
# A change made by this process may still be rolled back; for a while every use looks at the stamp.
_WARY_SECONDS = 60.0


@dataclass(frozen=True)
class Book:
    """What due dates are reckoned with."""

    stamp: uuid.UUID | None
    calendar: Calendar
    hours: dict[int | None, OfficeHours]

    def hours_of(self, unit_id: int | None) -> OfficeHours | None:
        """The unit's own hours, else everybody's, else none."""
        return self.hours.get(unit_id) or self.hours.get(None)


class _Memory(threading.local):
    book: Book | None = None
    database: str = ""
    checked: float = 0.0
    wary_until: float = 0.0


_memory = _Memory()


def book() -> Book:
    """The current book; asks the database for its stamp at most once a second and thread."""
    clock, name = time.monotonic(), str(connection.settings_dict["NAME"])
    known = _memory.book
    if known is not None and _memory.database == name and clock < _memory.checked + CHECK_SECONDS \
            and clock >= _memory.wary_until:
        return known
    stamp = _stamp()
    if known is None or known.stamp != stamp or _memory.database != name:
        known = _load(stamp)
    _memory.book, _memory.database, _memory.checked = known, name, clock
    return known


def changed() -> None:
    """To be called after a write to calendar or office hours, in the same transaction."""
    CalendarStamp.objects.update_or_create(pk=1, defaults={"value": uuid.uuid4()})
    _memory.book, _memory.wary_until = None, time.monotonic() + _WARY_SECONDS


def _stamp() -> uuid.UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM clock_calendarstamp WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else None


def _load(stamp: uuid.UUID | None) -> Book:
    return Book(stamp, Calendar(years().values()),
                {row.unit_id: row.value() for row in OfficeHoursRow.objects.all()})


def years() -> dict[int, Year]:
    """Every loaded year as the database has it now."""
    named: dict[int, dict[date, NamedDay]] = {}
    for row in CalendarDay.objects.all():
        named.setdefault(row.date.year, {})[row.date] = NamedDay(row.off, row.name)
    return {row.year: Year(row.year, named.get(row.year, {}), row.state == CalendarYear.State.PROVISIONAL)
            for row in CalendarYear.objects.all()}
