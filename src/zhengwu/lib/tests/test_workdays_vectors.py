"""The figures of the law and of the State Council notices, against an independent day-by-day oracle."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from chinese_calendar.constants import holidays, workdays
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengwu.lib.now import CN
from zhengwu.lib.problem import Problem
from zhengwu.lib.workdays import (
    Calendar,
    Limit,
    NamedDay,
    OfficeHours,
    Suspension,
    Unit,
    Year,
    add_months,
    due,
    explain,
    last_day,
    measure,
    parse_duration,
    warn,
)


def official(*numbers: int) -> Calendar:
    years = []
    for number in numbers:
        named = {d: NamedDay(True, name) for d, name in holidays.items() if d.year == number}
        named |= {d: NamedDay(False, name) for d, name in workdays.items() if d.year == number}
        years.append(Year(number, named))
    return Calendar(years)


CALENDAR = official(*range(2004, 2027))
HOURS = OfficeHours.daily((time(9), time(17)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CN)


def end(start: str, n: int, unit: Unit, *suspensions: Suspension) -> str:
    return last_day(due(at(start), Limit(n, unit), CALENDAR, HOURS, suspensions), unit).isoformat()


@pytest.mark.parametrize(("start", "n", "expected"), [
    ("2025-01-20", 5, "2025-01-26"), ("2025-01-20", 20, "2025-02-21"), ("2025-09-25", 5, "2025-10-09"),
    ("2025-09-26", 20, "2025-10-30"), ("2026-02-09", 5, "2026-02-14"), ("2026-02-09", 20, "2026-03-13"),
    ("2024-09-27", 7, "2024-10-12"),
])
def test_working_days_of_the_standard(start: str, n: int, expected: str) -> None:
    assert end(start + "T10:00", n, Unit.WORKING_DAY) == expected


@pytest.mark.parametrize(("start", "n", "unit", "expected"), [
    ("2026-01-31T09:00", 1, Unit.MONTH, "2026-02-28"),  # §202: no 31st; the 28th is a worked Saturday
    ("2024-01-31T09:00", 1, Unit.MONTH, "2024-02-29"),
    ("2023-12-29T09:00", 2, Unit.MONTH, "2024-02-29"),
    ("2025-07-01T09:00", 3, Unit.MONTH, "2025-10-09"),  # §203: 1 October moves behind the holiday
    ("2026-03-10T09:00", 15, Unit.DAY, "2026-03-25"),
    ("2026-03-10T09:00", 18, Unit.DAY, "2026-03-30"),  # ends on a Saturday: Monday
    ("2025-01-11T09:00", 15, Unit.DAY, "2025-01-26"),  # ends on a worked Sunday: stays
    ("2026-03-10T09:30", 24, Unit.HOUR, "2026-03-11"),
])
def test_civil_code_limits(start: str, n: int, unit: Unit, expected: str) -> None:
    assert end(start, n, unit) == expected


def test_on_time_means_before_the_next_midnight_in_china() -> None:
    moment = due(at("2026-02-09T10:00"), Limit(20, Unit.WORKING_DAY), CALENDAR)
    assert moment == datetime(2026, 3, 13, 16, tzinfo=UTC)


def test_the_day_is_the_day_in_china_whatever_the_zone_of_the_moment() -> None:
    late = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)  # 00:30 on 10 March in China
    assert last_day(due(late, Limit(1, Unit.WORKING_DAY), CALENDAR), Unit.WORKING_DAY) == date(2026, 3, 11)


def test_no_loaded_day_is_longer_or_shorter_than_24_hours() -> None:
    assert all((moment.hour, moment.minute) == (16, 0) for moment in CALENDAR.ends)


def test_hours_run_from_the_stated_moment() -> None:
    assert due(at("2026-02-28T23:30"), Limit(2, Unit.HOUR), CALENDAR) == at("2026-03-01T01:30")


@pytest.mark.parametrize(("start", "n", "expected"), [
    ("2026-03-10T10:00", 2, "2026-03-10T12:00"), ("2026-03-10T16:00", 2, "2026-03-11T10:00"),
    ("2026-03-13T16:30", 1, "2026-03-16T09:30"), ("2026-03-10T03:00", 8, "2026-03-10T17:00"),
    ("2026-02-13T16:00", 2, "2026-02-14T10:00"),  # a worked Saturday has Monday's hours
    ("2026-02-14T16:00", 2, "2026-02-24T10:00"),  # over Spring Festival
])
def test_working_hours_count_office_hours_only(start: str, n: int, expected: str) -> None:
    assert due(at(start), Limit(n, Unit.WORKING_HOUR), CALENDAR, HOURS) == at(expected)


def test_a_year_nobody_loaded_is_refused_and_named() -> None:
    for unit in (Unit.WORKING_DAY, Unit.DAY, Unit.MONTH, Unit.WORKING_HOUR):
        with pytest.raises(Problem) as refused:
            due(at("2026-12-30T10:00"), Limit(24, unit), CALENDAR, HOURS)
        assert refused.value.code == "calendar-year-missing"
        assert "放假安排尚未录入" in refused.value.zh
    with pytest.raises(Problem, match="2027年"):
        due(at("2026-12-31T10:00"), Limit(1, Unit.WORKING_DAY), CALENDAR)
    with pytest.raises(Problem, match="2003年"):
        due(at("2003-05-01T10:00"), Limit(1, Unit.WORKING_DAY), CALENDAR)


def test_a_gap_between_loaded_years_is_refused_not_jumped() -> None:
    gap = official(2023, 2025)
    moment = due(at("2023-12-20T10:00"), Limit(7, Unit.WORKING_DAY), gap)
    assert last_day(moment, Unit.DAY) == date(2023, 12, 29)
    with pytest.raises(Problem, match="2024年"):
        due(at("2023-12-20T10:00"), Limit(8, Unit.WORKING_DAY), gap)
    with pytest.raises(Problem, match="2024年"):
        warn(at("2024-12-25T10:00"), Limit(8, Unit.DAY), gap, due_at=at("2025-01-03T00:00"))


def test_limits_are_whole_and_positive() -> None:
    for n in (0, -1, 10_001):
        with pytest.raises(Problem):
            Limit(n, Unit.DAY)
    with pytest.raises(Problem, match="工作日"):
        Unit.parse("fortnight")
    assert Unit.parse("WORKING_DAY") is Unit.WORKING_DAY


@pytest.mark.parametrize(("text", "limit"), [
    ("zw:WORKING_DAY:5", Limit(5, Unit.WORKING_DAY)), ("P5D", Limit(5, Unit.DAY)),
    ("P2W", Limit(14, Unit.DAY)), ("P1Y6M", Limit(18, Unit.MONTH)),
    ("PT24H", Limit(24, Unit.HOUR)), ("P1DT12H", Limit(36, Unit.HOUR)),
])
def test_durations_of_charts(text: str, limit: Limit) -> None:
    assert parse_duration(text) == limit


@pytest.mark.parametrize("text", ["", "P", "PT", "P1M5D", "PT30M", "5D", "zw:WEEK:1", "zw:DAY:0", "P5D "])
def test_durations_no_limit_is_counted_in_are_refused(text: str) -> None:
    with pytest.raises(Problem):
        parse_duration(text)


def test_office_hours_that_overlap_are_refused() -> None:
    for spans in ([(time(9), time(8))], [(time(9), time(12)), (time(11), time(17))], []):
        with pytest.raises(Problem):
            OfficeHours.daily(*spans)


# --- the oracle: one day after another, asking chinesecalendar

moments = st.datetimes(datetime(2007, 1, 1), datetime(2025, 6, 30)).map(lambda d: d.replace(tzinfo=CN))


@st.composite
def suspended(draw: st.DrawFn, start: datetime) -> list[Suspension]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begin = start + timedelta(minutes=draw(st.integers(-3000, 60 * 24 * 60)))
        length = timedelta(minutes=draw(st.integers(0, 60 * 24 * 20)))
        found.append(Suspension(begin, begin + length, "听证", "许可法第四十五条"))
    return found


@st.composite
def situations(draw: st.DrawFn) -> tuple[datetime, list[Suspension]]:
    start = draw(moments)
    return start, draw(suspended(start))


def touched(day: date, items: list[Suspension]) -> bool:
    begin = datetime.combine(day, time(), CN)
    return any(s.start < begin + timedelta(days=1) and s.end > begin and s.end > s.start for s in items)


def slow(start: datetime, limit: Limit, items: list[Suspension]) -> date:
    day = start.date()
    n = limit.n
    if limit.unit is Unit.MONTH:
        n = (add_months(day, n) - day).days
    while n:
        day += timedelta(days=1)
        worked = chinese_calendar.is_workday(day) if limit.unit is Unit.WORKING_DAY else True
        n -= worked and not touched(day, items)
    rest = limit.unit is not Unit.WORKING_DAY
    while rest and (not chinese_calendar.is_workday(day) or touched(day, items)):
        day += timedelta(days=1)
    return day


@settings(max_examples=400, deadline=None)
@given(situations(), st.integers(1, 90), st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.MONTH]))
def test_days_agree_with_the_oracle(situation: tuple[datetime, list[Suspension]], n: int, unit: Unit) -> None:
    start, items = situation
    limit = Limit(min(n, 6) if unit is Unit.MONTH else n, unit)
    moment = due(start, limit, CALENDAR, HOURS, items)
    assert last_day(moment, unit) == slow(start, limit, items)
    lines = explain(start, limit, CALENDAR, HOURS, items)
    assert lines[-1].date == last_day(moment, unit)
    assert [line.date for line in lines] == [start.date() + timedelta(days=i) for i in range(len(lines))]
    if unit is not Unit.MONTH:
        assert max(line.number or 0 for line in lines) == limit.n
    numbers = [line.number for line in lines if line.counted]
    assert numbers == list(range(1, len(numbers) + 1))
    assert start < warn(start, limit, CALENDAR, due_at=moment, suspensions=items) < moment


@settings(max_examples=150, deadline=None)
@given(situations(), st.integers(1, 60), st.sampled_from([Unit.HOUR, Unit.WORKING_HOUR]))
def test_hours_agree_with_a_minute_by_minute_count(situation: tuple[datetime, list[Suspension]], n: int,
                                                   unit: Unit) -> None:
    start, items = situation
    start = start.replace(second=0, microsecond=0)
    items = [Suspension(*(m.replace(second=0, microsecond=0) for m in (s.start, s.end))) for s in items]
    moment = due(start, Limit(n, unit), CALENDAR, HOURS, items)
    minutes, now = 0, start
    spans = [(s.start, s.end) for s in items if s.end > s.start]
    while minutes < n * 60:
        day = now.date()
        if unit is Unit.WORKING_HOUR and (not chinese_calendar.is_workday(day) or now.hour >= 17):
            now = datetime.combine(day + timedelta(days=1), time(9), CN)
            continue
        if unit is Unit.WORKING_HOUR and now.hour < 9:
            now = datetime.combine(day, time(9), CN)
            continue
        covering = [e for b, e in spans if b <= now < e]
        if covering:
            now = max(covering)
            continue
        minutes += 1
        now += timedelta(minutes=1)
    assert moment == now
    lines = explain(start, Limit(n, unit), CALENDAR, HOURS, items)
    assert max(line.number or 0 for line in lines) == n


@settings(max_examples=200, deadline=None)
@given(situations(), st.integers(1, 60), st.integers(0, 200))
def test_used_and_left_agree_with_the_strip(situation: tuple[datetime, list[Suspension]], n: int,
                                            later: int) -> None:
    start, items = situation
    limit = Limit(n, Unit.WORKING_DAY)
    moment = due(start, limit, CALENDAR, None, items)
    now = start + timedelta(days=later)
    days = [start.date() + timedelta(days=i) for i in range(1, later + 1)]
    used = sum(chinese_calendar.is_workday(day) and not touched(day, items) for day in days)
    seen = measure(start, limit, CALENDAR, due_at=moment, at=now, suspensions=items)
    assert (seen.used, seen.left) == (used, n - used)


def test_every_day_the_oracle_knows_is_the_same() -> None:
    day = date(2007, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_working(day.toordinal()) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
