"""Years: what is loaded, what is refused, what moves."""

from datetime import date, datetime

import pytest

from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock import book as books
from zhengwu.kernel.clock import signals
from zhengwu.kernel.clock.api import Limit, LimitUnit, Row
from zhengwu.kernel.clock.models import CalendarDay, CalendarYear, Clock
from zhengwu.kernel.clock.notice import check, read
from zhengwu.kernel.clock.services.load_year import preview_year
from zhengwu.kernel.clock.services.seed import seed_official, shipped_years
from zhengwu.kernel.clock.statutory import statutory_days
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict, Problem

pytestmark = pytest.mark.django_db
# An invented notice for 2027: what the law fixes, bridged by make-up days.
NOTICE = """日期,安排,节日
2027-01-01至2027-01-03,休,元旦
2027-02-05至2027-02-12,休,春节
2027-02-14,班,春节
2027-02-20 班 春节
2027-04-05,休,清明节
2027-05-01~2027-05-05，休，劳动节
2027-05-08\t班\t劳动节
2027-06-09,休,端午节
2027-09-15,休,中秋节
2027-10-01至2027-10-07,休,国庆节
2027-10-09,班,国庆节
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CN)


def notice() -> list[Row]:
    rows, bad = read(NOTICE)
    assert bad == []
    return rows


def test_official_years_are_there_after_migration_with_chinese_names() -> None:
    assert list(CalendarYear.objects.values_list("year", flat=True)) == list(range(2004, 2027))
    assert not CalendarYear.objects.exclude(state="official").exists()
    assert CalendarDay.objects.get(date=date(2026, 2, 17)).name == "春节"
    assert CalendarDay.objects.get(date=date(2026, 2, 14)).off is False
    assert seed_official() == []


def test_a_lost_year_is_seeded_again_but_a_loaded_one_never_replaced() -> None:
    CalendarYear.objects.filter(year__in=[2010, 2026]).delete()
    CalendarYear.objects.create(year=2026, state="provisional", source="暂", loaded_at=at("2025-01-01T00:00"))
    assert seed_official() == [2010]
    assert CalendarYear.objects.get(year=2026).state == "provisional"


def test_2027_is_refused_until_somebody_loads_it() -> None:
    with pytest.raises(Problem) as refused:
        clock.due_at(at("2026-12-28T10:00"), Limit(10, LimitUnit.WORKING_DAY))
    assert refused.value.extra == {"year": 2027}


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_days_of_the_law_are_off_in_every_notice_under_it(year: int) -> None:
    off = {row.date for row in shipped_years()[year] if row.off}
    assert set(statutory_days(year)) <= off
    assert check(year, shipped_years()[year]) == []


def test_thirteen_days_of_2027() -> None:
    assert [d.isoformat() for d in statutory_days(2027)] == [
        "2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05", "2027-05-01",
        "2027-05-02", "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"]
    assert all(len(statutory_days(year)) in (12, 13) for year in range(2024, 2060))
    assert statutory_days(2031)[date(2031, 10, 1)] == "国庆节"  # 中秋 falls on it


def test_a_provisional_year_flags_clocks_and_says_so() -> None:
    clock.load_provisional(2027, actor=SYSTEM)
    over = clock.start(subject="A", kind="lawful", limit=Limit(20, LimitUnit.WORKING_DAY), at=at("2026-12-20T10:00"))
    within = clock.start(subject="B", kind="lawful", limit=Limit(3, LimitUnit.WORKING_DAY), at=at("2026-12-20T10:00"))
    hours = clock.start(subject="C", kind="step", limit=Limit(24, LimitUnit.HOUR), at=at("2026-12-31T10:00"))
    assert (over.provisional, within.provisional, hours.provisional) == (True, False, False)
    assert clock.explain(over).note == "2027年放假安排尚未公布，按法定节日暂计，公布后自动重算"
    assert clock.explain(within).note == ""


def test_the_official_year_moves_the_clocks_that_touch_it_and_only_those() -> None:
    clock.load_provisional(2027, actor=SYSTEM)
    limit = Limit(20, LimitUnit.WORKING_DAY)
    over = clock.start(subject="A", kind="lawful", limit=limit, at=at("2027-01-20T10:00"))
    before = clock.start(subject="B", kind="lawful", limit=limit, at=at("2026-11-02T10:00"))
    done = clock.start(subject="C", kind="lawful", limit=limit, at=at("2027-01-20T10:00"))
    stands = clock.start(subject="D", kind="lawful", limit=limit, at=at("2027-01-20T10:00"))
    clock.stop("C", at("2027-01-25T10:00"))
    clock.suspend("D", at("2027-01-26T10:00"), reason="听证", basis="法")
    kept = {c.pk: Clock.objects.values().get(pk=c.pk) for c in (before, done)}
    heard: list[str] = []

    def moving(subjects: list[str], **_: object) -> None:
        heard.append("moving " + "".join(subjects))

    def moved(moved: list[clock.Moved], **_: object) -> None:
        heard.append("moved " + "".join(m.clock.subject for m in moved))

    signals.moving.connect(moving)
    signals.moved.connect(moved)
    try:
        changes = clock.load_year(2027, notice(), state="official", source="国办发明电〔2026〕1号", actor=SYSTEM)
    finally:
        signals.moving.disconnect(moving)
        signals.moved.disconnect(moved)
    assert {m.clock.pk for m in changes} == {over.pk, stands.pk}
    fresh = Clock.objects.get(pk=over.pk)
    assert (over.last_day, fresh.last_day) == (date(2027, 2, 19), date(2027, 2, 23))
    assert (fresh.provisional, clock.explain(fresh).note) == (False, "")
    assert {pk: Clock.objects.values().get(pk=pk) for pk in kept} == kept
    assert heard == ["moving AD", "moved AD"]
    event = Event.objects.filter(stream="calendar/2027").latest("seq")
    assert (event.kind, event.data["moved"], event.data["state"]) == ("calendar.loaded", 2, "official")


def test_after_recomputing_the_light_only_falls() -> None:
    clock.load_provisional(2027, actor=SYSTEM)
    own = clock.start(subject="A", kind="lawful", limit=Limit(5, LimitUnit.WORKING_DAY), at=at("2027-02-01T10:00"))
    with travel(at("2027-02-09T12:00")):
        assert [c.light for c in clock.sweep(at("2027-02-09T12:00"))] == ["yellow"]
        clock.load_year(2027, notice(), state="official", source="通知", actor=SYSTEM)
        assert Clock.objects.get(pk=own.pk).light == "green"


def test_a_receiver_that_fails_undoes_the_change() -> None:
    clock.load_provisional(2027, actor=SYSTEM)
    own = clock.start(subject="A", kind="lawful", limit=Limit(20, LimitUnit.WORKING_DAY), at=at("2027-01-20T10:00"))

    def fail(**_: object) -> None:
        raise RuntimeError("no")

    signals.moved.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            clock.load_year(2027, notice(), state="official", source="通知", actor=SYSTEM)
    finally:
        signals.moved.disconnect(fail)
    assert CalendarYear.objects.get(year=2027).state == "provisional"
    assert Clock.objects.get(pk=own.pk).due_at == own.due_at
    assert clock.book().calendar.years[2027] is True


def test_preview_tells_the_same_and_writes_nothing() -> None:
    clock.load_provisional(2027, actor=SYSTEM)
    own = clock.start(subject="A", kind="lawful", limit=Limit(20, LimitUnit.WORKING_DAY), at=at("2027-01-20T10:00"))
    seen = preview_year(2027, notice())
    assert [(m.clock.pk, m.due_before, m.clock.last_day) for m in seen.moved] \
        == [(own.pk, own.due_at, date(2027, 2, 23))]
    assert CalendarYear.objects.get(year=2027).state == "provisional"
    assert Clock.objects.get(pk=own.pk).due_at == own.due_at


@pytest.mark.parametrize(("line", "message"), [
    ("2027-02-30,休,春节", "不是日历上的日子"), ("2027-02-05,假,春节", "“休”或“班”"), ("二月五日放假", "应写作"),
    ("2027-02-12至2027-02-05,休,春节", "颠倒"), ("2027-02-05,休," + "节" * 21, "20 字"),
])
def test_rows_that_cannot_be_read_are_named(line: str, message: str) -> None:
    rows, bad = read("日期,安排,节日\n\n" + line + "\n2027-01-01,休,元旦\n")
    assert [(b.line, message in b.message) for b in bad] == [(3, True)]
    assert [row.name for row in rows] == ["元旦"]


@pytest.mark.parametrize(("extra", "message"), [
    (Row(date(2026, 1, 1), True, "元旦"), "不在2027年"), (Row(date(2027, 1, 1), True, "元旦"), "写了两次"),
    (Row(date(2027, 3, 3), False, "元旦"), "周三本来就上班"), (Row(date(2027, 3, 3), True, " "), "节日名称"),
])
def test_a_bad_row_loads_nothing(extra: Row, message: str) -> None:
    with pytest.raises(Problem) as refused:
        clock.load_year(2027, [*notice(), extra], state="official", source="通知", actor=SYSTEM)
    assert message in refused.value.extra["rows"][0][2]
    assert not CalendarYear.objects.filter(year=2027).exists()
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_what_the_law_fixes_may_not_be_missing() -> None:
    rows = [row for row in notice() if row.name != "端午节"]
    assert [b.message for b in check(2027, rows)] \
        == ["缺少法定节日端午节（2027-06-09），见《全国年节及纪念日放假办法》"]
    assert check(2027, []) and check(1999, [Row(date(1999, 1, 1), True, "元旦")])


def test_a_source_is_needed_and_an_official_year_stays_official() -> None:
    with pytest.raises(Problem, match="依据"):
        clock.load_year(2027, notice(), state="official", source=" ", actor=SYSTEM)
    with pytest.raises(Conflict, match="已经公布"):
        clock.load_provisional(2026, actor=SYSTEM)
    assert CalendarYear.objects.get(year=2026).state == "official"


def test_the_remembered_calendar_costs_one_look_a_second(django_assert_num_queries: object,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "_memory", books._Memory())
    clock.book()
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(5):
            clock.due_at(at("2026-02-09T10:00"), Limit(20, LimitUnit.WORKING_DAY))
    books._memory.checked -= 2
    with django_assert_num_queries(1):  # type: ignore[operator]
        clock.due_at(at("2026-02-09T10:00"), Limit(20, LimitUnit.WORKING_DAY))


def test_another_process_s_change_is_seen_with_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = books._Memory(), books._Memory()
    monkeypatch.setattr(books, "_memory", here)
    assert 2027 not in clock.book().calendar.years
    monkeypatch.setattr(books, "_memory", there)
    clock.load_provisional(2027, actor=SYSTEM)
    monkeypatch.setattr(books, "_memory", here)
    here.checked -= 2
    assert clock.book().calendar.years[2027] is True


def test_office_hours_of_a_unit_go_before_everybody_s() -> None:
    week = [[["09:00", "17:00"]]] * 5 + [[], []]
    two = Limit(2, LimitUnit.WORKING_HOUR)
    with pytest.raises(Problem, match="办公时间"):
        clock.due_at(at("2026-03-10T16:00"), two)
    clock.set_office_hours(name="政务服务中心", hours=week, actor=SYSTEM)
    clock.set_office_hours(name="夜间窗口", hours=[[["09:00", "12:00"], ["13:00", "20:00"]]] * 5 + [[], []],
                           actor=SYSTEM, unit_id=7)
    assert clock.due_at(at("2026-03-10T16:00"), two) == at("2026-03-11T10:00")
    assert clock.due_at(at("2026-03-10T16:00"), two, 7) == at("2026-03-10T18:00")
    for wrong in ([[["9点", "17:00"]]] * 7, [[["17:00", "09:00"]]] * 7, [[]] * 7, week[:6]):
        with pytest.raises(Problem, match="办公时间"):
            clock.set_office_hours(name="错", hours=wrong, actor=SYSTEM)
    assert clock.due_at(at("2026-03-10T16:00"), two) == at("2026-03-11T10:00")
