"""The HTTP API of cases: what it costs, what it remembers, how it pages, what it hides."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.selectors import query_code
from zhengwu.kernel.cases.tests.world import START, World, make_world, person, unit
from zhengwu.kernel.directory.api import issue_token, revoke_token
from zhengwu.kernel.ledger.proof import PENDING, check_proof
from zhengwu.lib.now import travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        made.people["secadmin"] = person("secadmin", "安全员", unit("金效市数据局", made.organ.division), "secadmin")
        yield made


def apply(world: World) -> Case:
    citizen = world.people["citizen"]
    return api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=citizen,
                         applicant_name=citizen.name, form={})


def token(world: World, who: str, *scopes: str) -> dict[str, str]:
    _, secret = issue_token(by=world.actor("secadmin"), name="外部系统", account=world.people[who], scopes=list(scopes))
    return {"Authorization": f"Bearer {secret}"}


def get(path: str, headers: dict[str, str] | None = None) -> Any:
    return Client().get(f"/api/v1/{path}", headers=headers or {})


def act(step: Step, headers: dict[str, str], key: str, **more: str) -> Any:
    return Client().post(f"/api/v1/steps/{step.pk}/actions", json.dumps({"action": "accept"}),
                         content_type="application/json", headers=headers | {"Idempotency-Key": key} | more)


def test_queries(world, django_assert_max_num_queries):
    for _ in range(5):
        case = apply(world)
    clerk = token(world, "clerk", "read")
    get(f"cases/{case.number}", clerk)  # charts are cached by the process
    with django_assert_max_num_queries(6):
        assert get(f"cases/{case.number}", clerk).status_code == 200
    with django_assert_max_num_queries(6):
        assert get(f"cases/{case.number}", {"X-Query-Code": query_code(case.number)}).status_code == 200
    with django_assert_max_num_queries(4):
        assert len(get("todo", clerk).json()["items"]) == 5


def test_a_case_known_already_is_not_sent_again_until_it_or_its_light_changes(world):
    case = apply(world)
    clerk = token(world, "clerk", "read", "work")
    first = get(f"cases/{case.number}", clerk)
    assert first["ETag"].startswith('"1-') and "no-cache" in first["Cache-Control"]
    known = clerk | {"If-None-Match": first["ETag"]}
    again = get(f"cases/{case.number}", known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    with travel(START + timedelta(days=30)):
        late = get(f"cases/{case.number}", known)
        assert late.status_code == 200 and late.json()["steps"][0]["light"] == "red"
    answer = act(case.steps.get(), clerk, "k1", **{"If-Match": first["ETag"]})
    assert answer.status_code == 200 and answer.json() == get(f"cases/{case.number}", clerk).json()
    changed = get(f"cases/{case.number}", known)
    assert changed.status_code == 200 and changed["ETag"].startswith('"2-')
    assert act(case.steps.get(closed_at=None), token(world, "officer", "work"), "k2",
               **{"If-Match": first["ETag"]}).status_code == 412


def test_pages_neither_repeat_nor_hide_a_row_while_others_arrive(world):
    first = [apply(world).number for _ in range(6)]
    clerk = token(world, "clerk", "read")
    found, cursor, rounds = [], "", 0
    while True:
        page = get(f"todo?limit=2&cursor={cursor}", clerk).json()
        found += [row["number"] for row in page["items"]]
        with travel(START - timedelta(days=3)):
            apply(world)  # its limit ends before those of the rows already seen
        cursor, rounds = page["next"], rounds + 1
        if not cursor:
            break
    assert found[:6] == first and len(found) == len(set(found)) == 6 and rounds == 3


def test_the_public_sees_units_and_staff_see_names(world):
    case = apply(world)
    with_code = {"X-Query-Code": query_code(case.number)}
    api.act(step_id=case.steps.get().pk, action="accept", by=world.actor("clerk"))
    for headers in (with_code, token(world, "citizen", "read")):
        rows = get(f"cases/{case.number}/events", headers).json()
        assert [r["kind"] for r in rows] == ["case.opened", "case.acted"] and "赵窗口" not in json.dumps(rows)
        assert get(f"cases/{case.number}/proof?seq=2", headers).status_code == 403
        assert check_proof(get(f"cases/{case.number}/proof", headers).json()) == [PENDING]
    staff = token(world, "officer", "read")
    assert get(f"cases/{case.number}/events", staff).json()[1]["by"] == "赵窗口"
    assert get(f"cases/{case.number}/proof?seq=2", staff).json()["event"]["kind"] == "case.acted"
    assert get(f"cases/{case.number}/events?code={query_code(case.number)}").status_code == 200
    assert get(f"cases/{case.number}").status_code == 401
    assert {c["kind"] for c in get(f"cases/{case.number}/clock", with_code).json()} == {"lawful", "promised"}


def test_a_number_closes_after_ten_wrong_codes(world):
    case = apply(world)
    wrong = {"X-Query-Code": "x"}
    assert [get(f"cases/{case.number}", wrong).status_code for _ in range(11)] == [404] * 10 + [429]
    assert get(f"cases/{case.number}", {"X-Query-Code": query_code(case.number)}).status_code == 429


def test_a_revoked_or_expired_token_opens_nothing(world):
    apply(world)
    row, secret = issue_token(by=world.actor("secadmin"), name="外部", account=world.people["clerk"], scopes=["read"],
                              days=10)
    headers = {"Authorization": f"Bearer {secret}"}
    assert get("todo", headers).status_code == 200
    with travel(START + timedelta(days=11)):
        assert get("todo", headers).status_code == 401
    revoke_token(by=world.actor("secadmin"), token_id=row.pk)
    answer = get("todo", headers)
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"


def test_a_step_says_what_may_be_done(world):
    case = apply(world)
    found = get(f"steps/{case.steps.get().pk}", token(world, "clerk", "read")).json()
    assert [a["code"] for a in found["actions"]] == ["accept", "correct", "refuse"]
    assert [a["opinion_required"] for a in found["actions"]] == [False, False, True]
    assert (found["number"], found["revision"]) == (case.number, 1)
