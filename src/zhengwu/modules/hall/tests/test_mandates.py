"""Powers of attorney on line: asked, signed by the other, used only while in force."""

import pytest

from zhengwu.kernel.cases.api import act, ask_mandate, give_mandate, revoke_mandate
from zhengwu.kernel.cases.models import Case, Draft, Mandate, Step
from zhengwu.modules.hall.tests.conftest import answer, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(hall):
    """The neighbour asks to act for the citizen."""
    return ask_mandate(by=hall.world.actor("neighbour"), evidence="online", grantor=hall.people["citizen"],
                       matter=hall.matter, url="/my/mandates/")


@pytest.fixture
def given(hall, asked):
    return give_mandate(mandate_id=asked.pk, by=hall.world.actor("citizen"))


def applied(client, hall, given) -> Case:
    client.force_login(hall.people["neighbour"])
    answer(client, hall)
    fill(client, hall, query=f"?for={given.pk}")
    client.post(f"{hall.path}apply/confirm/", {"go": "submit"})
    return Case.objects.get()


def test_asking_on_the_page_and_signing_by_the_other(hall, client):
    client.force_login(hall.people["neighbour"])
    client.post("/my/mandates/", {"name": "李小满", "number": hall.ids["citizen"], "days": "90"})
    row = Mandate.objects.get()
    assert client.post(f"/my/mandates/{row.pk}/answer/", {"go": "give"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "asked"
    client.force_login(hall.people["citizen"])
    assert "请您授权代办" in client.get("/my/").content.decode()
    client.post(f"/my/mandates/{row.pk}/answer/", {"go": "give"})
    row.refresh_from_db()
    assert row.state == "given"


@pytest.mark.parametrize(("user", "status"), [("citizen", 200), ("neighbour", 200), ("company", 404), ("clerk", 403)])
def test_a_mandate_is_its_two_sides(hall, client, asked, user, status):
    client.force_login(hall.people[user])
    assert client.get(f"/my/mandates/{asked.pk}/").status_code == status


def test_the_case_is_the_grantors_and_both_follow_it(hall, client, given):
    case = applied(client, hall, given)
    assert case.applicant == hall.people["citizen"]
    assert case.form["owner"] == "李小满"
    assert case.parties.get().mandate == given
    page = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "您是代理人" in page
    client.force_login(hall.people["citizen"])
    assert client.get(f"/my/cases/{case.number}/").status_code == 200
    assert case.title in client.get(f"/my/mandates/{given.pk}/").content.decode()


def test_the_agent_corrects_while_the_mandate_holds_and_not_a_minute_longer(hall, client, given):
    case = applied(client, hall, given)
    step = Step.objects.get(case=case, closed_at=None)
    items = {"items": [{"material": "平面图", "fault": "模糊", "wanted": "重拍"}]}
    act(step_id=step.pk, action="correct", by=hall.world.actor("clerk"), form=items)
    client.force_login(hall.people["neighbour"])
    assert "去补正" in client.get("/my/").content.decode()
    revoke_mandate(mandate_id=given.pk, by=hall.world.actor("citizen"))
    assert client.post(f"/my/cases/{case.number}/correct/", {"opinion": "已更正"}).status_code == 404
    assert "去补正" not in client.get("/my/").content.decode()
    assert Step.objects.get(case=case, closed_at=None).kind == "correct"
    client.force_login(hall.people["citizen"])
    client.post(f"/my/cases/{case.number}/correct/", {"opinion": "我自己更正"})
    assert Step.objects.get(case=case, closed_at=None).kind == "precheck"


def test_the_agent_s_correction_counts(hall, client, given):
    case = applied(client, hall, given)
    items = {"items": [{"material": "平面图", "fault": "模糊", "wanted": "重拍"}]}
    step = Step.objects.get(case=case, closed_at=None)
    act(step_id=step.pk, action="correct", by=hall.world.actor("clerk"), form=items)
    client.force_login(hall.people["neighbour"])
    client.post(f"/my/cases/{case.number}/correct/", {"opinion": "代为更正"})
    assert Step.objects.get(case=case, closed_at=None).kind == "precheck"


def test_taken_back_this_minute_nothing_is_submitted_and_nothing_lost(hall, client, given):
    client.force_login(hall.people["neighbour"])
    answer(client, hall)
    fill(client, hall, query=f"?for={given.pk}")
    revoke_mandate(mandate_id=given.pk, by=hall.world.actor("citizen"))
    refused = client.post(f"{hall.path}apply/confirm/", {"go": "submit"})
    assert refused.status_code == 403
    assert "撤回授权" in refused.content.decode()
    assert not Case.objects.exists()
    assert Draft.objects.get().form["shop"] == "小店"
    assert client.get(f"{hall.path}apply/?for=").status_code == 200


@pytest.mark.parametrize("user", ["company", "citizen"])
def test_nobody_else_uses_a_mandate(hall, client, given, user):
    client.force_login(hall.people[user])
    answer(client, hall)
    assert client.get(f"{hall.path}apply/?for={given.pk}").status_code in (403, 404)
    assert client.get(f"{hall.path}apply/?for=999999").status_code == 404


def test_one_not_given_yet_opens_nothing(hall, client, asked):
    client.force_login(hall.people["neighbour"])
    answer(client, hall)
    assert client.get(f"{hall.path}apply/?for={asked.pk}").status_code == 403


def test_a_bad_request_for_a_mandate_comes_back_filled(hall, client):
    client.force_login(hall.people["neighbour"])
    page = client.post("/my/mandates/", {"name": "李小满", "number": "123", "days": "90"})
    assert page.status_code == 422
    assert 'value="李小满"' in page.content.decode()
    assert not Mandate.objects.exists()
