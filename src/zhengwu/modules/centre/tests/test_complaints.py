"""The complaint desk: taken down, looked into, and not closed before the reply in the form that was asked for."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from zhengwu.kernel.cases.api import act
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.flow.api import lint, parse, rehearse
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.modules.centre.complaints import CHART
from zhengwu.modules.centre.models import Complaint, Rota
from zhengwu.modules.centre.services.complain import on_duty, reply, set_rota, take_down

pytestmark = pytest.mark.django_db


def taken(hall, wanted="oral", **more) -> Complaint:
    given = {"name": "李大有", "phone": "13900000008", "came": "oral", "about": None, "window": hall.windows[0],
             "words": "等了一个上午没有人理我"} | more
    return take_down(point=hall.point, by=hall.actor("reception"), wanted=wanted, **given)


def step(hall, row, node, who, action) -> Case:
    open_step = row.case.steps.get(node=node, closed_at=None)
    return act(step_id=open_step.pk, action=action, by=hall.actor(who), opinion="已核查处理").case


def to_answer(hall, wanted="oral") -> Complaint:
    row = taken(hall, wanted)
    step(hall, row, "assign", "reception", "forward")
    step(hall, row, "check", "head", "founded")
    return Complaint.objects.get(pk=row.pk)


def test_taken_down_with_its_clock_and_the_name_covered(hall) -> None:
    row = taken(hall)
    case = row.case
    assert (case.state, case.unit_id, row.about_id) == ("open", hall.world.organ.pk, hall.world.organ.pk)
    assert "李大有" not in case.applicant_name + case.title + json.dumps(case.form, ensure_ascii=False)
    assert dict(Clock.objects.filter(subject=case.number).values_list("kind", "limit_n")) == {"promised": 5}
    assert case.parties.get().name == "李大有"


@pytest.mark.parametrize(("change", "field"), [({"name": ""}, "name"), ({"words": "慢"}, "words"),
                                               ({"phone": "123"}, "phone"), ({"phone": ""}, "phone"),
                                               ({"window": None}, "about"), ({"came": "x"}, "came")])
def test_what_cannot_be_taken_down(hall, change, field) -> None:
    with pytest.raises(Invalid) as refused:
        taken(hall, **change)
    assert field in refused.value.errors
    assert not Complaint.objects.exists() and not Case.objects.exists()


def test_only_the_desk_takes_down(hall) -> None:
    for who in ("clerk", "officer", "citizen", "far_centre"):
        with pytest.raises(Denied):
            take_down(point=hall.point, by=hall.actor(who), name="李大有", phone="13900000008", came="oral",
                      wanted="oral", about=hall.world.organ, words="等了一个上午")
    assert not Complaint.objects.exists()


def test_an_oral_reply_needs_time_and_person(hall) -> None:
    row = to_answer(hall)
    assert row.founded is True
    desk = hall.actor("reception")
    good = {"way": "oral", "told": "phone", "person": "冯婉秋", "day": "2026-02-09", "clock": "09:30"}
    for change, field in (({"person": ""}, "person"), ({"told": ""}, "told"), ({"clock": "25:00"}, "at"),
                          ({"day": "2026-02-08"}, "at"), ({"day": "2026-02-10"}, "at"), ({"way": "written"}, "way")):
        with pytest.raises(Invalid) as refused:
            reply(complaint=row, by=desk, words="已批评教育", **(good | change))
        assert field in refused.value.errors
    assert Case.objects.get(pk=row.case_id).closed_at is None
    done = reply(complaint=row, by=desk, words="已批评教育", **good)
    assert (done.case.state, done.case.closed_at is not None) == ("closed", True)
    assert not Clock.objects.filter(subject__startswith=row.case.number).exclude(state="stopped").exists()
    with pytest.raises(Conflict):
        reply(complaint=row, by=desk, words="已批评教育", **good)


def test_a_written_reply_is_a_numbered_document(hall) -> None:
    row = to_answer(hall, "written")
    with pytest.raises(Invalid):
        step(hall, row, "answer", "reception", "reply")
    assert Case.objects.get(pk=row.case_id).closed_at is None
    reply(complaint=row, by=hall.actor("reception"), words="经核查情况属实，已责令改正。", way="written")
    paper = row.case.documents.get()
    assert paper.kind == "complaint-answer" and "诉答〔2026〕1号" in paper.number
    assert render_document(paper, Case.objects.get(pk=row.case_id)).startswith(b"%PDF")


@pytest.mark.parametrize(("user", "status"), [("reception", 200), ("centre", 200), ("clerk", 403), ("head", 403),
                                              ("far_centre", 404)])
def test_name_and_number_are_read_at_the_desk_only(hall, client, user, status) -> None:
    row = taken(hall)
    client.force_login(hall.world.people[user])
    page = client.get(f"/desk/complaints/{row.case.number}/")
    assert page.status_code == status
    assert ("13900000008" in page.content.decode()) is (status == 200)
    at_the_unit = client.get(f"/desk/cases/{row.case.number}/").content.decode()
    assert "13900000008" not in at_the_unit and "李大有" not in at_the_unit


def test_the_desks_pages(hall, client) -> None:
    client.force_login(hall.world.people["reception"])
    assert "没有排值班人员" in client.get("/desk/complaints/").content.decode()
    typed = {"name": "李大有", "phone": "13900000008", "came": "written", "wanted": "written",
             "window": hall.windows[0].pk, "words": "短"}
    wrong = client.post("/desk/complaints/new/", typed)
    assert wrong.status_code == 422 and "13900000008" in wrong.content.decode()
    made = client.post("/desk/complaints/new/", typed | {"words": "工作人员态度生硬", "key": "once"})
    client.post("/desk/complaints/new/", typed | {"words": "工作人员态度生硬", "key": "once"})
    row = Complaint.objects.get()
    assert made.url == f"/desk/complaints/{row.case.number}/"
    assert "还剩" in client.get("/desk/complaints/").content.decode()
    step(hall, row, "assign", "reception", "settle")
    assert "登记答复" in client.get(made.url).content.decode()
    assert client.post(made.url, {"words": "已当面道歉"}).status_code == 302
    page = client.get(made.url).content.decode()
    assert "投诉答复书" in page
    assert "没有在办的投诉" in client.get("/desk/complaints/").content.decode()
    assert row.case.number in client.get("/desk/complaints/?state=closed").content.decode()


def test_the_rota_is_the_centres(hall, client) -> None:
    with pytest.raises(Denied):
        set_rota(point=hall.point, by=hall.actor("reception"), day=START.date(), half="am", account_id=1)
    with pytest.raises(Invalid):
        set_rota(point=hall.point, by=hall.actor("centre"), day=date(2026, 1, 1), half="am",
                 account_id=hall.world.people["clerk"].pk)
    desk = hall.world.people["reception"].pk
    for _ in range(2):
        set_rota(point=hall.point, by=hall.actor("centre"), day=START.date(), half="am", account_id=desk)
    assert Rota.objects.count() == 1 and on_duty(hall.point).account_id == desk
    with travel(START + timedelta(hours=4)):
        assert on_duty(hall.point) is None
    client.force_login(hall.world.people["centre"])
    assert "冯婉秋" in client.get("/desk/complaints/rota/").content.decode()


def test_the_shipped_chart_walks_every_line() -> None:
    path = Path(__file__).parents[1] / "flows" / "hallcomplaint.bpmn"
    xml = path.read_text("utf-8")
    assert parse(xml).key == CHART and lint(xml) == []
    scenarios = json.loads(path.with_suffix(".scenarios.json").read_text("utf-8"))["scenarios"]
    rehearsal = rehearse(xml, scenarios)
    assert (rehearsal.failures, rehearsal.unwalked) == ([], [])
