"""The guided questions on the pages: one a screen, kept when one goes back, and deciding what is asked for."""

import pytest

from zhengwu.kernel.cases.models import Case, Draft
from zhengwu.kernel.matters import held
from zhengwu.modules.hall.tests.conftest import answer, fill

pytestmark = pytest.mark.django_db


def test_one_question_a_screen_and_the_way_back_finds_the_answer(hall, client):
    page = client.get(f"{hall.path}ask/").content.decode()
    assert "谁来办？" in page
    assert "面积多大？" not in page
    after = client.post(f"{hall.path}ask/", {"question": "who", "answer": "agent"})
    assert after.url.endswith("ask/?at=size")
    assert "面积多大？" in client.get(after.url).content.decode()
    back = client.get(f"{hall.path}ask/?at=who").content.decode()
    assert 'value="agent" checked' in back


def test_the_end_names_what_these_answers_ask_for(hall, client):
    answer(client, hall)
    page = client.get(f"{hall.path}ask/").content.decode()
    assert "平面图" in page
    assert "授权委托书" not in page
    assert "按您的情形，有1份材料不用提交" in page
    client.post(f"{hall.path}ask/", {"question": "who", "answer": "agent"})
    assert "授权委托书" in client.get(f"{hall.path}ask/").content.decode()


def test_an_answer_that_ends_it_says_why_and_leads_nowhere(hall, client):
    answer(client, hall, size="large")
    assert "更大的请申请许可证" in client.get(f"{hall.path}ask/").content.decode()
    client.force_login(hall.people["citizen"])
    assert client.get(f"{hall.path}apply/").url == f"{hall.path}ask/"


@pytest.mark.parametrize("sent", [
    {"question": "who", "answer": "nobody"}, {"question": "who"}, {"question": "who", "answer": ""}])
def test_no_choice_is_told_at_the_question(hall, client, sent):
    answered = client.post(f"{hall.path}ask/", sent)
    assert answered.status_code == 422
    assert "请选一项" in answered.content.decode()


@pytest.mark.parametrize("sent", [{"question": "size", "answer": "small"}, {"question": "zz", "answer": "small"}, {}])
def test_a_question_out_of_turn_changes_nothing(hall, client, sent):
    assert client.post(f"{hall.path}ask/", sent).status_code == 302
    assert "谁来办？" in client.get(f"{hall.path}ask/").content.decode()


def test_answers_wait_through_sign_in_and_go_with_the_case(hall, client):
    answer(client, hall)
    client.force_login(hall.people["citizen"])
    fill(client, hall)
    assert Draft.objects.get().form["answers"] == {"who": "self", "size": "small"}
    session = client.session
    session.pop("answers")
    session.save()
    done = client.post(f"{hall.path}apply/confirm/", {"go": "submit"})
    case = Case.objects.get()
    assert done.url == f"/my/cases/{case.number}/receipt/"
    assert case.form["answers"] == {"who": "self", "size": "small"}
    assert case.form["owner"] == "李小满"
    client.force_login(hall.people["clerk"])
    assert "不超过60平方米" in client.get(f"/desk/cases/{case.number}/").content.decode()


def test_changed_answers_ask_for_the_paper_again_at_the_last_button(hall, client):
    client.force_login(hall.people["citizen"])
    answer(client, hall)
    fill(client, hall)
    client.post(f"{hall.path}ask/", {"question": "who", "answer": "agent"})
    refused = client.post(f"{hall.path}apply/confirm/", {"go": "submit"})
    assert refused.url == f"{hall.path}apply/materials/"
    assert not Case.objects.exists()
    assert Draft.objects.get().files


def test_what_is_known_is_shown_and_cannot_be_contradicted(hall, client):
    client.force_login(hall.people["citizen"])
    answer(client, hall)
    page = client.get(f"{hall.path}apply/").content.decode()
    assert 'name="owner"' not in page
    assert "来自您的账号" in page
    assert 'value="13800000001"' in page
    client.post(f"{hall.path}apply/", {"shop": "小店", "owner": "别人", "go": "next"})
    fill(client, hall)
    client.post(f"{hall.path}apply/confirm/", {"go": "submit"})
    assert Case.objects.get().form["owner"] == "李小满"


def test_a_held_certificate_spares_the_paper(hall, client, monkeypatch):
    hall.plan.shared_from = "11100000000013338W011"
    hall.plan.save()
    monkeypatch.setattr(held, "_providers", [
        lambda account, code: held.HeldCertificate("Z-9", "营业执照", None, issuer="市场监管局")
        if account.username == "citizen" else None])
    client.force_login(hall.people["citizen"])
    answer(client, hall)
    client.post(f"{hall.path}apply/", {"shop": "小店", "go": "next"})
    page = client.get(f"{hall.path}apply/materials/").content.decode()
    assert "免交" in page
    assert "Z-9" in page
    assert f"material-{hall.plan.pk}" not in page
    client.post(f"{hall.path}apply/materials/", {"go": "next"})
    client.post(f"{hall.path}apply/confirm/", {"go": "submit"})
    assert Case.objects.get().submissions.get().way == "shared"
    client.force_login(hall.people["neighbour"])
    answer(client, hall)
    client.post(f"{hall.path}apply/", {"shop": "小店", "go": "next"})
    assert client.post(f"{hall.path}apply/materials/", {"go": "next"}).status_code == 422
