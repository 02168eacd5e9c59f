"""My affairs: one list over everything, what I must do on top; late papers, reminders, the calendar, SMS."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from zhengwu.kernel.cases.api import Handed, Joining, act, open_case, query_code
from zhengwu.kernel.cases.models import Case, Step, Submission
from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications import inbound
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import travel
from zhengwu.lib.tests.samples import png
from zhengwu.modules.hall.models import CalendarFeed
from zhengwu.modules.hall.services.remind import remind
from zhengwu.modules.hall.tests.conftest import a_file

pytestmark = pytest.mark.django_db
ITEMS = {"items": [{"material": "平面图", "fault": "模糊", "wanted": "重拍"}]}


def opened(hall, user="citizen", count=1, **more) -> Case:
    papers = [Handed("平面图", hall.plan.pk, "later"), Handed("授权委托书", hall.paper.pk, "paper")]
    for number in range(count):
        case = open_case(kind="application", matter=hall.matter, by=hall.world.actor(user), materials=papers,
                         applicant=hall.people[user], applicant_name=hall.people[user].name,
                         form={"shop": f"小店{number}", "owner": "李小满"}, **more)
    return case


def correcting(hall, case) -> Step:
    act(step_id=Step.objects.get(case=case, closed_at=None).pk, action="correct", by=hall.world.actor("clerk"),
        form=ITEMS)
    return Step.objects.get(case=case, closed_at=None)


def listed(client, query) -> set[str]:
    return {case.number for case in client.get(f"/my/?{query}").context["page"]}


def test_everything_i_take_part_in_and_nothing_else(hall, client):
    mine = opened(hall)
    joined = opened(hall, "neighbour", parties=[Joining("joint", "李小满", hall.people["citizen"])])
    foreign = opened(hall, "company")
    client.force_login(hall.people["citizen"])
    assert "王邻申请，您是共同申请人" in client.get("/my/").content.decode()
    assert listed(client, "") == {mine.number, joined.number}
    assert foreign.number not in client.get("/my/").content.decode()
    assert listed(client, "as=applicant") == {mine.number}
    assert listed(client, "as=joint") == {joined.number}
    assert listed(client, f"q={mine.number}&kind=application&phase=open") == {mine.number}
    assert "没有这样的办件" in client.get("/my/?phase=closed").content.decode()


@pytest.mark.parametrize("query", ["page=99", "page=x", "as=nobody", "kind=%00", "phase=zz&q=" + "长" * 300])
def test_nonsense_in_the_address_is_no_error(hall, client, query):
    opened(hall)
    client.force_login(hall.people["citizen"])
    assert client.get(f"/my/?{query}").status_code in (200, 400)


def test_few_queries_and_pages_however_much_there_is(hall, client, django_assert_max_num_queries):
    opened(hall, count=45)
    client.force_login(hall.people["citizen"])
    client.get("/my/")
    with django_assert_max_num_queries(24):
        page = client.get("/my/")
    assert len(page.context["page"].object_list) == 20
    with django_assert_max_num_queries(14):
        assert client.get("/my/?page=3").content.decode().count("hall-line") == 5


def test_a_promised_paper_is_on_top_and_handed_in_once(hall, client):
    case = opened(hall)
    row = case.submissions.get(way="later")
    client.force_login(hall.people["citizen"])
    assert "补交承诺的材料：平面图" in client.get("/my/").content.decode()
    empty = client.post(f"/my/cases/{case.number}/late/", {"paper": row.pk}, follow=True)
    assert "请选择" in empty.content.decode()
    client.post(f"/my/cases/{case.number}/late/", {"paper": row.pk, "file": a_file()})
    client.post(f"/my/cases/{case.number}/late/", {"paper": row.pk, "file": a_file("again.pdf")})
    row.refresh_from_db()
    assert (row.way, row.file.name) == ("file", "plan.pdf")
    assert Event.objects.filter(stream=case.number, kind="case.supplemented").count() == 1
    assert "补交承诺的材料" not in client.get("/my/").content.decode()


@pytest.mark.parametrize("user", ["neighbour", "clerk"])
def test_somebody_else_hands_nothing_in(hall, client, user):
    case = opened(hall)
    row = case.submissions.get(way="later")
    client.force_login(hall.people[user])
    assert client.post(f"/my/cases/{case.number}/late/", {"paper": row.pk, "file": a_file()}).status_code == 404
    other = opened(hall, "neighbour")
    client.force_login(hall.people["citizen"])
    foreign = Submission.objects.filter(case=other, way="later").get()
    assert client.post(f"/my/cases/{case.number}/late/", {"paper": foreign.pk, "file": a_file()}).status_code == 404
    assert Submission.objects.filter(way="later").count() == 2


def test_a_reminder_comes_once_and_in_time(hall):
    step = correcting(hall, opened(hall))
    Step.objects.filter(pk=step.pk).update(due_at=START + timedelta(days=5))
    assert remind() == 0
    with travel(START + timedelta(days=4)):
        assert remind() == 1
        assert remind() == 0
    assert Notice.objects.filter(title__startswith="请尽快").count() == 1


def test_the_calendar_parses_and_names_nobody(hall, client):
    case = opened(hall)
    step = correcting(hall, case)
    Step.objects.filter(pk=step.pk).update(due_at=START + timedelta(days=5))
    client.force_login(hall.people["citizen"])
    client.post("/my/calendar/", {"go": "make"})
    address = client.get("/my/calendar/").context["path"]
    client.logout()
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(e["SUMMARY"]) for e in events] == ["补正：食品经营许可证核发"]
    assert events[0].walk("VALARM")
    assert "李小满" not in answer.content.decode()
    assert hall.ids["citizen"] not in answer.content.decode()


def test_a_secret_that_was_changed_or_closed_opens_nothing(hall, client):
    client.force_login(hall.people["citizen"])
    client.post("/my/calendar/", {"go": "make"})
    first = client.get("/my/calendar/").context["path"]
    assert first.split("/")[-1][:-4] not in CalendarFeed.objects.get().secret_sealed
    client.post("/my/calendar/", {"go": "make"})
    second = client.get("/my/calendar/").context["path"]
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    client.post("/my/calendar/", {"go": "revoke"})
    assert client.get(second).status_code == 404
    assert client.get("/calendar/guess.ics").status_code == 404


def sms(text, key="1", phone="13900000001"):
    return inbound.receive(sender_phone=phone, text=text, key=key)


def test_number_and_code_by_sms_return_the_progress(hall):
    case = opened(hall)
    assert "收件预审" in sms(f"{case.number.lower()}，{query_code(case.number)}")
    assert "编号或查询码不对" in sms(f"{case.number} 000000", "2")


def test_wrong_codes_by_sms_are_counted_like_any(hall):
    case = opened(hall)
    wrong = "000000" if query_code(case.number) != "000000" else "111111"
    for n in range(10):
        sms(f"{case.number} {wrong}", f"w{n}")
    assert "尝试次数过多" in sms(f"{case.number} {query_code(case.number)}", "late", phone="13900000002")


def test_a_photo_counts_as_a_correction(hall, client):
    case = opened(hall)
    correcting(hall, case)
    client.force_login(hall.people["citizen"])
    photo = a_file("photo.png")
    photo.seek(0)
    photo.truncate()
    photo.write(png())
    photo.seek(0)
    sent = client.post(f"/m/my/cases/{case.number}/correct/", {"file-0": photo})
    assert sent.url == f"/m/my/cases/{case.number}/"
    assert Step.objects.get(case=case, closed_at=None).kind == "precheck"
