"""The village agent: on recorded consent only, their villagers' cases only, over the minute it is taken back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengwu.kernel.cases.api import revoke_mandate
from zhengwu.kernel.cases.models import Case, Mandate, Step
from zhengwu.kernel.cases.services.mandates import consent_code
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import now, travel
from zhengwu.lib.tests.samples import jpg
from zhengwu.modules.counter.models import Errand, Taking
from zhengwu.modules.counter.tests.conftest import NUMBER, VILLAGER

pytestmark = pytest.mark.django_db
CORRECTION = {"items": [{"material": "场所证明", "fault": "不清楚", "wanted": "重拍"}]}


def send(at, mandate: Mandate, who: str = "agent", **more):
    typed = at.typed(go="open", **more)
    return at.who(who).post(f"/agent/consents/{mandate.pk}/take/{at.matter.code}/", typed)


def started(at) -> Case:
    assert send(at, at.consent()).status_code == 302
    return Case.objects.get()


def test_from_consent_by_code_to_the_case(at):
    agent = at.who("agent")
    sent = agent.post("/agent/consents/new/", {**VILLAGER, "evidence": "sms", "days": "180"})
    mandate = Mandate.objects.get()
    assert sent["Location"] == f"/agent/consents/{mandate.pk}/"
    wrong = agent.post(sent["Location"], {"code": "x"})
    assert wrong.status_code == 422 and "验证码不对" in wrong.content.decode()
    assert agent.post(sent["Location"], {"code": consent_code(mandate)}).status_code == 302
    assert at.matter.name in agent.get(f"/agent/consents/{mandate.pk}/matters/").content.decode()
    page = agent.get(f"/agent/consents/{mandate.pk}/take/{at.matter.code}/").content.decode()
    assert "王大娘" in page and NUMBER not in page and NUMBER[:6] in page
    assert send(at, mandate, **{"person-name": "冒名者", "person-number": "x"}).status_code == 302
    case = Case.objects.get()
    assert (case.applicant_name, case.channel, case.point) == ("王大娘", "agent", at.village)
    assert Step.objects.get(case=case).unit == at.city.centres["lin"]
    assert case.number in agent.get("/agent/").content.decode()


def test_consent_on_paper_with_its_photo(at):
    agent = at.who("agent")
    sent = agent.post("/agent/consents/new/", {**VILLAGER, "grantor_phone": "", "evidence": "paper", "days": "30"})
    assert agent.post(sent["Location"]).status_code == 422
    photo = SimpleUploadedFile("委托书.jpg", jpg(), "image/jpeg")
    assert agent.post(sent["Location"], {"paper": photo}).status_code == 302
    assert Mandate.objects.get().state == "given"


def test_wrong_facts_are_said_at_their_fields(at):
    sent = at.who("agent").post("/agent/consents/new/", {"grantor_name": "", "grantor_id": "1", "grantor_phone": "2",
                                                          "evidence": "sms", "days": "999999"})
    page = sent.content.decode()
    assert sent.status_code == 422 and not Mandate.objects.exists()
    for name in ("grantor_name", "grantor_id", "grantor_phone"):
        assert f'id="id_{name}_error"' in page


def test_without_consent_nothing_is_done(at):
    mandate = at.consent()
    assert send(at, mandate, who="rival").status_code == 404
    Mandate.objects.filter(pk=mandate.pk).update(state="asked", given_at=None)
    assert send(at, mandate).status_code == 403
    assert not Case.objects.exists()


def test_consent_withdrawn_this_minute(at):
    mandate = at.consent()
    path = f"/agent/consents/{mandate.pk}/take/{at.matter.code}/"
    at.who("agent").post(path, at.typed(go="later"))
    with travel(now() + timedelta(minutes=1)):
        at.who("clerk_town").post(f"/agent/consents/{mandate.pk}/revoke/")
        refused = send(at, mandate)
        assert refused.status_code == 403 and "撤回授权" in refused.content.decode()
        assert not Case.objects.exists() and Taking.objects.count() == 1  # nothing typed was lost


def test_sight_ends_with_the_consent(at):
    case = started(at)
    mandate = Mandate.objects.get()
    agent = at.who("agent")
    for path in (f"/agent/cases/{case.number}/", f"/counter/cases/{case.number}/receipt/"):
        assert agent.get(path).status_code == 200
    at.city.run(case, "precheck accept", "decide grant")
    revoke_mandate(mandate_id=mandate.pk, by=at.city.actor("agent"))
    for path in (f"/agent/cases/{case.number}/", f"/counter/cases/{case.number}/receipt/",
                 f"/desk/cases/{case.number}/"):
        assert agent.get(path).status_code == 404
    assert agent.post(f"/agent/cases/{case.number}/errand/", {"go": "collect"}).status_code == 404
    assert case.number not in agent.get("/agent/").content.decode() and not Errand.objects.exists()


@pytest.mark.parametrize("who", ["rival", "clerk_lin", "clerk_yun", "citizen"])
def test_another_agent_a_clerk_and_a_stranger_do_not_get_in(at, who):
    case = started(at)
    assert at.who(who).get(f"/agent/cases/{case.number}/").status_code in (403, 404)
    assert at.who(who).post(f"/agent/cases/{case.number}/errand/", {"go": "collect"}).status_code in (403, 404)
    assert at.who(who).post(f"/agent/cases/{case.number}/correct/", {"opinion": "x"}).status_code in (403, 404)
    if who == "rival":
        assert case.number not in at.who(who).get("/agent/").content.decode()
        assert "王大娘" not in at.who(who).get("/agent/consents/").content.decode()


def test_the_agent_corrects(at):
    case = started(at)
    at.city.do(case, "precheck", "correct", form=CORRECTION)
    agent = at.who("agent")
    page = agent.get(f"/agent/cases/{case.number}/").content.decode()
    assert "请补正" in page and "不清楚" in page
    empty = agent.post(f"/agent/cases/{case.number}/correct/", {"opinion": ""})
    assert empty.status_code == 422 and "请拍照上传" in empty.content.decode()
    photo = SimpleUploadedFile("重拍.jpg", jpg(), "image/jpeg")
    assert agent.post(f"/agent/cases/{case.number}/correct/", {"files": photo, "key": "a"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "submitted" and case.submissions.filter(name__startswith="补正").count() == 1


def test_fetched_and_handed_over(at):
    case = started(at)
    agent = at.who("agent")
    early = agent.post(f"/agent/cases/{case.number}/errand/", {"go": "collect"}, follow=True)
    assert "还没有作出决定" in early.content.decode()
    at.city.run(case, "precheck accept", "decide grant", "issue issue", "deliver deliver")
    for _ in range(2):
        agent.post(f"/agent/cases/{case.number}/errand/", {"go": "collect"})
    wrong = agent.post(f"/agent/cases/{case.number}/errand/", {"go": "hand", "receiver": ""})
    assert wrong.status_code == 422
    agent.post(f"/agent/cases/{case.number}/errand/", {"go": "hand", "receiver": "王大娘"})
    kinds = list(Event.objects.filter(stream=case.number).order_by("seq").values_list("kind", flat=True))
    assert kinds[-2:] == ["case.collected", "case.handed_over"] and Errand.objects.get().receiver == "王大娘"


def test_a_villager_takes_it_back_at_any_window_of_the_area(at):
    mandate = at.consent()
    path = "/counter/consents/"
    assert "没有查到" in at.who("clerk_yun").post(path, {"number": NUMBER}).content.decode()
    page = at.who("clerk_lin").post(path, {"number": NUMBER}).content.decode()
    assert "杜长根" in page and NUMBER not in page
    assert at.who("clerk_yun").post(f"/agent/consents/{mandate.pk}/revoke/").status_code == 404
    at.who("clerk_lin").post(f"/agent/consents/{mandate.pk}/revoke/")
    mandate.refresh_from_db()
    assert mandate.state == "revoked"


def test_the_desk_needs_few_queries(at, django_assert_max_num_queries):
    mandate = at.consent()
    for n in range(5):
        send(at, mandate, key=f"q{n}")
    client = at.who("agent")
    client.get("/agent/")
    with django_assert_max_num_queries(22):
        client.get("/agent/")
