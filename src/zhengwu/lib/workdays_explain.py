"""A limit explained day by day, as it is drawn on the clock strip. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from zhengwu.lib.workdays_calendar import Calendar, Limit, OfficeHours, Suspension, Unit, local_ordinal
from zhengwu.lib.workdays_limits import HourTerms, counted_spans, due, last_day, nth_day, suspended_days


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the strip.

    ``kind``: start (起算日, not counted) · workday · makeup (a weekend worked) · day (a natural day) ·
    weekend · holiday · suspended · moved (after the last counted day fell on a rest day, 民法典 §203) ·
    closed (hours: no office time left that day). ``number``: which counted day it is, or for hours how many
    whole hours are full by its end; ``None`` if it is not counted. ``reason``: Chinese, never empty.
    """

    date: date
    counted: bool
    reason: str
    number: int | None
    kind: str


@dataclass(frozen=True)
class Explanation:
    """Everything a page says about one limit; what ``{% clock_strip %}`` draws.

    ``due`` is the aware moment, ``last_day`` the calendar day people mean by it. ``left`` < 0 means overdue.
    ``state``: running, suspended, stopped, or planned (a mere calculation, ``used`` = 0). ``note`` is empty
    or a sentence that must be shown with the strip (provisional calendar). While suspended, ``due`` is what
    it would be if resumed now.
    """

    days: list[DayLine]
    summary: str
    basis: str
    used: int
    left: int
    word: str
    due: datetime
    last_day: date
    started: datetime
    limit: Limit
    state: str = "planned"
    light: str = "green"
    provisional: bool = False
    note: str = ""
    suspensions: list[Suspension] = field(default_factory=list)


def explain(start: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours | None = None,
            suspensions: Sequence[Suspension] = ()) -> list[DayLine]:
    """Every day from the start day to the last day, each counted or skipped with its reason.

    Agrees with ``due`` by construction of both; raises the same ``Problem`` for a year that is not loaded.
    """
    until = due(start, limit, calendar, hours, suspensions)
    end = last_day(until, limit.unit).toordinal()
    calendar.require_span(local_ordinal(start), end)
    if limit.unit.by_day:
        return _days(start, end, limit, calendar, suspensions)
    return _hours(start, until, HourTerms(limit.unit, calendar, hours, suspensions))


def _days(start: datetime, end: int, limit: Limit, calendar: Calendar,
          suspensions: Sequence[Suspension]) -> list[DayLine]:
    first = local_ordinal(start)
    lines = [DayLine(date.fromordinal(first), False, "起算当日不计入", None, "start")]
    nth = nth_day(start, limit, calendar, suspensions).toordinal()
    reasons, number = _suspended_reasons(suspensions), 0
    for ordinal in range(first + 1, end + 1):
        day, (kind, reason) = date.fromordinal(ordinal), calendar.describe(ordinal)
        rest = kind in ("weekend", "holiday")
        if ordinal in reasons:
            lines.append(DayLine(day, False, reasons[ordinal], None, "suspended"))
        elif ordinal > nth:
            why = f"{reason}，顺延" if rest else "期限届满日逢休息日，顺延至本日"
            lines.append(DayLine(day, False, why, None, kind if rest else "moved"))
        elif limit.unit is Unit.WORKING_DAY and rest:
            lines.append(DayLine(day, False, reason, None, kind))
        else:
            number += 1
            said = kind if limit.unit is Unit.WORKING_DAY else "day"
            ordinal_word = "日" if said == "day" else "个工作日"
            lines.append(DayLine(day, True, f"第{number}{ordinal_word}（{reason}）", number, said))
    return lines


def _hours(start: datetime, until: datetime, terms: HourTerms) -> list[DayLine]:
    calendar, suspensions = terms.calendar, terms.suspensions
    seconds: Counter[int] = Counter()
    for begin, stop in counted_spans(start, until, terms):
        seconds[local_ordinal(begin)] += round((stop - begin).total_seconds())
    reasons, total, lines = _suspended_reasons(suspensions), 0, []
    for ordinal in range(local_ordinal(start), local_ordinal(until) + 1):
        day, (kind, reason) = date.fromordinal(ordinal), calendar.describe(ordinal)
        here = seconds[ordinal]
        if here:
            total += here
            said = "day" if terms.unit is Unit.HOUR else kind
            lines.append(DayLine(day, True, f"计入{_span(here)}（{reason}）", total // 3600, said))
        elif ordinal in reasons:
            lines.append(DayLine(day, False, reasons[ordinal], None, "suspended"))
        else:
            rest = kind in ("weekend", "holiday")
            why = reason if rest else "当日剩余时间不在办公时间内"
            lines.append(DayLine(day, False, why, None, kind if rest else "closed"))
    return lines


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes = round(rest / 60)
    return (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes else "") or "不足1分钟"


def _suspended_reasons(suspensions: Sequence[Suspension]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for item in suspensions:
        for first, last in suspended_days([item]):
            for ordinal in range(first, last + 1):
                words = f"中止：{item.reason}" if item.reason else "中止"
                reasons.setdefault(ordinal, f"{words}（{item.basis}）" if item.basis else words)
    return reasons


def counted_summary(start: datetime, limit: Limit, lines: Sequence[DayLine], until: date) -> str:
    """One Chinese sentence: from when, how many, to when, and what was skipped on the way."""
    skipped: Counter[str] = Counter()
    for line in lines[1:]:
        if line.kind in ("weekend", "suspended") and not line.counted:
            skipped["周末" if line.kind == "weekend" else "中止"] += 1
        elif line.kind == "holiday" and not line.counted:
            skipped[line.reason.removesuffix("，顺延")] += 1
    begin = long_date(lines[0].date)
    text = f"{begin}起算（当日不计入），{limit.label}至{long_date(until)}届满"
    if not limit.unit.by_day:
        text = f"{begin}起算，{limit.label}至{long_date(until)}届满"
    if skipped:
        text += "；其间" + "、".join(f"{name}{days}天" for name, days in skipped.items()) + "不计"
    makeup = sum(line.kind == "makeup" for line in lines if line.counted)
    if makeup:
        text += f"，调休上班{makeup}天照计"
    return text + "。"


def provisional_note(years: Sequence[int]) -> str:
    """What must be said when a due date rests on a year whose notice is not out; empty for no years."""
    if not years:
        return ""
    return f"{'、'.join(str(year) for year in years)}年放假安排尚未公布，按法定节日暂计，公布后自动重算"


def plan(start: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours | None = None,
         basis: str = "") -> Explanation:
    """The explanation of a mere calculation (the public calculator)."""
    lines, end = explain(start, limit, calendar, hours), due(start, limit, calendar, hours)
    until = last_day(end, limit.unit)
    years = calendar.provisional_years(local_ordinal(start), until.toordinal())
    word = "个月" if limit.unit is Unit.MONTH else limit.unit.word
    return Explanation(days=lines, summary=counted_summary(start, limit, lines, until), basis=basis, used=0,
                       left=limit.n, word=word, due=end, last_day=until, started=start, limit=limit,
                       provisional=bool(years), note=provisional_note(years))


def long_date(day: date) -> str:
    """2026年3月13日"""
    return f"{day.year}年{day.month}月{day.day}日"
