"""The working calendar the demo city reckons with, and the hours its centres are open."""

from datetime import date

from zhengwu.demo.lists import places
from zhengwu.demo.units import Units
from zhengwu.kernel.clock.api import load_provisional, seed_official, set_office_hours
from zhengwu.kernel.clock.models import CalendarYear
from zhengwu.kernel.directory.api import SYSTEM

_WEEK = [[["09:00", "17:00"]]] * 5 + [[], []]
_FIRST = 2023
_AT_LEAST = 2027
_AHEAD = 2


def load_calendar(on: date) -> str:
    """Official years as published; later ones up to two years after ``on`` provisionally. Says what was loaded.

    Loading a provisional year is an explicit act: limits that reach into it are marked as provisional until the State
    Council's notice replaces it.
    """
    seed_official()
    official = set(CalendarYear.objects.values_list("year", flat=True))
    missing = [y for y in range(_FIRST, max(on.year + _AHEAD, _AT_LEAST) + 1) if y not in official]
    for year in missing:
        load_provisional(year, actor=SYSTEM)
    known = sorted(y for y in official if y >= _FIRST)
    provisional = f"；暂按法定节日 {'、'.join(map(str, missing))}" if missing else ""
    return f"已公布 {known[0]}—{known[-1]}{provisional}"


def load_office_hours(units: Units) -> None:
    """09:00–17:00 on working days: everybody's hours, and by name those of each centre."""
    set_office_hours(name="机关办公时间", hours=_WEEK, actor=SYSTEM)
    for place in places():
        centre = units[place.code, "centre"]
        set_office_hours(name=f"{centre.name}办公时间"[:60], hours=_WEEK, actor=SYSTEM, unit_id=centre.pk)
