"""The API: an officer opens and reads; everybody else is refused without a trace."""

import json

import pytest

from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.tests.test_pages import client
from zhengwu.modules.enforcement.tests.world import CITIZEN_ID

URL = "/api/v1/enforcement"


def body(office, **more):
    return {"matter": office.matters["penalty-general"].code, "subject": "经营过期食品", "source": "report",
            "facts": "举报属实", "party": {"kind": "person", "name": "李小满", "number": CITIZEN_ID},
            "team": [{"account": pk, "badge": badge} for pk, badge in office.team()]} | more


def post(office, name, data, key="k-1"):
    return client(office, name).post(URL, json.dumps(data), content_type="application/json",
                                     headers={"Idempotency-Key": key})


def test_an_officer_opens_once_and_reads(office):
    made = post(office, "officer", body(office))
    assert made.status_code == 201
    number = made.json()["number"]
    assert post(office, "officer", body(office)).json()["number"] == number
    assert Affair.objects.count() == 1
    found = client(office, "head").get(f"{URL}/{number}").json()
    assert found["state"] == "clue" and "举报属实" not in str(found) and CITIZEN_ID not in str(found)


@pytest.mark.parametrize("name", ["citizen", "stranger", "partner", "head", "sysadmin"])
def test_others_open_nothing(office, name):
    assert post(office, name, body(office)).status_code in (403, 404)
    assert not Affair.objects.exists()


def test_strangers_and_the_party_do_not_read(office):
    number = office.open().case.number
    for name in ("citizen", "neighbour", "stranger", "partner"):
        assert client(office, name).get(f"{URL}/{number}").status_code == 404


@pytest.mark.parametrize("more,status", [
    ({"team": []}, 422), ({"source": "rumour"}, 422), ({"matter": "nothing"}, 404), ({"unknown": 1}, 422),
    ({"party": {"kind": "person", "name": "李", "number": "123"}}, 422), ({"happened_on": "2026-13-01"}, 422),
])
def test_bad_bodies(office, more, status):
    assert post(office, "officer", body(office, **more)).status_code == status
    assert not Affair.objects.exists()
