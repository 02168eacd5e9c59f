"""The yearly clean-up: who owes what, four pieces, coded grounds, two gates, three tables, comparison."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.city import START
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.files.api import keep
from zhengwu.kernel.ledger.api import events_of
from zhengwu.kernel.matters.models import Law, Power
from zhengwu.lib.now import today, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.powers.comparing import Entry, compare
from zhengwu.modules.powers.models import Campaign, Decision, OutsideList, Task
from zhengwu.modules.powers.services import campaign as clean
from zhengwu.modules.powers.services.lapse import lapse_law
from zhengwu.modules.powers.tests.conftest import power_of

pytestmark = pytest.mark.django_db


def client(city, who=""):
    found = Client()
    if who:
        found.force_login(city.people[who])
    return found


@pytest.fixture
def running(city, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    days = [today() + timedelta(days=n) for n in (10, 20, 30, 40)]
    return clean.open_campaign(division=Division.objects.get(pk="519921"), year=2026, days=tuple(days),
                               by=city.actor("staffing"))


def report(city):
    return keep(name="请示.pdf", media_type="application/pdf", data=b"%PDF-", owner=city.actor("officer_lin"),
                purpose="powers.cleanup")


def filled(city, campaign, **special):
    """All powers kept but those of ``special`` (chart → decision); report attached."""
    task = campaign.tasks.get(unit=city.organs["lin"])
    asked = {p.pk: {"kind": "keep"} for p in clean.standing(task.unit_id)}
    for chart, decision in special.items():
        asked[power_of(city, chart).pk] = decision
    return clean.decide(task_id=task.pk, decisions=asked, files={"report": report(city)},
                        by=city.actor("officer_lin"))


def through(city, task):
    clean.send(task_id=task.pk, by=city.actor("head_lin"))
    clean.gate(task_id=task.pk, passes=True, opinion="", by=city.actor("lawyer"))
    return clean.gate(task_id=task.pk, passes=True, opinion="", by=city.actor("staffing"))


def test_a_whole_clean_up(city, running):
    assert [t.unit for t in running.tasks.all()] == [city.organs["lin"]]
    target = power_of(city, "standard")
    task = filled(city, running, promised={"kind": "cancel", "ground": "C2", "note": "没有上位法"},
                  instant={"kind": "merge", "ground": "D1", "target": target.pk},
                  joint={"kind": "delegate", "ground": "E1", "receivers": [city.organs["town"].pk]})
    through(city, task)
    assert clean.finish(campaign_id=running.pk, effective=today(), by=city.actor("staffing")) == 3
    assert power_of(city, "promised").status == "cancelled" and power_of(city, "joint").status == "delegated"
    assert power_of(city, "joint").received.get().unit == city.organs["town"]
    with pytest.raises(Conflict):
        city.apply("citizen")
    kinds = [e.kind for e in events_of(running.stream)]
    assert kinds == ["campaign.opened", "campaign.decided", "campaign.sent", "campaign.legal", "campaign.passed",
                     "campaign.finished"]
    with pytest.raises(Conflict):
        clean.finish(campaign_id=running.pk, effective=today(), by=city.actor("staffing"))


@pytest.mark.parametrize("decision", [
    {"kind": "cancel"}, {"kind": "cancel", "ground": "D1"}, {"kind": "merge", "ground": "D1"},
    {"kind": "merge", "ground": "D1", "target": "x"}, {"kind": "delegate", "ground": "E1", "receivers": [0]},
    {"kind": "explode"}])
def test_every_cut_needs_its_coded_ground(city, running, decision):
    with pytest.raises(Invalid) as refused:
        filled(city, running, promised=decision)
    assert list(refused.value.errors) == [f"decision-{power_of(city).pk}"]
    assert not Decision.objects.exists()


def test_the_four_pieces_are_checked(city, running):
    task = running.tasks.get()
    with pytest.raises(Invalid) as refused:
        clean.send(task_id=task.pk, by=city.actor("head_lin"))
    assert set(refused.value.errors) == {"table", "report"}
    filled(city, running)
    lapse_law(law_id=Law.objects.get().pk, on=today(), by=city.actor("lawyer"))
    Power.objects.filter(unit=task.unit).update(chart=None)
    with pytest.raises(Invalid) as refused:
        clean.send(task_id=task.pk, by=city.actor("head_lin"))
    assert set(refused.value.errors) == {"basis", "charts"}
    task.refresh_from_db()
    assert task.state == "filling"


def test_gates_and_lateness(city, running):
    task = filled(city, running)
    with pytest.raises(Denied):
        clean.send(task_id=task.pk, by=city.actor("officer_lin"))
    with pytest.raises(Conflict):
        clean.finish(campaign_id=running.pk, effective=today(), by=city.actor("staffing"))
    with travel(START + timedelta(days=12)):
        task.refresh_from_db()
        assert task.late and task.due == running.fill_by
        clean.send(task_id=task.pk, by=city.actor("head_lin"))
        task.refresh_from_db()
        assert task.filed_late and not task.late
        for who in ("staffing", "legal_lin", "head_lin"):
            with pytest.raises((Denied, NotFound)):
                clean.gate(task_id=task.pk, passes=True, opinion="", by=city.actor(who))
        with pytest.raises(NotFound):
            clean.gate(task_id=task.pk, passes=True, opinion="", by=city.actor("staffing_yun"))
        with pytest.raises(Invalid):
            clean.gate(task_id=task.pk, passes=False, opinion="", by=city.actor("lawyer"))
        back = clean.gate(task_id=task.pk, passes=False, opinion="依据不全", by=city.actor("lawyer"))
        assert back.state == "filling" and back.opinion == "依据不全"


@pytest.mark.parametrize("who", ["head_lin", "lawyer", "staffing_yun", "mayor"])
def test_only_the_staffing_office_opens_and_publishes(city, running, who):
    with pytest.raises(Denied):
        clean.open_campaign(division=running.division, year=2027, days=(today(),) * 4, by=city.actor(who))
    with pytest.raises(Denied):
        clean.finish(campaign_id=running.pk, effective=today(), by=city.actor(who))
    with pytest.raises(Conflict):
        clean.open_campaign(division=running.division, year=2026, days=(today(),) * 4, by=city.actor("staffing"))


@pytest.mark.parametrize(("who", "board", "task"), [
    ("", 302, 302), ("citizen", 403, 403), ("officer_lin", 200, 200), ("lawyer", 200, 200), ("staffing", 200, 200),
    ("partner_lin", 200, 404), ("officer_yun", 404, 404), ("inspector_lin", 200, 404), ("staffing_yun", 404, 404)])
def test_who_sees_what(city, running, who, board, task):
    visitor = client(city, who)
    assert visitor.get(f"/desk/powers/cleanups/{running.pk}/").status_code == board
    assert visitor.get(f"/desk/powers/cleanups/tasks/{running.tasks.get().pk}/").status_code == task


def test_filling_in_on_the_page(city, running):
    task, officer = running.tasks.get(), client(city, "officer_lin")
    powers = list(clean.standing(task.unit_id))
    data = {"power": [p.pk for p in powers], **{f"kind-{p.pk}": "keep" for p in powers}}
    bad = officer.post(f"/desk/powers/cleanups/tasks/{task.pk}/", data | {f"kind-{powers[0].pk}": "cancel",
                       f"note-{powers[0].pk}": "说明写在这里"})
    assert bad.status_code == 422 and "说明写在这里" in bad.content.decode() and "理由代码" in bad.content.decode()
    paper = SimpleUploadedFile("qs.txt", "请示".encode(), "text/plain")
    good = officer.post(f"/desk/powers/cleanups/tasks/{task.pk}/", data | {"report": paper})
    assert good.status_code == 302
    task.refresh_from_db()
    assert client(city, "staffing").get(f"/files/{task.report_id}/").status_code == 200
    assert client(city, "officer_yun").get(f"/files/{task.report_id}/").status_code == 404
    assert officer.post(f"/desk/powers/cleanups/tasks/{task.pk}/send/").status_code == 403
    assert client(city, "head_lin").post(f"/desk/powers/cleanups/tasks/{task.pk}/send/").status_code == 302
    assert client(city, "lawyer").post(f"/desk/powers/cleanups/tasks/{task.pk}/pass/").status_code == 302
    assert client(city, "staffing").post(f"/desk/powers/cleanups/tasks/{task.pk}/pass/").status_code == 302
    done = client(city, "staffing").post(f"/desk/powers/cleanups/{running.pk}/publish/", {"effective": "2026-02-10"})
    assert done.status_code == 302 and Campaign.objects.get().state == "finished"


def test_three_tables_as_page_and_file(city, running):
    filled(city, running, promised={"kind": "cancel", "ground": "C2", "note": "没有上位法"})
    staffing, base = client(city, "staffing"), f"/desk/powers/cleanups/{running.pk}/forms/"
    assert "没有上位法" in staffing.get(f"{base}cut/").content.decode()
    assert "临溪县食品经营许可0" in staffing.get(f"{base}kept.csv").content.decode()
    assert staffing.get(f"{base}down.xlsx").content[:2] == b"PK"
    assert staffing.get(f"{base}down.exe").status_code == staffing.get(f"{base}else/").status_code == 404
    assert client(city, "officer_yun").get(f"{base}cut.csv").status_code == 404


def test_comparison(city, running):
    found = compare([Entry("小餐饮（县级）登记", "行政许可", ""), Entry("独有", "行政许可", "")],
                    [Entry("小餐饮登记", "行政确认", ""), Entry("缺少的", "行政许可", "")])
    assert [e.name for e in found.theirs] == ["缺少的"] and [e.name for e in found.ours] == ["独有"]
    assert found.same == 1 and found.typed[0][1].type == "行政确认"
    staffing = client(city, "staffing")
    assert "我方有、对方没有" in staffing.get("/desk/powers/compare/?with=519922").content.decode()
    sent = SimpleUploadedFile("list.csv", "名称,类型\n外县独有许可,行政许可\n".encode(), "text/csv")
    moved = staffing.post("/desk/powers/compare/", {"title": "外县清单", "file": sent})
    assert moved.status_code == 302 and "外县独有许可" in staffing.get(moved["Location"]).content.decode()
    assert staffing.get(f"{moved['Location']}&export=xlsx").content[:2] == b"PK"
    again = SimpleUploadedFile("list.csv", b"a,b\n1,2\n", "text/csv")
    assert staffing.post("/desk/powers/compare/", {"title": "x", "file": again}).status_code == 422
    officer = client(city, "officer_lin")
    third = SimpleUploadedFile("list.csv", "名称\n甲\n".encode(), "text/csv")
    officer.post("/desk/powers/compare/", {"title": "x", "file": third})
    assert OutsideList.objects.count() == 1


def test_the_board_does_not_ask_for_every_department(city, running):
    visitor, path = client(city, "staffing"), f"/desk/powers/cleanups/{running.pk}/"
    visitor.get(path)
    with CaptureQueriesContext(connection) as few:
        visitor.get(path)
    Task.objects.bulk_create([Task(campaign=running, unit=u) for u in (city.partners["lin"], city.organs["town"])])
    with CaptureQueriesContext(connection) as many:
        visitor.get(path)
    assert len(many) == len(few)
    assert visitor.get("/desk/powers/cleanups/").status_code == 200
