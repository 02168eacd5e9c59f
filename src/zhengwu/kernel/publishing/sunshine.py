"""The figures of the sunshine page: the whole city and each county, from cases and clocks as they stand now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Substr, TruncDate

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.models import Division
from zhengwu.lib.now import CN, local, now

WINDOW_DAYS = 90
"""Rates are over what was applied for within so many days: long enough for every limit in days, short enough to count
afresh each minute."""
CACHED_SECONDS = 60
DAYS = 30
"""Days in the picture of what came in and went out, today the last of them."""
LAMPS = 360
"""Most lamps on the wall; in a fuller city each stands for several cases."""
LIGHTS = ("green", "yellow", "red", "paused")

_LIGHTS = """
SELECT left(u.division_id, 6),
       count(*) FILTER (WHERE k.state = 'running' AND k.warn_at > %(now)s),
       count(*) FILTER (WHERE k.state = 'running' AND k.warn_at <= %(now)s AND k.due_at > %(now)s),
       count(*) FILTER (WHERE k.state = 'running' AND k.due_at <= %(now)s),
       count(*) FILTER (WHERE k.state = 'suspended')
FROM clock_clock k JOIN directory_unit u ON u.id = k.unit_id
WHERE k.state <> 'stopped' AND k.kind = 'promised'
GROUP BY 1"""

# on_time of the promised clock was settled when it stopped; what is still open past its day counts against the rate.
_RATES = """
SELECT left(c.division_id, 6),
       count(*) FILTER (WHERE c.decided_at IS NOT NULL),
       count(*) FILTER (WHERE c.decided_at IS NOT NULL AND m.kind = 'instant'),
       count(*) FILTER (WHERE m.kind <> 'instant' AND (k.state = 'stopped' OR k.due_at <= %(now)s)),
       count(*) FILTER (WHERE m.kind <> 'instant' AND k.state = 'stopped' AND k.on_time),
       count(*) FILTER (WHERE m.kind <> 'instant' AND k.state = 'stopped' AND k.on_time
         AND (k.stopped_at AT TIME ZONE 'Asia/Shanghai')::date
             < ((k.due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date)
FROM cases_case c
JOIN matters_matter m ON m.id = c.matter_id
LEFT JOIN clock_clock k ON k.subject = c.number AND k.kind = 'promised'
WHERE c.division_id = ANY(%(divisions)s) AND c.opened_at >= %(since)s
GROUP BY 1"""


@dataclass
class Figures:
    """Counts of one area. Rates are shares between 0 and 1, None where there is nothing to divide by."""

    code: str
    name: str
    applied: int = 0
    answered: int = 0
    green: int = 0
    yellow: int = 0
    red: int = 0
    paused: int = 0
    decided: int = 0
    instant: int = 0
    promised: int = 0
    on_time: int = 0
    early: int = 0

    @property
    def running(self) -> int:
        return self.green + self.yellow + self.red + self.paused

    @property
    def bar(self) -> list[tuple[str, float, float]]:
        """The lights as (kind, start, width) of a bar 100 wide; empty when nothing runs."""
        parts, start = [], 0.0
        for kind in LIGHTS:
            width = 100 * getattr(self, kind) / self.running if self.running else 0.0
            if width:
                parts.append((kind, round(start, 2), round(width, 2)))
            start += width
        return parts

    @property
    def per_lamp(self) -> int:
        """How many cases one lamp stands for."""
        return max(1, -(-self.running // LAMPS))

    @property
    def lamps(self) -> list[str]:
        """The wall of lamps, most urgent first: a kind for each lamp, none of a kind that has cases left out."""
        return [kind for kind in ("red", "yellow", "green", "paused")
                for _ in range(-(-getattr(self, kind) // self.per_lamp))]

    @property
    def instant_rate(self) -> float | None:
        """即办件比例: of what was decided, the share of matters done on the spot."""
        return self.instant / self.decided if self.decided else None

    @property
    def on_time_rate(self) -> float | None:
        """按期办结率: of promised cases decided or past their promised day, the share decided by that day."""
        return self.on_time / self.promised if self.promised else None

    @property
    def early_rate(self) -> float | None:
        """提前办结率: of the same, the share decided on a day before the promised one."""
        return self.early / self.promised if self.promised else None


@dataclass
class Day:
    """What the whole city took in and finished on a day in China; ``x`` and the heights are its place in a picture
    DAYS wide and 100 high."""

    date: date
    x: int
    applied: int = 0
    answered: int = 0
    applied_height: float = 0.0
    answered_height: float = 0.0

    @property
    def weekend(self) -> bool:
        return self.date.weekday() > 4


@dataclass
class Sunshine:
    """City total and one line an area; ``at`` is when it was counted, ``day`` the day in China, ``days`` the last DAYS
    of them, oldest first."""

    at: datetime
    day: date
    city: Figures
    areas: list[Figures] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)

    @property
    def most(self) -> int:
        """The highest number of a day."""
        return max((max(d.applied, d.answered) for d in self.days), default=0)


_COUNTS = ("applied", "answered", "green", "yellow", "red", "paused", "decided", "instant", "promised", "on_time",
           "early")


def sunshine() -> Sunshine:
    """The figures of this minute: five queries, remembered for CACHED_SECONDS."""
    key = f"publishing.sunshine:{now():%Y%m%d%H%M}"
    found: Sunshine | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, CACHED_SECONDS)
    return found


def count() -> Sunshine:
    """Counts afresh."""
    moment = now()
    day = local(moment).date()
    begin = datetime.combine(day, time(), CN)
    codes = list(Division.objects.filter(level__lte=Division.Level.TOWNSHIP).values_list("code", "name", "level"))
    divisions = [code for code, _, _ in codes]
    areas = {code[:6]: Figures(code, _area_name(name, level)) for code, name, level in codes
             if level <= Division.Level.COUNTY}
    days = [Day(day - timedelta(days=DAYS - 1 - n), n) for n in range(DAYS)]
    first = begin - timedelta(days=DAYS - 1)
    opened = Case.objects.filter(division__in=divisions, opened_at__gte=first)
    closed = Case.objects.filter(archived_at=None, closed_at__gte=first)
    for rows, stamp, name in ((opened, "opened_at", "applied"), (closed, "closed_at", "answered")):
        counted = rows.annotate(area=Substr("division_id", 1, 6), on=TruncDate(stamp, tzinfo=CN))
        _by_day(areas, days, counted.values_list("area", "on").annotate(n=Count("pk")), name)
    values: dict[str, Any] = {"now": moment, "divisions": divisions, "since": begin - timedelta(days=WINDOW_DAYS)}
    with connection.cursor() as cursor:
        cursor.execute(_LIGHTS, values)
        _add(areas, cursor.fetchall(), ("green", "yellow", "red", "paused"))
        cursor.execute(_RATES, values)
        _add(areas, cursor.fetchall(), ("decided", "instant", "promised", "on_time", "early"))
    city = Figures("", "全市")
    totals: dict[str, int] = defaultdict(int)
    for area in areas.values():
        for name in _COUNTS:
            totals[name] += getattr(area, name)
    for name, total in totals.items():
        setattr(city, name, total)
    sun = Sunshine(at=moment, day=day, city=city, areas=[areas[code] for code in sorted(areas)], days=days)
    for one in days if sun.most else ():
        one.applied_height = round(100 * one.applied / sun.most, 1)
        one.answered_height = round(100 * one.answered / sun.most, 1)
    return sun


def _by_day(areas: dict[str, Figures], days: list[Day], rows: Iterable[tuple[str, date, int]], name: str) -> None:
    """Adds each day's number to the city's days, and today's to its area."""
    for code, on, number in rows:
        place = DAYS - 1 - (days[-1].date - on).days
        if not 0 <= place < DAYS:
            continue
        setattr(days[place], name, getattr(days[place], name) + number)
        if place == DAYS - 1:
            _add(areas, [(code, number)], (name,))


def _area_name(name: str, level: int) -> str:
    return f"{name}本级" if level == Division.Level.CITY else name


def _add(areas: dict[str, Figures], rows: Iterable[tuple[object, ...]], names: tuple[str, ...]) -> None:
    for code, *numbers in rows:
        area = areas.setdefault(str(code), Figures(str(code), str(code)))
        for name, number in zip(names, numbers, strict=True):
            setattr(area, name, number)
