"""Working days of China: what a limit is, which days are worked, when an office is open. Pure; no database.

A calendar is built from the yearly notices of the State Council (放假安排): they move working days about, so
a year that nobody loaded is refused (``calendar-year-missing``) instead of guessed.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from zhengwu.lib.now import CN
from zhengwu.lib.problem import Problem

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
ONE_DAY = timedelta(days=1)
MAX_LIMIT = 10_000


class Unit(StrEnum):
    """What a limit is counted in. Values are the API's words."""

    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"
    WORKING_HOUR = "working_hour"

    @property
    def label(self) -> str:
        return _UNIT_WORDS[self][0]

    @property
    def word(self) -> str:
        """Follows what is used or left: 3个工作日, 12天, 5小时 (months are counted down in days)."""
        return _UNIT_WORDS[self][1]

    @property
    def by_day(self) -> bool:
        """Whether the limit ends with a day (24:00) and not at a moment within one."""
        return self in (Unit.WORKING_DAY, Unit.DAY, Unit.MONTH)

    @classmethod
    def _missing_(cls, value: object) -> "Unit | None":
        """The name does as well as the value: charts write ``WORKING_DAY``."""
        return cls.__members__.get(str(value).upper())

    @classmethod
    def parse(cls, text: str) -> "Unit":
        """``working_day`` or ``WORKING_DAY``; anything else is a ``Problem('unit-unknown')``."""
        try:
            return cls(text.strip())
        except ValueError:
            known = "、".join(f"{unit}（{unit.label}）" for unit in cls)
            raise Problem("unit-unknown", f"不认识的时限单位“{text[:20]}”，可用：{known}",
                          f"unknown unit; use one of {', '.join(cls)}", field="unit") from None


_UNIT_WORDS = {
    Unit.WORKING_DAY: ("工作日", "个工作日"),
    Unit.DAY: ("自然日", "天"),
    Unit.MONTH: ("月", "天"),
    Unit.HOUR: ("小时", "小时"),
    Unit.WORKING_HOUR: ("工作时", "个工作时"),
}
_LABELS = {Unit.WORKING_DAY: "{}个工作日", Unit.DAY: "{}个自然日", Unit.MONTH: "{}个月", Unit.HOUR: "{}小时",
           Unit.WORKING_HOUR: "{}个工作时"}


@dataclass(frozen=True, slots=True)
class Limit:
    """``n`` (1 to 10,000) of ``unit``."""

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MAX_LIMIT:
            raise Problem("limit-invalid", f"时限应为 1 至 {MAX_LIMIT} 的整数，现为 {self.n}",
                          f"the limit must be between 1 and {MAX_LIMIT}", field="limit")

    @property
    def label(self) -> str:
        return _LABELS[self.unit].format(self.n)

    def __str__(self) -> str:
        return self.label


_OWN = re.compile(r"zw:([A-Z_]{1,20}):(\d{1,5})", re.ASCII)
_ISO = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?)?",
                  re.ASCII)


def parse_duration(text: str) -> Limit:
    """A chart's timer as a limit: ``zw:WORKING_DAY:5``, or ISO 8601 (P5D, P2W, P6M, P1Y, PT24H).

    Days and hours may be mixed (P1DT12H: 36 hours); months with days, minutes and seconds are refused: no
    lawful limit is counted so.
    """
    if own := _OWN.fullmatch(text):
        return Limit(int(own[2]), Unit.parse(own[1]))
    if iso := _ISO.fullmatch(text):
        years, months, weeks, days, hours = (int(part or 0) for part in iso.groups())
        months, days = months + 12 * years, days + 7 * weeks
        if months and not days and not hours:
            return Limit(months, Unit.MONTH)
        if hours and not months:
            return Limit(hours + 24 * days, Unit.HOUR)
        if days and not months:
            return Limit(days, Unit.DAY)
    raise Problem("duration-invalid", f"看不懂的时长“{text[:40]}”，应如 zw:WORKING_DAY:5、P5D、P3M 或 PT24H",
                  "not a duration; write zw:WORKING_DAY:5, P5D, P3M or PT24H", field="duration")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """What a notice says of one day: ``off`` (a holiday) or worked (a make-up day), and the holiday."""

    off: bool
    name: str


@dataclass(frozen=True)
class Year:
    """One loaded year: the days its notice names; others follow the week. ``provisional``: no notice yet."""

    number: int
    named: Mapping[date, NamedDay] = field(default_factory=dict)
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """An interval [start, end) in which the limit does not run (许可法 §45), with reason and legal basis.

    Limits in days skip every calendar day any part of which is suspended, the day of suspension and the day
    of resumption included: as with the start (民法典 §201) a broken day is not held against the office.
    Limits in hours leave out exactly the time between ``start`` and ``end``. ``end=None``: still suspended,
    there is no due date yet.
    """

    start: datetime
    end: datetime | None
    reason: str = ""
    basis: str = ""


