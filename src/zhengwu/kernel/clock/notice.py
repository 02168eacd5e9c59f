"""The rows of a holiday arrangement: what a year's notice names, read from text and checked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhengwu.kernel.clock.statutory import statutory_days
from zhengwu.lib.workdays import WEEKDAYS, NamedDay, Year

# 全国年节及纪念日放假办法 as revised with effect from 2025-01-01; earlier years had other days.
_LAW_SINCE = 2025
FIRST_YEAR, LAST_YEAR = 2000, 2099
_LINE = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:至|到|~|—)\s*(\d{4}-\d{1,2}-\d{1,2}))?[\s,，、;；]+(\S+?)[\s,，、;；]+(\S+)")
_WORDS = {"休": True, "放假": True, "班": False, "上班": False, "调休上班": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One day of a notice: off, or a Saturday or Sunday worked; ``name`` as people call the holiday
    (春节)."""

    date: date
    off: bool
    name: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """What is wrong with a row: ``line`` counts from 1 (0: the year as a whole), ``text`` as given."""

    line: int
    text: str
    message: str


def read(text: str) -> tuple[list[Row], list[BadRow]]:
    """Reads lines ``2027-10-01,休,国庆节``, ``2027-10-01至2027-10-07,休,国庆节``, ``2027-10-09,班,国庆节``.

    Commas, tabs or spaces separate; blank lines and a heading that begins with 日期 are passed over.
    """
    rows: list[Row] = []
    bad: list[BadRow] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip().lstrip("\ufeff")
        if not line or (number == 1 and line.startswith("日期")):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            bad.append(BadRow(number, line[:60], "应写作“日期,休或班,节日”，如 2027-10-01,休,国庆节"))
            continue
        try:
            rows += _rows(found)
        except ValueError as error:
            bad.append(BadRow(number, line[:60], str(error)))
    return rows, bad


def _rows(found: re.Match[str]) -> list[Row]:
    first, last = _day(found[1]), _day(found[2] or found[1])
    if found[3] not in _WORDS:
        raise ValueError(f"“{found[3][:10]}”应为“休”或“班”")
    if len(found[4]) > 20:
        raise ValueError("节日名称不超过 20 字")
    if not 0 <= (last - first).days <= 20:
        raise ValueError("起止日期颠倒或相隔太久")
    return [Row(first + timedelta(days=i), _WORDS[found[3]], found[4]) for i in range((last - first).days + 1)]


def _day(text: str) -> date:
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        raise ValueError(f"{text} 不是日历上的日子") from None


def check(year: int, rows: Sequence[Row]) -> list[BadRow]:
    """What contradicts the calendar or the law in the notice of ``year``; empty if it can be loaded."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return [BadRow(0, "", f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")]
    bad: list[BadRow] = []
    seen: set[date] = set()
    for number, row in enumerate(rows, 1):
        text = f"{row.date} {'休' if row.off else '班'} {row.name}"
        if row.date.year != year:
            bad.append(BadRow(number, text, f"不在{year}年"))
        if row.date in seen:
            bad.append(BadRow(number, text, "同一天写了两次"))
        seen.add(row.date)
        if not row.off and row.date.weekday() < 5:
            bad.append(BadRow(number, text, f"{WEEKDAYS[row.date.weekday()]}本来就上班，“班”只用于周六、周日"))
        if not row.name.strip():
            bad.append(BadRow(number, text, "没有写节日名称"))
    off = {row.date for row in rows if row.off}
    if not off:
        bad.append(BadRow(0, "", f"{year}年没有一个放假日"))
    elif year >= _LAW_SINCE:
        bad += [BadRow(0, "", f"缺少法定节日{name}（{day}），见《全国年节及纪念日放假办法》")
                for day, name in statutory_days(year).items() if day not in off]
    return bad


def as_year(year: int, rows: Iterable[Row], *, provisional: bool) -> Year:
    """The rows as the pure calendar takes them."""
    return Year(year, {row.date: NamedDay(row.off, row.name) for row in rows}, provisional)
