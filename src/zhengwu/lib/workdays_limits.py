"""When a limit ends, when it turns yellow, how much of it is used. Pure.

- The day of the event is not counted; hours run from the stated moment (民法典 §201).
- Months end on the same day number, else on the month's last day (§202).
- Natural days and months that end on a rest day move to the next working day (§203).
- A limit in days ends with its last day: due is the next midnight in China, "on time" is before it.
- Suspended days are no days of the calendar: days skip them, months grow by them (see ``Suspension``).
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from zhengwu.lib.problem import Problem
from zhengwu.lib.workdays_calendar import (
    Calendar,
    Limit,
    OfficeHours,
    Suspension,
    Unit,
    local_ordinal,
    midnight,
)

Span = tuple[datetime, datetime]
Days = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class WarnRule:
    """When the light turns yellow: at most ``days`` working days left, or at most ``share`` of the limit if
    that is earlier. Limits in hours turn yellow with ``hour_share`` of them left."""

    days: int = 1
    share: float = 0.0
    hour_share: float = 0.2


DEFAULT_RULE = WarnRule()


@dataclass(frozen=True, slots=True)
class Measure:
    """``used`` and ``left`` of a limit in ``word`` (个工作日, 天, 小时 …); ``left`` < 0: overdue by so much.

    Today counts as used: on the last day nothing is left. ``overdue`` is the verdict: on the Saturday
    after a due Friday no working day is over yet, but the limit is.
    """

    used: int
    left: int
    word: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class HourTerms:
    """What limits in hours are counted by."""

    unit: Unit
    calendar: Calendar
    hours: OfficeHours | None
    suspensions: Sequence[Suspension]


def due(start: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours | None = None,
        suspensions: Sequence[Suspension] = ()) -> datetime:
    """The moment (aware, UTC) at which ``limit`` is over. ``hours`` is needed for working hours only.

    Raises ``Problem('calendar-year-missing')`` when the answer lies in a year nobody has loaded.
    """
    if limit.unit is Unit.WORKING_DAY:
        if not suspensions:
            return calendar.ends[calendar.working_index(local_ordinal(start), limit.n)]
        days = suspended_days(suspensions)
        return calendar.ends[_working_index(local_ordinal(start), limit.n, calendar, days)]
    if limit.unit in (Unit.DAY, Unit.MONTH):
        return midnight(_last_ordinal(local_ordinal(start), limit, calendar, suspended_days(suspensions)) + 1)
    return _after_seconds(start, limit.n * 3600, HourTerms(limit.unit, calendar, hours, suspensions))


def last_day(due_at: datetime, unit: Unit) -> date:
    """The calendar day in China on which a limit ends: for limits in days the one that ends at
    ``due_at``."""
    return date.fromordinal(local_ordinal(due_at - timedelta(microseconds=1) if unit.by_day else due_at))


def nth_day(start: datetime, limit: Limit, calendar: Calendar,
            suspensions: Sequence[Suspension] = ()) -> date:
    """The last counted day of a limit in days, before it is moved off a rest day (民法典 §203)."""
    first, days = local_ordinal(start), suspended_days(suspensions)
    if limit.unit is Unit.WORKING_DAY:
        return date.fromordinal(calendar.ordinals[_working_index(first, limit.n, calendar, days)])
    return date.fromordinal(_nth_ordinal(first, limit, days))


def warn(start: datetime, limit: Limit, calendar: Calendar, *, due_at: datetime,
         hours: OfficeHours | None = None, suspensions: Sequence[Suspension] = (),
         rule: WarnRule = DEFAULT_RULE) -> datetime:
    """The moment the light turns yellow; never before the first day that counts, never after ``due_at``."""
    if not limit.unit.by_day:
        seconds = round(limit.n * 3600 * (1 - rule.hour_share))
        return _after_seconds(start, seconds, HourTerms(limit.unit, calendar, hours, suspensions))
    first, days = local_ordinal(start), suspended_days(suspensions)
    end = local_ordinal(due_at) - 1
    if limit.unit is Unit.WORKING_DAY:
        number = max(1, limit.n - max(rule.days, int(limit.n * rule.share)))
        return midnight(calendar.ordinals[_working_index(first, number, calendar, days)])
    early = end
    for _ in range(rule.days):
        early = calendar.working_day_before(early)
        while _covering(days, early) and early > first:
            early = calendar.working_day_before(early)
    shared = end - int((end - first) * rule.share)
    return midnight(min(end, max(first + 1, min(early, shared))))


def measure(start: datetime, limit: Limit, calendar: Calendar, *, due_at: datetime, at: datetime,
            hours: OfficeHours | None = None, suspensions: Sequence[Suspension] = ()) -> Measure:
    """How much of a limit is used at ``at`` and how much is left. Suspensions must be closed."""
    at = max(at, start)
    if not limit.unit.by_day:
        terms = HourTerms(limit.unit, calendar, hours, suspensions)
        used, left, over = (_running(a, b, terms) for a, b in ((start, at), (at, due_at), (due_at, at)))
        return Measure(int(used // 3600), int(-(-left // 3600)) - int(-(-over // 3600)), limit.unit.word,
                       at >= due_at)
    first, today, end = local_ordinal(start), local_ordinal(at), local_ordinal(due_at) - 1
    days = suspended_days(suspensions)
    worked = limit.unit is Unit.WORKING_DAY
    if worked:
        calendar.require_span(first + 1, max(first + 1, today, end))
    used_days = _count(first, today, calendar, days, worked)
    left_days = _count(today, end, calendar, days, worked) - _count(end, today, calendar, days, worked)
    return Measure(used_days, left_days, limit.unit.word, at >= due_at)


def suspended_days(suspensions: Sequence[Suspension]) -> Days:
    """Suspended days as disjoint sorted pairs of ordinals, both inclusive."""
    if not suspensions:
        return []
    merged: Days = []
    for begin, end in _merged(suspensions):
        first, last = local_ordinal(begin), local_ordinal(end - timedelta(microseconds=1))
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _merged(suspensions: Sequence[Suspension]) -> list[Span]:
    spans: list[Span] = []
    for item in sorted(suspensions, key=lambda s: s.start):
        if item.end is None:
            raise ValueError("a limit that is still suspended has no due date")
        if item.end <= item.start:
            continue
        if spans and item.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(item.end, spans[-1][1]))
        else:
            spans.append((item.start, item.end))
    return spans


def _working_index(first: int, n: int, calendar: Calendar, days: Days) -> int:
    index = calendar.working_index(first, n)
    for begin, end in days:
        if begin > calendar.ordinals[index]:
            break
        n += calendar.count(max(begin - 1, first), end)
        index = calendar.working_index(first, n)
    return index


def _nth_ordinal(first: int, limit: Limit, days: Days) -> int:
    end = first + limit.n
    if limit.unit is Unit.MONTH:
        end = add_months(date.fromordinal(first), limit.n).toordinal()
    for begin, last in days:
        if begin > end:
            break
        end += max(0, last - max(begin - 1, first))
    return end


def _last_ordinal(first: int, limit: Limit, calendar: Calendar, days: Days) -> int:
    end = _nth_ordinal(first, limit, days)
    while not calendar.is_working(end) or (pair := _covering(days, end)):
        if calendar.is_working(end) and pair:
            end = pair[1]
        end = calendar.ordinals[calendar.working_index(end, 1)]
    return end


def _covering(days: Days, ordinal: int) -> tuple[int, int] | None:
    return next((pair for pair in days if pair[0] <= ordinal <= pair[1]), None)


def add_months(day: date, n: int) -> date:
    """``n`` months after ``day``: the same day number, or the month's last (民法典 §202)."""
    months = day.year * 12 + day.month - 1 + n
    year, month = divmod(months, 12)
    if not 1 <= year <= 9998:
        raise Problem("limit-invalid", "时限过长", "the limit is too long", field="limit")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _count(after: int, until: int, calendar: Calendar, days: Days, worked: bool) -> int:
    """Days that count in (after, until]."""
    def plain(a: int, b: int) -> int:
        return calendar.count(a, b) if worked else max(0, b - a)

    return plain(after, until) - sum(plain(max(begin - 1, after), min(last, until)) for begin, last in days)


