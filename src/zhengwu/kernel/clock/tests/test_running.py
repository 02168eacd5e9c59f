"""Starting, suspending, resuming, extending, stopping; the dates are those of the pure engine."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.api import Limit, LimitUnit, Order
from zhengwu.kernel.clock.models import Clock
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict, NotFound, Problem
from zhengwu.lib.workdays import Suspension, due

pytestmark = pytest.mark.django_db
TWENTY = Limit(20, LimitUnit.WORKING_DAY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CN)


def begin(subject: str = "A1", kind: str = "lawful", limit: Limit = TWENTY, when: str = "2026-02-09T10:00") -> Clock:
    return clock.start(subject=subject, kind=kind, limit=limit, at=at(when), basis="行政许可法第四十二条")


def fresh(own: Clock) -> Clock:
    return Clock.objects.get(pk=own.pk)


def test_start_stores_dates_of_several_clocks_in_one_statement() -> None:
    clock.due_at(at("2026-02-09T10:00"), TWENTY)
    with CaptureQueriesContext(connection) as queries:
        both = clock.start_many([Order("A1", "lawful", TWENTY, at("2026-02-09T10:00"), "法", 7),
                                 Order("A1", "promised", Limit(5, LimitUnit.WORKING_DAY), at("2026-02-09T10:00"))])
    assert sum("INSERT" in q["sql"] for q in queries) == 1
    assert [q for q in queries if "clock_calendarday" in q["sql"]] == []
    lawful, promised = (fresh(c) for c in both)
    assert (lawful.kind, lawful.unit_id, lawful.last_day.isoformat()) == ("lawful", 7, "2026-03-13")
    assert lawful.due_at == datetime(2026, 3, 13, 16, tzinfo=UTC)
    assert lawful.warn_at == at("2026-03-12T00:00")
    assert (promised.last_day.isoformat(), promised.unit_id) == ("2026-02-14", None)
    assert (lawful.state, lawful.light, lawful.provisional) == ("running", "green", False)


def test_an_unknown_year_starts_nothing() -> None:
    with pytest.raises(Problem) as refused:
        clock.start_many([Order("A1", "promised", Limit(1, LimitUnit.WORKING_DAY), at("2026-12-20T10:00")),
                          Order("A1", "lawful", TWENTY, at("2026-12-20T10:00"))])
    assert (refused.value.code, refused.value.extra) == ("calendar-year-missing", {"year": 2027})
    assert not Clock.objects.exists()


def test_suspended_days_are_added() -> None:
    own = begin()
    assert clock.suspend("A1", at("2026-02-11T09:00"), reason="听证", basis="行政许可法第四十五条")[0].pk == own.pk
    stored = fresh(own)
    assert (stored.state, stored.suspended_at) == ("suspended", at("2026-02-11T09:00"))
    assert stored.suspensions[0]["end"] is None
    (resumed,) = clock.resume("A1", at("2026-02-13T16:00"))
    assert fresh(own).due_at == resumed.due_at == at("2026-03-19T00:00")  # 11, 12, 13 February: three working days
    assert (resumed.state, resumed.suspended_at) == ("running", None)


def test_suspending_twice_or_resuming_what_runs_changes_nothing() -> None:
    own = begin()
    assert clock.resume("A1", at("2026-02-10T09:00")) == []
    clock.suspend("A1", at("2026-02-11T09:00"), reason="听证", basis="法")
    assert clock.suspend("A1", at("2026-02-12T09:00"), reason="鉴定", basis="法") == []
    assert len(fresh(own).suspensions) == 1
    with pytest.raises(Conflict):
        clock.resume("A1", at("2026-02-10T09:00"))
    assert fresh(own).state == "suspended"


def test_only_the_kinds_named_are_touched() -> None:
    lawful, promised, other = begin(), begin(kind="promised"), begin(subject="A2")
    assert [c.pk for c in clock.suspend("A1", at("2026-02-11T09:00"), reason="听证", basis="法", kinds=["lawful"])] \
        == [lawful.pk]
    assert [c.pk for c in clock.stop("A1", at("2026-02-12T09:00"), kinds=["promised"])] == [promised.pk]
    assert [fresh(c).state for c in (lawful, promised, other)] == ["suspended", "stopped", "running"]
    assert {c.pk for c in clock.stop_all(["A1", "A2"], at("2026-02-12T09:00"))} == {lawful.pk, other.pk}
    assert clock.stop_all([], at("2026-02-12T09:00")) == []


@pytest.mark.parametrize(("when", "on_time", "light", "used", "left"), [
    ("2026-02-09T11:00", True, "green", 0, 20), ("2026-02-10T09:00", True, "green", 1, 19),
    ("2026-03-13T23:59:59", True, "green", 20, 0), ("2026-03-14T00:00", False, "red", 20, 0),
    ("2026-03-17T09:00", False, "red", 22, -2),
])
def test_stop_gives_the_verdict(when: str, on_time: bool, light: str, used: int, left: int) -> None:
    own = begin()
    (stopped,) = clock.stop("A1", at(when))
    assert (stopped.pk, stopped.on_time, stopped.light, stopped.stopped_at) == (own.pk, on_time, light, at(when))
    seen = clock.measure(stopped)
    assert (seen.used, seen.left, seen.overdue, seen.word) == (used, left, not on_time, "个工作日")
    assert clock.stop("A1", at("2026-04-01T09:00")) == []
    assert fresh(own).stopped_at == at(when)


def test_what_is_stopped_while_suspended_is_judged_by_when_it_was_suspended() -> None:
    own = begin()
    clock.suspend("A1", at("2026-03-12T09:00"), reason="听证", basis="法")
    (stopped,) = clock.stop("A1", at("2026-05-12T09:00"))
    assert stopped.on_time and fresh(own).suspensions[0]["end"] == at("2026-05-12T09:00").astimezone(UTC).isoformat()
    assert fresh(own).suspended_at is None


def test_extension_adds_to_the_limit_once_approved() -> None:
    own = begin()
    more = clock.extend(own, Limit(10, LimitUnit.WORKING_DAY), at("2026-03-01T09:00"), approved_by="王局长",
                        reason="需要实地核查", basis="行政许可法第四十二条")
    assert (more.limit, fresh(own).last_day.isoformat()) == (Limit(30, LimitUnit.WORKING_DAY), "2026-03-27")
    assert fresh(own).extensions[0]["approved_by"] == "王局长"
    assert "经王局长批准延长10个工作日（需要实地核查）" in clock.explain(more, at("2026-03-01T09:00")).summary


def test_unlawful_extensions_are_refused_and_change_nothing() -> None:
    own, ten = begin(), Limit(10, LimitUnit.WORKING_DAY)
    before = Clock.objects.values().get(pk=own.pk)
    in_time, words = at("2026-03-01T09:00"), {"approved_by": "王局长", "reason": "核查"}
    with pytest.raises(Problem, match="单位"):
        clock.extend(own, Limit(10, LimitUnit.DAY), in_time, **words)
    for missing in words:
        with pytest.raises(Problem) as refused:
            clock.extend(own, ten, in_time, **words | {missing: " "})
        assert refused.value.field == missing
    with pytest.raises(Conflict, match="届满"):
        clock.extend(own, ten, at("2026-03-14T00:00"), **words)
    with pytest.raises(NotFound):
        clock.extend(own.pk + 1, ten, in_time, **words)
    assert Clock.objects.values().get(pk=own.pk) == before
    clock.stop("A1", in_time)
    with pytest.raises(Conflict, match="停止"):
        clock.extend(own, ten, in_time, **words)


def test_explain_tells_the_days_the_article_and_where_it_stands() -> None:
    own = begin()
    told = clock.explain(own, at("2026-02-12T09:00"))
    assert (told.used, told.left, told.word, told.basis) == (3, 17, "个工作日", "行政许可法第四十二条")
    assert told.summary == ("2026年2月9日起算（当日不计入），20个工作日至2026年3月13日届满；其间春节9天、周末3天不计，"
                            "调休上班2天照计。已用3个工作日，还剩17个工作日。")
    assert [line.number for line in told.days if line.kind == "makeup"] == [5, 10]
    assert "已超过时限2个工作日" in clock.explain(own, at("2026-03-17T09:00")).summary
    assert clock.explain(own, at("2026-03-14T09:00")).summary.endswith("已超过时限。")
    assert "今日届满" in clock.explain(own, at("2026-03-13T09:00")).summary


def test_explain_of_a_suspended_clock_shows_the_days_that_do_not_count() -> None:
    own = begin()
    clock.suspend("A1", at("2026-02-11T09:00"), reason="听证", basis="行政许可法第四十五条")
    told = clock.explain(fresh(own), at("2026-02-13T12:00"))
    assert [(d.date.day, d.kind) for d in told.days[1:5]] == [(10, "workday"), (11, "suspended"), (12, "suspended"),
                                                            (13, "suspended")]
    assert told.days[2].reason == "中止：听证（行政许可法第四十五条）"
    assert "自2026年2月11日起因听证中止，已用1个工作日" in told.summary
    assert (told.used, told.left, clock.measure(fresh(own), at("2026-02-11T09:00")).left) == (1, 19, 19)
    assert told.due == clock.resume("A1", at("2026-02-13T12:00"))[0].due_at


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 60 * 24 * 6), st.integers(1, 60 * 24 * 12)), max_size=4),
       st.integers(0, 15), st.sampled_from([Limit(20, LimitUnit.WORKING_DAY), Limit(60, LimitUnit.DAY),
                                            Limit(3, LimitUnit.MONTH)]))
def test_any_run_of_suspensions_and_an_extension_agrees_with_the_engine(
        pauses: list[tuple[int, int]], more: int, limit: Limit) -> None:
    start = at("2025-01-20T10:00")
    own = clock.start(subject="H", kind="lawful", limit=limit, at=start)
    moment, gone = start, []
    for wait, length in pauses:
        began = moment + timedelta(minutes=wait)
        if began >= fresh(own).due_at:
            break
        clock.suspend("H", began, reason="鉴定", basis="法")
        moment = began + timedelta(minutes=length)
        clock.resume("H", moment)
        gone.append(Suspension(began, moment))
    if more and moment < fresh(own).due_at:
        clock.extend(own, Limit(more, limit.unit), moment, approved_by="局长", reason="核查")
        limit = Limit(limit.n + more, limit.unit)
    stored = fresh(own)
    assert stored.due_at == due(start, limit, clock.book().calendar, None, gone)
    assert start < stored.warn_at <= stored.due_at
    told = clock.explain(stored, moment)
    assert (told.due, told.days[-1].date) == (stored.due_at, stored.last_day)
    Clock.objects.filter(subject="H").delete()


def test_now_is_the_house_s_now() -> None:
    own = begin()
    with travel(at("2026-02-12T09:00")):
        assert clock.measure(own).used == 3
