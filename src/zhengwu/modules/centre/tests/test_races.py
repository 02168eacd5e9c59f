"""Two at once: two clerks never get the same number, the last place of a slot goes to one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from zhengwu.kernel.cases.tests.world import START
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict
from zhengwu.modules.centre.models import Booking, Ticket
from zhengwu.modules.centre.services.attend import sign_in
from zhengwu.modules.centre.services.book import book
from zhengwu.modules.centre.services.ticket import call_next, take
from zhengwu.modules.centre.tests.conftest import make_hall

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Runs the jobs in threads of their own, each at START; results or the Conflict each raised."""

    def run(job):
        try:
            with travel(START):
                return job()
        except Conflict as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_two_clerks_never_get_the_same_number() -> None:
    with travel(START):
        hall = make_hall()
        clerks = [hall.actor("clerk"), hall.actor("clerk2")]
        for window, clerk in zip(hall.windows, clerks, strict=True):
            sign_in(window=window, by=clerk)
        for _ in range(8):
            take(lane=hall.lanes[0])
    got = []
    for _ in range(4):
        got += at_once(*[lambda w=w, c=c: call_next(window=w, by=c) for w, c in zip(hall.windows, clerks, strict=True)])
    labels = [t.label for t in got]
    assert sorted(labels) == [f"A{n:03d}" for n in range(1, 9)]
    assert Ticket.objects.filter(state="called").count() == 2


def test_the_last_number_goes_to_one_window() -> None:
    with travel(START):
        hall = make_hall()
        clerks = [hall.actor("clerk"), hall.actor("clerk2")]
        for window, clerk in zip(hall.windows, clerks, strict=True):
            sign_in(window=window, by=clerk)
        take(lane=hall.lanes[0])
    got = at_once(*[lambda w=w, c=c: call_next(window=w, by=c) for w, c in zip(hall.windows, clerks, strict=True)])
    assert sorted(type(x).__name__ for x in got) == ["Conflict", "Ticket"]


def test_the_last_place_goes_to_one_and_the_other_is_told_where_there_is_room() -> None:
    with travel(START):
        hall = make_hall()
        people = [hall.actor("citizen"), hall.actor("neighbour")]
    day = date(2026, 2, 10)
    got = at_once(*[lambda by=by: book(slot_id=hall.slot.pk, day=day, by=by) for by in people])
    refused = next(x for x in got if isinstance(x, Conflict))
    assert sorted(type(x).__name__ for x in got) == ["Booking", "Conflict"]
    assert "约满" in refused.zh and "14:00" in refused.zh
    assert refused.extra["next"][0][1:] == ["2026-02-10", "2月10日14:00"]
    assert Booking.objects.count() == 1
