"""The public calculator: a limit from a day, without a clock. Input arrives as text; refusals name the
field."""

import re
from datetime import date, datetime, time

from zhengwu.kernel.clock.book import book
from zhengwu.kernel.clock.notice import FIRST_YEAR, LAST_YEAR
from zhengwu.lib.now import CN
from zhengwu.lib.problem import Problem
from zhengwu.lib.workdays import Explanation, Limit, Unit, plan

# A strip of years is no use to anybody, and an anonymous visitor shall not make us count to 10,000.
LARGEST = {Unit.WORKING_DAY: 500, Unit.DAY: 1000, Unit.MONTH: 36, Unit.HOUR: 2400, Unit.WORKING_HOUR: 800}
BASIS = "《民法典》第二百零一条至第二百零三条"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def calculate(start: str, limit: int, unit: str) -> Explanation:
    """``start``: 2026-02-09, or with the time of day 2026-02-09T10:00 (needed for hours; no zone means
    China's).

    Raises ``Problem`` with ``field`` start, limit or unit, or ``calendar-year-missing``.
    """
    counted = Unit.parse(unit)
    if not 1 <= limit <= LARGEST[counted]:
        raise Problem("limit-invalid", f"{counted.label}的时限应为 1 至 {LARGEST[counted]}",
                      f"limit must be between 1 and {LARGEST[counted]}", field="limit")
    moment = read_moment(start, needs_time=not counted.by_day)
    known = book()
    return plan(moment, Limit(limit, counted), known.calendar, known.hours_of(None),
                BASIS)


def read_moment(text: str, *, needs_time: bool = False) -> datetime:
    """An aware moment from an ISO date or date and time; a day alone stands for its beginning."""
    try:
        if _DAY.fullmatch(text):
            if needs_time:
                raise Problem("start-time-needed", "按小时计算须写明起算时刻，如 2026-02-09T10:00",
                              "limits in hours need the time of day", field="start")
            moment = datetime.combine(date.fromisoformat(text), time(), CN)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("start-invalid", f"“{text[:30]}”不是有效的日期，应如 2026-02-09",
                      "not a date; write 2026-02-09", field="start") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CN)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Problem("start-invalid", f"起算日期应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间",
                      f"the year must be between {FIRST_YEAR} and {LAST_YEAR}", field="start")
    return moment
