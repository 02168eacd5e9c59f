"""Lights turn exactly once, by index, however long nobody looked."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.api import Limit, LimitUnit, Order
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.clock.services import sweep as sweeping
from zhengwu.lib.now import CN

WD = LimitUnit.WORKING_DAY


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CN)


def begin(subject: str, n: int = 20, unit: LimitUnit = WD, when: str = "2026-02-09T10:00") -> Clock:
    return clock.start(subject=subject, kind="promised", limit=Limit(n, unit), at=at(when))


def lights(when: str, **how: int) -> list[tuple[str, str]]:
    return sorted((c.subject, c.light) for c in clock.sweep(at(when), **how))


@pytest.mark.django_db
def test_yellow_with_one_working_day_left_and_red_when_due() -> None:
    begin("A")
    assert lights("2026-03-11T23:59:59") == []
    assert lights("2026-03-12T00:00") == [("A", "yellow")]
    assert lights("2026-03-13T23:59:59") == []
    assert lights("2026-03-14T00:00") == [("A", "red")]
    assert lights("2026-05-14T00:00") == []


@pytest.mark.django_db
def test_after_days_of_silence_each_change_is_told_once() -> None:
    begin("late")
    begin("later", 21)
    begin("calm", 60)
    assert lights("2026-03-16T09:00") == [("late", "red"), ("later", "yellow")]
    assert lights("2026-03-16T09:00") == []
    assert lights("2026-03-20T09:00") == [("later", "red")]


@pytest.mark.django_db
def test_a_full_batch_means_ask_again() -> None:
    for number in range(7):
        begin(f"N{number}")
    told = [lights("2026-03-20T09:00", batch=3) for _ in range(4)]
    assert [len(batch) for batch in told] == [3, 3, 1, 0]
    assert len({subject for batch in told for subject, _ in batch}) == 7


@pytest.mark.django_db
def test_what_stands_or_has_stopped_keeps_its_light() -> None:
    begin("standing")
    begin("done")
    clock.suspend("standing", at("2026-02-12T09:00"), reason="听证", basis="法")
    clock.stop("done", at("2026-02-12T09:00"))
    assert lights("2026-06-12T09:00") == []
    clock.resume("standing", at("2026-03-20T09:00"))
    assert Clock.objects.get(subject="standing").light == "green"
    assert lights("2026-06-12T09:00") == [("standing", "red")]


@pytest.mark.django_db
def test_time_won_back_lowers_the_light_and_losing_it_again_is_told_again() -> None:
    own = begin("A")
    assert lights("2026-03-12T09:00") == [("A", "yellow")]
    clock.extend(own, Limit(10, WD), at("2026-03-12T10:00"), approved_by="局长", reason="核查")
    assert Clock.objects.get(pk=own.pk).light == "green"
    assert lights("2026-03-26T00:00") == [("A", "yellow")]


@pytest.mark.django_db
@pytest.mark.parametrize(("n", "unit", "start", "warned"), [
    (1, WD, "2026-03-10T10:00", "2026-03-11T00:00"), (2, WD, "2026-03-10T10:00", "2026-03-11T00:00"),
    (15, LimitUnit.DAY, "2026-03-10T10:00", "2026-03-24T00:00"), (1, LimitUnit.DAY, "2026-03-10T10:00",
                                                                  "2026-03-11T00:00"),
    (3, LimitUnit.MONTH, "2025-07-01T10:00", "2025-09-30T00:00"), (10, LimitUnit.HOUR, "2026-03-10T10:00",
                                                                  "2026-03-10T18:00"),
])
def test_when_it_turns_yellow(n: int, unit: LimitUnit, start: str, warned: str) -> None:
    assert begin("A", n, unit, start).warn_at == at(warned)


@pytest.mark.django_db
def test_the_share_left_can_be_configured(settings: object) -> None:
    settings.CLOCK_WARN = {"share": 0.2}  # type: ignore[attr-defined]
    assert begin("A", 20).warn_at == at("2026-03-09T00:00")  # four working days left


@pytest.mark.django_db
def test_subjects_are_locked_before_their_clocks() -> None:
    begin("B")
    begin("A")
    asked: list[list[str]] = []

    def lock(subjects: list[str]) -> None:
        asked.append(subjects)
        assert set(Clock.objects.values_list("light", flat=True)) == {"green"}

    assert len(clock.sweep(at("2026-03-20T09:00"), lock=lock)) == 2
    assert asked == [["A", "B"]]


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_tell_each_change_once() -> None:
    clock.start_many([Order(f"N{i}", "promised", Limit(5, WD), at("2026-02-09T10:00")) for i in range(60)])
    told: list[str] = []
    ready = threading.Barrier(3)

    def run() -> None:
        ready.wait()
        try:
            for _ in range(20):
                with transaction.atomic():
                    told.extend(c.subject for c in clock.sweep(at("2026-03-20T09:00"), batch=7))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.extend(c.subject for c in clock.sweep(at("2026-03-20T09:00")))
    assert sorted(told) == sorted(f"N{i}" for i in range(60))


@pytest.mark.django_db
def test_the_sweep_reads_what_changes_by_index() -> None:
    start = at("2025-03-10T10:00")
    rows = [Order(f"P{i}", "promised", Limit(20 + i % 40, WD), start + timedelta(minutes=i)) for i in range(20_000)]
    for index in range(0, len(rows), 2000):
        clock.start_many(rows[index:index + 2000])
    Clock.objects.filter(pk__in=Clock.objects.order_by("pk").values("pk")[:18_000]).update(
        state="stopped", stopped_at=start, on_time=True)
    moment = at("2025-04-03T10:00")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clock_clock")
        cursor.execute("EXPLAIN " + sweeping._DUE, [moment, 200, moment, 200, 200])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("EXPLAIN SELECT * FROM clock_clock WHERE subject = 'P19999'")
        by_subject = "\n".join(row[0] for row in cursor.fetchall())
    assert "clock_turns_yellow" in plan and "clock_turns_red" in plan and "Seq Scan" not in plan
    assert "clock_subject" in by_subject
