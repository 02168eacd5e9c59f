"""The clerk's entry: on the spot, promised, wrong, twice, at a point that does not offer it; and who sees it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengwu.kernel.cases.api import query_code, slip_code
from zhengwu.kernel.cases.models import Case, Party, Submission
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now, today, travel
from zhengwu.lib.tests.samples import jpg
from zhengwu.modules.counter.models import LatePaper, Taking
from zhengwu.modules.counter.tests.conftest import NUMBER, PHONE

pytestmark = pytest.mark.django_db


def send(at, who: str = "clerk_lin", **more):
    return at.who(who).post(f"/counter/take/{at.matter.code}/", at.typed(**more))


def test_done_on_the_spot_in_one_go(at):
    at.who("clerk_lin").post("/counter/window/", {"window": at.window.pk})
    sent = send(at)
    case = Case.objects.get()
    assert sent.status_code == 302 and sent["Location"] == f"/counter/cases/{case.number}/receipt/"
    assert (case.state, case.channel, case.applicant_id, case.window) == ("closed", "counter", None, at.window)
    assert [s.outcome for s in case.steps.order_by("id")] == ["accept", "grant", "issue", "deliver"]
    party = Party.objects.get(case=case)
    assert party.name == "王大娘" and NUMBER not in party.id_sealed and PHONE not in party.phone_sealed
    assert NUMBER not in str([e.data for e in Event.objects.filter(stream=case.number)])
    assert not Taking.objects.exists()
    page = at.who("clerk_lin").get(sent["Location"]).content.decode()
    code = slip_code(case)
    assert query_code(case.number) in page and f"{code[:4]} {code[4:]}" in page and "场所证明（已收纸质）" in page
    assert "07号窗口" in page and "/progress/" not in page.split("<svg")[0]


def test_a_second_click_is_harmless(at):
    first, second = send(at), send(at)
    assert first["Location"] == second["Location"] and Case.objects.count() == 1
    assert Case.objects.get().steps.count() == 4 and not Taking.objects.exists()


def test_wrong_input_is_said_at_its_field_and_nothing_is_lost(at):
    sent = send(at, **{"person-number": "110105194912310021", "person-name": "王", "person-phone": "12", "area": "0",
                         f"way-{at.required.pk}": ""})
    page = sent.content.decode()
    assert sent.status_code == 422 and not Case.objects.exists()
    for name in ("person-number", "person-name", "person-phone", "area"):
        assert f'id="id_{name}_error"' in page, name
    assert f'href="#id_way-{at.required.pk}"' in page and "请提交“场所证明”" in page
    assert 'value="110105194912310021"' in page and 'value="李记面馆"' in page
    draft = Taking.objects.get()
    assert "110105194912310021" not in draft.person_sealed and "110105" not in str(draft.form)
    again = at.who("clerk_lin").get(f"/counter/take/{at.matter.code}/").content.decode()
    assert "已恢复上次没办完的录入" in again and 'value="李记面馆"' in again
    assert "没办完的录入" in at.who("clerk_lin").get("/counter/").content.decode()
    assert "没办完的录入" not in at.who("clerk2_lin").get("/counter/").content.decode()


def test_a_missing_material_is_said_at_it(at):
    sent = send(at, **{f"way-{at.required.pk}": ""})
    assert sent.status_code == 422 and "请提交“场所证明”" in sent.content.decode() and not Case.objects.exists()


def test_a_line_of_a_card_reader_is_understood(at):
    assert send(at, **{"person-number": f"王大娘|{NUMBER}|女|汉", "person-name": ""}).status_code == 302
    assert Case.objects.get().applicant_name == "王大娘"


def test_somebody_came_for_the_applicant(at):
    wrong = send(at, **{"person-proxy-name": "王", "person-proxy-number": NUMBER})
    assert wrong.status_code == 422 and "同一个人" in wrong.content.decode()
    send(at, **{"person-proxy-name": "李小满", "person-proxy-number": "51992119900317202" + "8"})
    parties = list(Case.objects.get().parties.values_list("role", "name"))
    assert parties == [("applicant", "王大娘"), ("agent", "李小满")]


def test_a_promised_paper_waits_on_a_list_until_it_comes(at):
    due = today() + timedelta(days=3)
    late = {f"way-{at.required.pk}": "later", f"due-{at.required.pk}": due.isoformat()}
    refused = send(at, **late)
    assert refused.status_code == 409 and "先受理" in refused.content.decode() and not Case.objects.exists()
    assert send(at, **late, go="accept").status_code == 302
    case, row = Case.objects.get(), LatePaper.objects.get()
    assert case.state == "accepted" and row.due_on == due and row.submission.way == Submission.Way.LATER
    page = at.who("clerk2_lin").get("/counter/late/").content.decode()
    assert case.number in page and "未到期" in page
    assert case.number not in at.who("clerk_yun").get("/counter/late/").content.decode()
    assert at.who("clerk_yun").post(f"/counter/late/{row.pk}/arrived/").status_code == 404
    with travel(now() + timedelta(days=4)):
        assert case.number in at.who("clerk_lin").get("/counter/late/?phase=due").content.decode()
    for who, seen in (("clerk_lin", True), ("clerk_yun", False)):
        assert (case.number in at.who(who).get("/counter/late/export.csv").content.decode()) is seen
    at.who("clerk2_lin").post(f"/counter/late/{row.pk}/arrived/")
    at.who("clerk2_lin").post(f"/counter/late/{row.pk}/arrived/")
    row.refresh_from_db()
    row.submission.refresh_from_db()
    assert row.arrived_to.username == "clerk2_lin" and row.submission.way == "paper"
    assert Event.objects.filter(stream=case.number, kind="case.supplemented").count() == 1
    come = at.who("clerk_lin").get("/counter/late/?phase=come").content.decode()
    assert case.number in come and "钱同事" in come
    assert case.number not in at.who("clerk_lin").get("/counter/late/").content.decode()


@pytest.mark.parametrize("due", ["", "2026-02-08", "2027-01-01", "x"])
def test_a_promise_needs_a_near_day(at, due):
    sent = send(at, **{f"way-{at.required.pk}": "later", f"due-{at.required.pk}": due, "go": "open"})
    assert sent.status_code == 422 and "请填写补交日期" in sent.content.decode() and not Case.objects.exists()


def test_a_photo_is_kept_with_the_draft_and_goes_with_the_case(at):
    photo = SimpleUploadedFile("证明.jpg", jpg(), "image/jpeg")
    sent = send(at, **{f"file-{at.required.pk}": photo, "person-name": ""})
    assert sent.status_code == 422 and "已有：证明.jpg" in sent.content.decode()
    assert send(at, **{f"way-{at.required.pk}": "file"}).status_code == 302
    assert Submission.objects.get().file.subject == Case.objects.get().number
    bad = SimpleUploadedFile("x.exe", b"MZ" + b"0" * 99)
    assert send(at, **{f"file-{at.required.pk}": bad, "key": "k2"}).status_code == 422


def test_the_window_does_not_go_further_than_the_department_let_it(at):
    for authority, go, status in (("none", "accept", 409), ("accept", "finish", 409), ("accept", "accept", 302)):
        Matter.objects.filter(pk=at.matter.pk).update(window_authority=authority)
        assert send(at, go=go, key=f"{authority}{go}").status_code == status
    assert Case.objects.get().state == "accepted"


def test_a_matter_is_taken_in_only_where_it_is_offered(at):
    other = at.city.matters["lin", "promised"]
    refused = at.who("clerk_town").get(f"/counter/take/{other.code}/")
    assert refused.status_code == 409 and "不办理" in refused.content.decode()
    assert at.who("clerk_yun").get(f"/counter/take/{at.matter.code}/").status_code == 409
    assert at.who("clerk_town").post(f"/counter/take/{other.code}/", at.typed(go="open")).status_code == 409
    assert not Case.objects.exists()
    assert send(at, who="clerk_town").status_code == 302
    case = Case.objects.get()
    assert case.point == at.town and {s.unit for s in case.steps.all()} == {at.town.unit}
    at.town.active = False
    at.town.save()
    assert at.who("clerk_town").get("/counter/").status_code == 404


@pytest.mark.parametrize("who", ["officer_lin", "agent", "citizen", "centre_lin"])
def test_only_clerks_stand_at_the_counter(at, who):
    for path in ("/counter/", f"/counter/take/{at.matter.code}/", "/counter/today/"):
        assert at.who(who).get(path).status_code == 403
    assert at.who(who).post(f"/counter/take/{at.matter.code}/", at.typed()).status_code == 403
    assert not Case.objects.exists()


def test_receipts_and_lists_are_for_those_who_may_see_the_case(at):
    send(at)
    number = Case.objects.get().number
    path = f"/counter/cases/{number}/receipt/"
    assert at.who("clerk2_lin").get(path).status_code == 200
    assert at.who("clerk_yun").get(path).status_code == 404
    assert at.who("agent").get(path).status_code == 404
    assert number in at.who("clerk_lin").get("/counter/today/").content.decode()
    assert number not in at.who("clerk2_lin").get("/counter/today/").content.decode()


def test_found_by_pinyin_initials_and_by_habit(at, settings):
    from zhengwu.kernel.search.api import index

    index(kind="matter", key=at.matter.code, title=at.matter.name, body="", url="/x/", public=True,
          division="519921", suggest=True)
    page = at.who("clerk_lin").get("/counter/found/?q=lxxspjy").content.decode()
    assert at.matter.name in page and 'data-number="1"' in page and "当场办结" in page
    assert at.matter.name not in at.who("clerk_yun").get("/counter/found/?q=lxxspjy").content.decode()
    assert "没有这个事项" in at.who("clerk_lin").get("/counter/found/?q=zzzz").content.decode()


def test_the_card_reader(at, monkeypatch):
    monkeypatch.delenv("ZW_CARD_READER", raising=False)
    monkeypatch.delenv("ZHENGWU_DEMO_PASSWORD", raising=False)
    none = at.who("clerk_lin").post("/counter/card/")
    assert none.status_code == 400 and "直接输入" in none.json()["error"]
    monkeypatch.setenv("ZW_CARD_READER", "simulated")
    read = at.who("clerk_lin").post("/counter/card/").json()
    assert len(read["number"]) == 18 and read["name"]
    monkeypatch.setenv("ZW_CARD_READER", "zhengwu.modules.counter.tests.test_taking_in:Empty")
    assert "没有读到" in at.who("clerk_lin").post("/counter/card/").json()["error"]
    assert at.who("citizen").post("/counter/card/").status_code == 403


class Empty:
    """A reader with nothing on it."""

    def read(self, station: str) -> None:
        return None


def test_lists_need_few_queries(at, django_assert_max_num_queries):
    for n in range(6):
        due = (today() + timedelta(days=n)).isoformat()
        send(at, key=f"q{n}", go="accept", **{f"way-{at.required.pk}": "later", f"due-{at.required.pk}": due})
    client = at.who("clerk_lin")
    client.get("/counter/late/")
    with django_assert_max_num_queries(12):
        client.get("/counter/late/")
    with django_assert_max_num_queries(12):
        client.get("/counter/today/")


def test_what_was_asked_at_the_window_is_claimed_later(at):
    send(at, go="open")
    case = Case.objects.get()
    code = {"number": case.number, "code": query_code(case.number)}
    wrong = at.who("neighbour").post("/my/claim/", code)
    assert wrong.status_code in (403, 404) and "认领窗口办件" in wrong.content.decode()
    assert at.who("owner").post("/my/claim/", {**code, "code": "000000"}).status_code == 404
    assert at.who("owner").post("/my/claim/", code).status_code == 302
    case.refresh_from_db()
    assert case.applicant == at.city.people["owner"]
