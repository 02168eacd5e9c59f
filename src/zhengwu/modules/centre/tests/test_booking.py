"""Appointments: made, given back, kept, missed."""

from datetime import date, datetime, timedelta

import pytest

from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.centre.models import Booking, Ticket
from zhengwu.modules.centre.services.book import arrive, arrive_own, book, cancel, mark_missed, remind

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 10)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CN)


def made(hall, who="citizen", day=DAY) -> Booking:
    return book(slot_id=hall.slot.pk, day=day, by=hall.actor(who))


def test_booked_checked_in_and_called_before_the_others(hall) -> None:
    row = made(hall)
    assert len(row.code) == 6
    with travel(at(9)), pytest.raises(Conflict, match="签到"):
        arrive(point=hall.point, code=row.code, by=hall.actor("reception"))
    with travel(at(9, 40)):
        ticket = arrive(point=hall.point, code=row.code, by=hall.actor("reception"))
        assert (ticket.front, ticket.source) == (True, "booked")
        assert arrive_own(pk=row.pk, by=hall.actor("citizen")).pk == ticket.pk
        with pytest.raises(NotFound):
            arrive(point=hall.point, code="000000" if row.code != "000000" else "1", by=hall.actor("reception"))
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("day", [date(2026, 2, 8), date(2026, 2, 15), date(2026, 12, 1), date(2026, 2, 1)])
def test_only_working_days_ahead(hall, day) -> None:
    with pytest.raises(Invalid):
        made(hall, day=day)
    assert not Booking.objects.exists()


def test_staff_do_not_book_and_nobody_books_twice_a_day(hall) -> None:
    with pytest.raises(Denied):
        made(hall, "clerk")
    first = made(hall)
    with pytest.raises(Conflict):
        book(slot_id=hall.lanes[0].slots.last().pk, day=DAY, by=hall.actor("citizen"))
    with pytest.raises(NotFound):
        cancel(pk=first.pk, by=hall.actor("neighbour"))
    cancel(pk=first.pk, by=hall.actor("citizen"))
    assert made(hall).state == "booked"


def test_who_stays_away_three_times_books_no_more_for_a_while(hall) -> None:
    for n in (1, 2, 3):
        day = START.date() + timedelta(days=n)
        made(hall, day=day)
        with travel(at(11, day=day)):
            assert mark_missed() == 1
            assert mark_missed() == 0
    with travel(at(11, day=date(2026, 2, 12))), pytest.raises(Conflict, match="没有到"):
        made(hall, day=date(2026, 2, 13))
    with travel(at(8, day=date(2026, 3, 16))):
        assert made(hall, day=date(2026, 3, 17)).state == "booked"


def test_the_reminder_comes_once(hall) -> None:
    made(hall)
    remind()
    remind()
    assert Notice.objects.filter(title__startswith="预约提醒").count() == 1


def test_the_pages(hall, client) -> None:
    path = f"/appointments/{hall.point.pk}/?lane={hall.lanes[0].pk}&day=2026-02-10"
    assert "余1个" in client.get(path).content.decode()
    assert client.post(path, {"slot": hall.slot.pk, "day": "2026-02-10"}).status_code == 302
    assert not Booking.objects.exists()
    made(hall, "neighbour")
    client.force_login(hall.world.people["citizen"])
    full = client.post(path, {"slot": hall.slot.pk, "day": "2026-02-10"})
    assert full.status_code == 409 and "改约" in full.content.decode()
    assert client.post(path, {"slot": "x", "day": "never"}).status_code == 422
    client.post(path, {"slot": hall.lanes[0].slots.last().pk, "day": "2026-02-10"})
    row = Booking.objects.get(account=hall.world.people["citizen"])
    assert row.code in client.get("/my/appointments/").content.decode()
    other = Booking.objects.exclude(pk=row.pk).get()
    assert other.code not in client.get("/my/appointments/").content.decode()
    assert client.post(f"/my/appointments/{other.pk}/", {"do": "cancel"}).status_code == 404
    client.post(f"/my/appointments/{row.pk}/", {"do": "cancel"})
    assert Booking.objects.get(pk=row.pk).state == "cancelled"
