"""Applying together: nothing is submitted before everybody agreed to exactly these words."""

import pytest

from zhengwu.kernel.cases.models import Case, Party
from zhengwu.modules.hall.models import CoApplicant
from zhengwu.modules.hall.tests.conftest import answer, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(hall, client):
    client.force_login(hall.people["citizen"])
    answer(client, hall)
    fill(client, hall)
    client.post(f"{hall.path}apply/confirm/", {"go": "invite", "name": "王邻", "number": hall.ids["neighbour"]})
    return CoApplicant.objects.get()


def as_(client, hall, name):
    client.force_login(hall.people[name])
    return client


def digest_shown(client, row) -> str:
    return client.get(f"/my/together/{row.pk}/").context["digest"]


def agree(client, hall, row, digest=""):
    as_(client, hall, "neighbour")
    return client.post(f"/my/together/{row.pk}/", {"go": "agree", "digest": digest or digest_shown(client, row)})


def submit(client, hall):
    return as_(client, hall, "citizen").post(f"{hall.path}apply/confirm/", {"go": "submit"})


def test_first_everybody_agrees_then_it_is_submitted(hall, client, invited):
    submit(client, hall)
    assert not Case.objects.exists()
    agree(client, hall, invited)
    submit(client, hall)
    party = Case.objects.get().parties.get()
    assert (party.role, party.account.username) == (Party.Role.JOINT, "neighbour")
    assert as_(client, hall, "neighbour").get(f"/my/cases/{Case.objects.get().number}/").status_code == 200
    assert "共同申请人" in client.get("/my/").content.decode()
    assert client.post(f"/my/cases/{Case.objects.get().number}/withdraw/").status_code == 404


def test_words_changed_after_somebody_agreed_need_a_new_answer(hall, client, invited):
    agree(client, hall, invited)
    as_(client, hall, "citizen").post(f"{hall.path}apply/", {"shop": "改了名的店", "go": "next"})
    submit(client, hall)
    assert not Case.objects.exists()
    assert "需要重新确认" in client.get(f"{hall.path}apply/confirm/").content.decode()
    client.post(f"{hall.path}apply/confirm/", {"go": "remind"})
    invited.refresh_from_db()
    assert invited.state == "asked"
    agree(client, hall, invited)
    submit(client, hall)
    assert Case.objects.count() == 1


def test_agreeing_to_words_that_changed_meanwhile_is_refused(hall, client, invited):
    seen = digest_shown(as_(client, hall, "neighbour"), invited)
    as_(client, hall, "citizen").post(f"{hall.path}apply/", {"shop": "改了名的店", "go": "next"})
    agree(client, hall, invited, digest=seen)
    invited.refresh_from_db()
    assert invited.state == "asked"


def test_a_refusal_holds_until_they_are_taken_out(hall, client, invited):
    as_(client, hall, "neighbour").post(f"/my/together/{invited.pk}/", {"go": "refuse"})
    submit(client, hall)
    assert not Case.objects.exists()
    as_(client, hall, "citizen").post(f"{hall.path}apply/confirm/", {"go": f"remove:{invited.pk}"})
    submit(client, hall)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("user", ["citizen", "company", "clerk"])
def test_an_invitation_is_the_invited_persons(hall, client, invited, user):
    as_(client, hall, user)
    assert client.get(f"/my/together/{invited.pk}/").status_code == 404
    assert client.post(f"/my/together/{invited.pk}/", {"go": "agree"}).status_code == 404
    invited.refresh_from_db()
    assert invited.state == "asked"


@pytest.mark.parametrize(("name", "number", "words"), [
    ("王邻", "110101199003070012", "校验"), ("王邻", "", "18位"), ("", "110101199003070011", "姓名"),
    ("王不邻", "110101199003070011", "都一致"), ("李小满", "11010519491231002X", "自己")])
def test_a_bad_invitation_is_told_and_comes_back_filled(hall, client, name, number, words):
    client.force_login(hall.people["citizen"])
    answer(client, hall)
    fill(client, hall)
    page = client.post(f"{hall.path}apply/confirm/", {"go": "invite", "name": name, "number": number})
    assert page.status_code >= 400
    assert not CoApplicant.objects.exists()
    if name:
        assert f'value="{name}"' in page.content.decode()
