"""kill -9 in the middle of verbs: each acknowledged one is there once; no token, step or clock is lost or doubled."""

import uuid
from collections import Counter
from typing import Any

import psycopg
import pytest

from tests.faults.conftest import PASSWORD, Up
from tests.faults.test_acts import MATTER, Killing, applications, ledger_is_whole, shared_out
from zhengwu.demo.person import Person

__all__ = ["ledger_is_whole"]
CASES = 18
EVENTS = {"circulate": "case.circulated", "add-signer": "case.signer_added", "hand-over": "case.handed_over"}


def filled(offer: dict[str, Any]) -> dict[str, Any]:
    """The first choice of everything a verb asks for."""
    data: dict[str, Any] = {"opinion": "请看一下"}
    for field in offer["fields"]:
        if field["choices"]:
            first = field["choices"][0]["value"]
            data[field["name"]] = [first] if field["kind"] == "many" else first
    return data


@pytest.mark.usefixtures("ledger_is_whole")
def test_verbs_survive_kills_and_none_is_done_twice(up: Up):
    url = up.state()["url"].rstrip("/")
    citizen, clerk = Person(url, "citizen", PASSWORD), Person(url, "clerk", PASSWORD)
    guide = citizen.matter(MATTER)
    work = []
    for number, (key, body) in enumerate(applications(citizen, guide, CASES)):
        case = citizen.post("cases", body, 201, key=key)
        step = next(s["id"] for s in case["steps"] if s["closed_at"] is None)
        offers = {o["code"]: o for o in clerk.get(f"steps/{step}/verbs")}
        code = sorted(offers.keys() & EVENTS.keys())[number % len(offers.keys() & EVENTS.keys())]
        work.append((case["number"], step, code, filled(offers[code]), uuid.uuid4().hex))
    names = ["web", "worker", "database", "worker"]
    killing = Killing(up, names)
    shared_out(killing, work, lambda w: clerk.post(f"steps/{w[1]}/verbs/{w[2]}", w[3], 200, key=w[4]))
    assert killing.killed == names
    up.until_ready()
    numbers = [number for number, *_ in work]
    with psycopg.connect(up.state()["database"], autocommit=True) as db:
        done = db.execute("select stream, kind from ledger_event where stream = any(%s) and kind = any(%s)",
                          [numbers, list(EVENTS.values())]).fetchall()
        assert Counter(done) == Counter((number, EVENTS[code]) for number, _, code, *_ in work)
        asked = Counter(number for number, _, code, *_ in work for _ in range(2 if code == "add-signer" else 1))
        still = db.execute("select c.number from cases_step s join cases_case c on c.id = s.case_id "
                           "where c.number = any(%s) and s.closed_at is null", [numbers]).fetchall()
        assert Counter(number for (number,) in still) == asked, "open steps"
        clocks = db.execute("select subject from clock_clock where split_part(subject, '#', 1) = any(%s) "
                            "and subject like '%%#%%' and state <> 'stopped'", [numbers]).fetchall()
        assert Counter(subject.split("#")[0] for (subject,) in clocks) == asked, "one clock a step"
        read = db.execute("select count(*), count(distinct (case_id, reader_id)) from cases_circulation k "
                          "join cases_case c on c.id = k.case_id where c.number = any(%s)", [numbers]).fetchone()
        assert read[0] == read[1]
