"""From a clock's facts to its dates."""

from datetime import datetime

from django.conf import settings

from zhengwu.kernel.clock.book import Book
from zhengwu.kernel.clock.models import Clock, ClockState, Light
from zhengwu.lib.workdays import Limit, Measure, Unit, WarnRule, due, last_day, local_ordinal, measure, warn


def warn_rule() -> WarnRule:
    """``settings.CLOCK_WARN`` (keywords of ``WarnRule``), else one working day left (20 % of limits in
    hours)."""
    return WarnRule(**getattr(settings, "CLOCK_WARN", {}))


def reckon(clock: Clock, book: Book, *, resumed_at: datetime | None = None) -> None:
    """Sets ``due_at``, ``warn_at`` and ``provisional``; a suspension still open counts until ``resumed_at``.

    Without ``resumed_at`` an open suspension counts as ended at once: the earliest day the limit can end.
    """
    limit, hours = clock.limit, book.hours_of(clock.unit_id)
    intervals = clock.intervals(until=resumed_at or clock.suspended_at)
    clock.due_at = due(clock.started_at, limit, book.calendar, hours, intervals)
    warned = warn(clock.started_at, limit, book.calendar, due_at=clock.due_at, hours=hours,
                  suspensions=intervals, rule=warn_rule())
    clock.warn_at = min(clock.due_at, warned)
    clock.provisional = rests_on_provisional(clock.started_at, clock.due_at, limit, book)


def rests_on_provisional(started_at: datetime, due_at: datetime, limit: Limit, book: Book) -> bool:
    """Whether a day the limit runs over belongs to a year whose notice is not out. Plain hours ask no
    calendar."""
    if limit.unit is Unit.HOUR:
        return False
    first, last = local_ordinal(started_at), last_day(due_at, limit.unit).toordinal()
    return bool(book.calendar.provisional_years(min(first + 1, last), last))


def lower_light(clock: Clock, at: datetime) -> None:
    """After the dates moved back the light may only fall; rising is the sweep's, so that each rise is
    told once."""
    if clock.warn_at > at:
        clock.light = Light.GREEN
    elif clock.due_at > at and clock.light == Light.RED:
        clock.light = Light.YELLOW


def as_resumed(clock: Clock, book: Book, at: datetime) -> Clock:
    """A suspended clock as it would be if resumed at ``at`` (a copy that is not to be saved); others as
    they are."""
    if clock.state != ClockState.SUSPENDED:
        return clock
    fields = [field.attname for field in Clock._meta.concrete_fields]
    shown = Clock.from_db("default", fields, [getattr(clock, name) for name in fields])
    reckon(shown, book, resumed_at=at)
    return shown


def measured(clock: Clock, book: Book, at: datetime) -> Measure:
    """Used and left at ``at``; of a stopped clock when it stopped, of a suspended one since it was
    suspended."""
    shown = as_resumed(clock, book, at)
    moment = clock.stopped_at or clock.suspended_at or at
    return measure(clock.started_at, clock.limit, book.calendar, due_at=shown.due_at, at=moment,
                   hours=book.hours_of(clock.unit_id), suspensions=clock.intervals(until=at))
