"""更多操作 on the desk, 传阅, the jump page and the API of verbs, for owner, colleague and stranger."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from zhengwu.kernel.cases import signing
from zhengwu.kernel.cases.models import Case, Circulation, Step
from zhengwu.kernel.cases.tests.test_act import counts, do, the_step
from zhengwu.kernel.cases.tests.test_http import token
from zhengwu.kernel.cases.tests.test_verbs import ACCEPTED, REVIEWED, added, at, peopled, verb
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.lib.now import travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        yield peopled(make_world())


def page(world: World, who: str, path: str) -> Any:
    client = Client()
    client.force_login(world.people[who])
    return client.get(path)


def send(world: World, who: str, step: Step, code: str, **data: Any) -> Any:
    client = Client()
    client.force_login(world.people[who])
    revision = Case.objects.values_list("revision", flat=True).get(pk=step.case_id)
    fields = {f"{code}-{name}": value for name, value in data.items()}
    return client.post(f"/desk/steps/{step.pk}/verbs/{code}/", fields | {"revision": revision, "from": "desk"})


def test_the_menu_offers_exactly_what_is_allowed(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    held = page(world, "officer", f"/desk/?step={step.pk}").content.decode()
    assert "更多操作" in held and "/verbs/return/" in held and "/verbs/suspend/" not in held
    led = page(world, "leader", f"/desk/cases/{case.number}/").content.decode()
    assert "/verbs/suspend/" in led and "/verbs/end/" in led and "/verbs/return/" not in led
    assert "style=" not in held + led and "onclick" not in held + led
    assert page(world, "stranger", f"/desk/cases/{case.number}/").status_code == 404


def test_opening_a_step_is_its_first_look_for_holders_only(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    page(world, "leader", f"/desk/?step={step.pk}")
    assert Step.objects.get(pk=step.pk).seen_at is None
    page(world, "officer", f"/desk/?step={step.pk}")
    with travel(START + timedelta(hours=1)):
        page(world, "second", f"/desk/?step={step.pk}")
    step.refresh_from_db()
    assert (step.seen_at, step.seen_by) == (START, world.people["officer"])


def test_a_verb_on_the_page_comes_back_filled_when_refused(world):
    case = at(world, ACCEPTED, REVIEWED)
    step, before = the_step(case, "decide"), counts()
    answer = send(world, "leader", step, "return", to="", opinion="理由写好了")
    assert answer.status_code == 422 and "理由写好了" in answer.content.decode() and counts() == before
    answer = send(world, "leader", step, "return", to="previous", opinion="理由写好了")
    assert answer.status_code == 302 and Case.objects.get().steps.filter(node="review", closed_at=None).exists()


def test_what_cannot_be_undone_is_confirmed_without_script(world):
    case = at(world, ACCEPTED)
    step, before = the_step(case, "review"), counts()
    client = Client()
    client.force_login(world.people["leader"])
    data = {"sure": "", "end-ground": "moot", "end-opinion": "房屋已拆除", "revision": case.revision, "from": "case"}
    answer = client.post(f"/desk/steps/{step.pk}/verbs/end/", data)
    assert answer.status_code == 422 and "请勾选确认" in answer.content.decode() and counts() == before
    answer = client.post(f"/desk/steps/{step.pk}/verbs/end/", data | {"end-sure": "on"})
    assert answer.status_code == 302 and Case.objects.get().state == "ended"


def test_a_stale_page_changes_nothing(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    client = Client()
    client.force_login(world.people["officer"])
    data = {"hand-over-to": f"account:{world.people['second'].pk}", "hand-over-opinion": "x", "revision": "1"}
    answer = client.post(f"/desk/steps/{step.pk}/verbs/hand-over/", data)
    assert answer.status_code == 412 and Step.objects.get(pk=step.pk).account_id is None


def test_the_case_page_shows_signers_readers_votes_and_signatures(world, settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    signing.give_key(world.people["clerk"].pk)
    case = at(world, ACCEPTED)
    added(world, case, "beside")
    verb(world, case.steps.get(closed_at=None, signer=""), "circulate", "officer",
         readers=[str(world.people["partner"].pk)], opinion="请阅")
    text = page(world, "officer", f"/desk/cases/{case.number}/").content.decode()
    for words in ("并加签", "蒋同岗", "孙协办", "未阅", "签名有效"):
        assert words in text, words
    Step.objects.filter(node="precheck").update(opinion="改过")
    assert "签名无效" in page(world, "officer", f"/desk/cases/{case.number}/").content.decode()


def test_reading_leaves_a_receipt_and_the_list_is_ones_own(world, django_assert_max_num_queries):
    for _ in range(3):
        case = at(world, ACCEPTED)
        verb(world, the_step(case, "review"), "circulate", "officer", readers=[str(world.people["partner"].pk)])
    listed = page(world, "partner", "/desk/circulations/")
    assert listed.content.decode().count("标记已读") == 3
    client = Client()
    client.force_login(world.people["partner"])
    with django_assert_max_num_queries(9):
        client.get("/desk/circulations/")
    row = Circulation.objects.first()
    assert client.post(f"/desk/circulations/{row.pk}/read/", {"answer": "知悉"}).status_code == 302
    assert page(world, "partner", "/desk/circulations/?read=no").content.decode().count("标记已读") == 2
    assert "标记已读" not in page(world, "head", "/desk/circulations/").content.decode()
    other = Client()
    other.force_login(world.people["head"])
    assert other.post(f"/desk/circulations/{Circulation.objects.last().pk}/read/").status_code == 404
    assert page(world, "citizen", "/desk/circulations/").status_code == 403


def test_the_jump_page_shows_the_security_administrator_where_a_case_stands_and_no_more(world):
    case = at(world, ACCEPTED, REVIEWED)
    answer = page(world, "secadmin", f"/desk/jump/?number={case.number}").content.decode()
    assert "决定" in answer and "李小满" not in answer
    assert page(world, "secadmin", "/desk/jump/?number=9").status_code == 200
    for who in ("leader", "sysadmin", "citizen"):
        assert page(world, who, f"/desk/jump/?number={case.number}").status_code == 403
    step = the_step(case, "decide")
    client = Client()
    client.force_login(world.people["secadmin"])
    client.post(f"/desk/steps/{step.pk}/verbs/jump/", {
        "sure": "", "jump-sure": "on", "jump-to": "review", "jump-opinion": "故障", "revision": case.revision,
        "number": case.number})
    assert the_step(case, "review")


def test_a_suspended_case_says_so_and_offers_no_action(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    verb(world, step, "suspend", "leader", opinion="等待批复", basis="行政许可法第四十五条", until="2026-03-02")
    text = page(world, "officer", f"/desk/?step={step.pk}").content.decode()
    assert "中止办理" in text and "等待批复" in text and 'name="action"' not in text


# API


def post(step: Step, code: str, headers: dict[str, str], data: dict[str, Any], key: str = "k", **more: str) -> Any:
    return Client().post(f"/api/v1/steps/{step.pk}/verbs/{code}", json.dumps(data), content_type="application/json",
                         headers=headers | {"Idempotency-Key": key} | more)


def test_the_api_lists_and_carries_out_verbs_once(world):
    case = at(world, ACCEPTED, REVIEWED)
    step, leader = the_step(case, "decide"), token(world, "leader", "read", "work")
    listed = Client().get(f"/api/v1/steps/{step.pk}/verbs", headers=leader)
    assert listed.status_code == 200
    offered = {row["code"]: row for row in listed.json()}
    assert offered["return"]["fields"][0]["choices"][0]["label"].startswith("上一环节：审查")
    data = {"to": "previous", "opinion": "请补充"}
    first, again = post(step, "return", leader, data), post(step, "return", leader, data)
    assert first.status_code == again.status_code == 200 and first.content == again.content
    assert [s["node"] for s in first.json()["steps"] if s["closed_at"] is None] == ["review"]
    assert post(step, "return", leader, data, "other").status_code == 409


def test_the_api_refuses_in_problems(world):
    case = at(world, ACCEPTED)
    step, officer = the_step(case, "review"), token(world, "officer", "read", "work")
    reader, stranger = token(world, "officer", "read"), token(world, "stranger", "read", "work")
    before = counts()
    to_second = {"to": f"account:{world.people['second'].pk}", "opinion": "x"}
    assert post(step, "hand-over", officer, to_second, **{"If-Match": '"1"'}).status_code == 412
    wrong = post(step, "hand-over", officer, {"to": "x", "opinion": "x"})
    assert wrong.status_code == 422 and wrong["Content-Type"].startswith("application/problem+json")
    assert post(step, "dance", officer, {}, "k2").status_code == 404
    assert post(step, "end", officer, {"ground": "died", "opinion": "x"}, "k3").status_code == 403
    assert post(step, "hand-over", reader, to_second, "k4").status_code == 403
    assert post(step, "hand-over", stranger, to_second, "k5").status_code == 404
    assert counts() == before
    assert Client().get(f"/api/v1/steps/{step.pk}/verbs").status_code == 401
    assert Client().get(f"/api/v1/steps/{step.pk}/verbs", headers=stranger).status_code == 404


def test_the_api_lists_what_was_given_to_read_and_takes_receipts(world):
    case = at(world, ACCEPTED)
    verb(world, the_step(case, "review"), "circulate", "officer", readers=[str(world.people["partner"].pk)])
    partner = token(world, "partner", "read", "work")
    (row,) = Client().get("/api/v1/circulations", headers=partner).json()["items"]
    assert row["number"] == case.number and row["read_at"] is None
    answer = Client().post(f"/api/v1/circulations/{row['id']}/read", json.dumps({"answer": "知悉"}),
                           content_type="application/json", headers=partner | {"Idempotency-Key": "r1"})
    assert answer.status_code == 200 and answer.json()["answer"] == "知悉"
    assert Client().get("/api/v1/circulations", headers=token(world, "officer", "read")).json()["items"] == []


def test_reading_a_step_over_the_api_is_a_first_look_too(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    Client().get(f"/api/v1/steps/{step.pk}", headers=token(world, "leader", "read"))
    assert Step.objects.get(pk=step.pk).seen_at is None
    Client().get(f"/api/v1/steps/{step.pk}", headers=token(world, "officer", "read"))
    assert Step.objects.get(pk=step.pk).seen_at == START
    do(world, case, "review", "officer", "pass")