def _open_spans(start: datetime, until: datetime | None, terms: HourTerms) -> Iterator[Span]:
    """The time that counts in [start, until): all of it, or office hours of working days; cut at
    midnight."""
    if terms.unit is Unit.WORKING_HOUR and terms.hours is None:
        raise Problem("office-hours-missing", "未设置办公时间，无法按工作时计算期限",
                      "no office hours are set", status=422)
    for ordinal in count(local_ordinal(start)):
        if until is not None and midnight(ordinal) >= until:
            return
        spans = [(midnight(ordinal), midnight(ordinal + 1))]
        if terms.unit is Unit.WORKING_HOUR and terms.hours is not None:
            worked = terms.calendar.is_working(ordinal)
            spans = terms.hours.on(date.fromordinal(ordinal)) if worked else []
        for begin, end in spans:
            if end > start and (until is None or begin < until):
                yield max(begin, start), end if until is None else min(end, until)


def without(spans: Iterator[Span], cut: list[Span]) -> Iterator[Span]:
    """``spans`` minus the sorted disjoint intervals ``cut``."""
    for begin, end in spans:
        left = begin
        for cut_begin, cut_end in cut[max(0, bisect_right(cut, (begin, begin)) - 1):]:
            if cut_begin >= end:
                break
            if cut_begin > left:
                yield left, cut_begin
            left = max(left, cut_end)
        if left < end:
            yield left, end


def counted_spans(start: datetime, until: datetime | None, terms: HourTerms) -> Iterator[Span]:
    """The time that counts for limits in hours in [start, until) (``None``: endless), cut at midnight."""
    return without(_open_spans(start, until, terms), _merged(terms.suspensions))


def _after_seconds(start: datetime, seconds: int, terms: HourTerms) -> datetime:
    left = timedelta(seconds=seconds)
    if terms.unit is Unit.HOUR and not terms.suspensions:
        return start + left
    for begin, end in counted_spans(start, None, terms):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise AssertionError("counted time is endless")


def _running(start: datetime, until: datetime, terms: HourTerms) -> float:
    """Seconds that count in [start, until)."""
    if until <= start:
        return 0.0
    if terms.unit is Unit.HOUR and not terms.suspensions:
        return (until - start).total_seconds()
    return sum(((end - begin).total_seconds() for begin, end in counted_spans(start, until, terms)), 0.0)
