"""Numbers: the order they are called in, what a window may do, whose pages they are, times from the events."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.cases.visits import by_code, newest_at
from zhengwu.kernel.ledger.api import verify
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import today, travel
from zhengwu.lib.problem import Conflict, Denied, NotFound
from zhengwu.modules.centre.access import kiosk_key
from zhengwu.modules.centre.models import Sitting, Ticket
from zhengwu.modules.centre.selectors import ahead_of, times
from zhengwu.modules.centre.services import ticket as queue
from zhengwu.modules.centre.services.attend import close_forgotten, sign_in, sign_out

pytestmark = pytest.mark.django_db


def seat(hall, name="clerk", n=0) -> None:
    sign_in(window=hall.windows[n], by=hall.actor(name))


def test_numbers_run_by_lane_and_day_and_are_called_in_order(hall) -> None:
    labels = [queue.take(lane=lane).label for lane in (hall.lanes[0], hall.lanes[1], hall.lanes[0])]
    assert labels == ["A001", "B001", "A002"]
    seat(hall)
    assert queue.call_next(window=hall.windows[0], by=hall.actor("clerk")).label == "A001"
    assert queue.call_next(window=hall.windows[0], by=hall.actor("clerk")).label == "A002"
    assert Ticket.objects.get(label="A001").state == "served"
    with pytest.raises(Conflict, match="没有人等候"):
        queue.call_next(window=hall.windows[0], by=hall.actor("clerk"))
    assert Ticket.objects.get(label="B001").state == "waiting"
    with travel(START + timedelta(days=1)):
        assert queue.take(lane=hall.lanes[0]).label == "A001"


def test_skipped_moved_put_back_and_in_front(hall) -> None:
    for _ in range(3):
        queue.take(lane=hall.lanes[0])
    queue.take(lane=hall.lanes[1])
    seat(hall)
    seat(hall, "clerk2", 1)
    clerk, second = hall.actor("clerk"), hall.actor("clerk2")
    queue.call_next(window=hall.windows[0], by=clerk)
    queue.call_again(window=hall.windows[0], by=clerk)
    first = queue.skip(window=hall.windows[0], by=clerk)
    assert (first.label, first.calls, first.state) == ("A001", 2, "skipped")
    assert queue.call_next(window=hall.windows[0], by=clerk).label == "A002"
    queue.put_back(ticket_id=first.pk, window=hall.windows[0], by=clerk)
    moved = queue.move(window=hall.windows[0], lane=hall.lanes[1], by=clerk)
    assert (moved.label, moved.state, moved.front, moved.lane_id) == ("A002", "waiting", True, hall.lanes[1].pk)
    order = [queue.call_next(window=hall.windows[1], by=second).label for _ in range(4)]
    assert order == ["A001", "A002", "A003", "B001"]
    assert verify().ok
    with pytest.raises(NotFound):
        queue.put_back(ticket_id=first.pk, window=hall.windows[0], by=clerk)


@pytest.mark.parametrize("who", ["clerk2", "officer", "citizen", "centre"])
def test_only_who_sits_there_calls(hall, who) -> None:
    queue.take(lane=hall.lanes[0])
    seat(hall)
    with pytest.raises(Denied):
        queue.call_next(window=hall.windows[0], by=hall.actor(who))
    assert Ticket.objects.get().state == "waiting"


def test_one_seat_one_clerk(hall) -> None:
    seat(hall)
    with pytest.raises(Conflict, match="已有人上岗"):
        seat(hall, "clerk2", 0)
    with pytest.raises(Conflict, match="另一个窗口"):
        seat(hall, "clerk", 1)
    with pytest.raises(Denied):
        seat(hall, "officer", 1)
    queue.take(lane=hall.lanes[0])
    queue.call_next(window=hall.windows[0], by=hall.actor("clerk"))
    sign_out(by=hall.actor("clerk"))
    assert (Ticket.objects.get().state, Sitting.objects.filter(ended_at=None).count()) == ("served", 0)


def test_who_forgets_to_sign_out_left_when_the_hall_closed(hall) -> None:
    seat(hall)
    with travel(START + timedelta(days=1)):
        assert close_forgotten() == 1
    row = Sitting.objects.get()
    assert row.forgotten and row.ended_at.isoformat() == "2026-02-09T09:00:00+00:00"


def test_waiting_and_serving_times_come_from_the_events(hall) -> None:
    clerk = hall.actor("clerk")
    seat(hall)
    for wait, serve in ((4, 10), (10, 20)):
        queue.take(lane=hall.lanes[0])
        with travel(START + timedelta(minutes=wait)):
            queue.call_next(window=hall.windows[0], by=clerk)
        with travel(START + timedelta(minutes=wait + serve)):
            queue.finish(window=hall.windows[0], by=clerk)
    Ticket.objects.update(taken_at=START - timedelta(hours=1))
    found = times(hall.point, today(), today())
    assert (found.wait, found.longest, found.service) == (7.0, 10.0, 15.0)


def test_a_served_number_is_a_visit_and_a_waiting_one_is_not(hall) -> None:
    ticket = queue.take(lane=hall.lanes[0])
    assert by_code(ticket.code) is None and newest_at(hall.windows[0]) is None
    seat(hall)
    queue.call_next(window=hall.windows[0], by=hall.actor("clerk"))
    queue.finish(window=hall.windows[0], by=hall.actor("clerk"))
    visit = by_code(ticket.code)
    assert visit == newest_at(hall.windows[0])
    assert (visit.unit_id, visit.clerk_id) == (hall.world.organ.pk, hall.world.people["clerk"].pk)
    assert by_code("nobody") is None


def test_the_kiosk_gives_a_paper_and_the_phone_one_number_a_person(hall, client) -> None:
    kiosk = f"/centre/{hall.point.pk}/kiosk/{kiosk_key(hall.point)}/"
    assert client.get(f"/centre/{hall.point.pk}/kiosk/{'0' * 20}/").status_code == 404
    assert "市场准入" in client.get(kiosk).content.decode()
    assert client.post(kiosk, {"lane": "99999"}).status_code == 404
    paper = client.post(kiosk, {"lane": hall.lanes[0].pk}, follow=True).content.decode()
    assert "A001" in paper and "前面还有 <b>0</b> 人" in paper
    client.force_login(hall.world.people["citizen"])
    take = f"/centre/{hall.point.pk}/take/"
    client.post(take, {"lane": hall.lanes[0].pk})
    again = client.post(take, {"lane": hall.lanes[0].pk})
    assert again.status_code == 409 and "已经取了" in again.content.decode()
    mine = Ticket.objects.get(label="A002")
    assert ahead_of(mine) == 1
    client.post(f"/centre/t/{mine.code}/leave/")
    assert Ticket.objects.get(label="A002").state == "left"
    client.force_login(hall.world.people["clerk"])
    assert client.post(take, {"lane": hall.lanes[0].pk}).status_code == 403
    assert Ticket.objects.count() == 2
    assert "account:" not in "".join(Event.objects.filter(stream__startswith="ticket:").values_list("by_id", flat=True))


def test_the_window_page_by_hand(hall, client) -> None:
    queue.take(lane=hall.lanes[0])
    client.force_login(hall.world.people["clerk"])
    assert "上岗签到" in client.get("/desk/window/").content.decode()
    assert client.post("/desk/window/act/", {"do": "next"}).status_code == 404
    client.post("/desk/window/sit/", {"window": hall.windows[0].pk})
    page = client.post("/desk/window/act/", {"do": "next"}, follow=True).content.decode()
    assert "A001 请到01号窗口" in page and 'accesskey="k"' in page
    assert "A001" in client.get(f"/centre/{hall.point.pk}/screen/").content.decode()
    client.post("/desk/window/act/", {"do": "finish"})
    assert "没有人等候" in client.post("/desk/window/act/", {"do": "next"}, follow=True).content.decode()
    assert "请选择要做的操作" in client.post("/desk/window/act/", {"do": "x"}, follow=True).content.decode()


@pytest.mark.parametrize(("user", "home", "board"), [
    ("centre", 200, 200), ("reception", 200, 200), ("clerk", 403, 200), ("officer", 403, 403),
    ("citizen", 403, 403), ("far_centre", 404, 404)])
def test_whose_pages_they_are(hall, client, user, home, board) -> None:
    client.force_login(hall.world.people[user])
    assert client.get("/desk/hall/").status_code == home
    assert client.get("/desk/hall/tickets/").status_code == home
    assert client.get("/desk/hall/appointments/").status_code == home
    assert client.get("/desk/hall/windows/").status_code == board


def test_few_queries_however_full_the_hall(hall, client, django_assert_max_num_queries) -> None:
    for _ in range(60):
        queue.take(lane=hall.lanes[0])
    seat(hall)
    queue.call_next(window=hall.windows[0], by=hall.actor("clerk"))
    client.force_login(hall.world.people["centre"])
    client.get("/desk/hall/")
    with django_assert_max_num_queries(30):
        client.get("/desk/hall/")
    with django_assert_max_num_queries(14):
        client.get("/desk/hall/tickets/")