@dataclass(frozen=True)
class OfficeHours:
    """Opening hours: for Monday to Sunday a sequence of (start, end) in Chinese wall-clock time, in order.

    They count on working days only. A worked Saturday or Sunday without hours of its own has Monday's.
    """

    week: Sequence[Sequence[tuple[time, time]]]

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not self.week[0]:
            raise Problem("office-hours-invalid", "办公时间须按周一至周日填写，且周一不能为空",
                          "office hours need seven days, Monday not empty", field="hours")
        for spans in self.week:
            flat = [moment for span in spans for moment in span]
            if any(a >= b for a, b in pairwise(flat)):
                raise Problem("office-hours-invalid", "办公时间的起止有误：每段应先起后止，各段先后不得重叠",
                              "office hours overlap or end before they start", field="hours")

    @classmethod
    def daily(cls, *spans: tuple[time, time]) -> "OfficeHours":
        """The same hours Monday to Friday, closed at the weekend."""
        return cls((*[spans] * 5, (), ()))

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open spans of a working ``day`` as aware UTC moments."""
        spans = self.week[day.weekday()] or self.week[0]
        return [(_at(day, start), _at(day, end)) for start, end in spans]


def _at(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, CN).astimezone(UTC)


def midnight(ordinal: int) -> datetime:
    """00:00 in China of the day with this ordinal, in UTC."""
    return datetime.combine(date.fromordinal(ordinal), time(), CN).astimezone(UTC)


def local_ordinal(moment: datetime) -> int:
    """The ordinal of the calendar day in China; ``moment`` must be aware."""
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return moment.astimezone(CN).toordinal()


def year_missing(year: int) -> Problem:
    """The refusal of a year nobody has loaded."""
    return Problem("calendar-year-missing",
                   f"{year}年的放假安排尚未录入，无法计算期限；请系统管理员在“工作日历”中录入",
                   f"the working calendar of {year} has not been loaded", status=422, extra={"year": year})


class Calendar:
    """Working days of the loaded years as one sorted table; every question is a bisect. Immutable."""

    def __init__(self, years: Iterable[Year]) -> None:
        loaded = sorted(years, key=lambda year: year.number)
        self._provisional = {year.number: year.provisional for year in loaded}
        self._named = {day.toordinal(): said for year in loaded for day, said in year.named.items()}
        self.ordinals: list[int] = []
        self._block_end: dict[int, int] = {}  # year -> how far the table is without a gap from there
        self._block_last: dict[int, int] = {}
        block: list[int] = []
        for year in loaded:
            if block and year.number != block[-1] + 1:
                block = []
            first, after = date(year.number, 1, 1).toordinal(), date(year.number, 12, 31).toordinal() + 1
            self.ordinals += [o for o in range(first, after) if self._worked(o)]
            block.append(year.number)
            for number in block:
                self._block_end[number] = len(self.ordinals)
                self._block_last[number] = year.number
        self.days = [date.fromordinal(o) for o in self.ordinals]
        self.ends = [midnight(o + 1) for o in self.ordinals]
        whole = len(block) == len(loaded) > 0  # no gap: then the bounds of the table answer, without a date
        self._first = date(loaded[0].number, 1, 1).toordinal() - 1 if whole else 0
        self._size = len(self.ordinals) if whole else 0

    def _worked(self, ordinal: int) -> bool:
        said = self._named.get(ordinal)
        return (ordinal - 1) % 7 < 5 if said is None else not said.off

    @property
    def years(self) -> dict[int, bool]:
        """Loaded year -> whether it is provisional."""
        return dict(self._provisional)

    def require(self, year: int) -> None:
        """Raises ``Problem('calendar-year-missing')`` unless the year is loaded."""
        if year not in self._provisional:
            raise year_missing(year)

    def working_index(self, ordinal: int, n: int) -> int:
        """Index into ``ordinals``/``days``/``ends`` of the ``n``-th working day after this day (n >= 1)."""
        if ordinal >= self._first and (fast := bisect_right(self.ordinals, ordinal) + n - 1) < self._size:
            return fast
        year = date.fromordinal(ordinal + 1).year
        end = self._block_end.get(year)
        if end is None:
            raise year_missing(year)
        index = bisect_right(self.ordinals, ordinal) + n - 1
        if index >= end:
            raise year_missing(self._block_last[year] + 1)
        return index

    def working_day_after(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (which is not counted)."""
        return self.days[self.working_index(day.toordinal(), n)]

    def working_day_before(self, ordinal: int) -> int:
        """Ordinal of the last working day before this day; its year (and this day's) must be loaded."""
        index = bisect_left(self.ordinals, ordinal) - 1
        self.require(date.fromordinal(ordinal).year)
        if index < 0 or ordinal - self.ordinals[index] > 31:  # no holiday is so long: a year is missing
            self.require(date.fromordinal(ordinal).year - 1)
        return self.ordinals[index]

    def is_working(self, ordinal: int) -> bool:
        self.require(date.fromordinal(ordinal).year)
        return self._worked(ordinal)

    def count(self, after: int, until: int) -> int:
        """Working days in (after, until], of loaded years."""
        return max(0, bisect_right(self.ordinals, until) - bisect_right(self.ordinals, after))

    def require_span(self, first: int, last: int) -> None:
        """Every year from the day ``first`` to the day ``last`` is loaded, or a ``Problem``."""
        for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
            self.require(year)

    def describe(self, ordinal: int) -> tuple[str, str]:
        """(kind, Chinese reason) of a day; kind is workday, makeup, weekend or holiday."""
        day = date.fromordinal(ordinal)
        weekday, said = WEEKDAYS[day.weekday()], self._named.get(ordinal)
        if said is None:
            return ("weekend", weekday) if day.weekday() >= 5 else ("workday", weekday)
        if said.off:
            return "holiday", said.name
        return "makeup", f"{weekday}，{said.name}调休上班"

    def provisional_years(self, first: int, last: int) -> list[int]:
        """Provisional years among the days of these ordinals."""
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        return [year for year in years if self._provisional.get(year)]
