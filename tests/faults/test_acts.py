"""kill -9 in the middle of act(): what was acknowledged is there once, what was not can be asked again."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.conftest import PASSWORD, Up, until
from zhengwu.demo.person import Person, WalkError
from zhengwu.demo.samples import sample, small_pdf

MATTER = "食品小经营店备案"
CASES = 24


def insist(deed: Callable[[], Any], seconds: float = 90.0) -> Any:
    """Repeats a request until the product answers; the product may be dead for a while, the key stays the same."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return deed()
        except (httpx.HTTPError, WalkError) as error:
            gone = isinstance(error, httpx.HTTPError) or any(f"实为 {c}" in str(error) for c in (500, 502, 503))
            if not gone or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def applications(person: Person, guide: dict[str, Any], count: int) -> list[tuple[str, dict[str, Any]]]:
    """Requests ready to be sent: key and body, with files uploaded beforehand."""
    form = sample(guide["form_schema"])
    wanted = [m["id"] for m in guide["materials"] if m["required"]]
    return [(uuid.uuid4().hex, {"matter": guide["code"], "form": form, "materials": [
        {"material": m, "file": person.upload("材料.pdf", small_pdf(), "application/pdf")} for m in wanted]})
        for _ in range(count)]


class Killing:
    """Kills one process after the other in the middle of the work, by the work's progress and not by the watch.

    The k-th kill falls when ``k * PACE`` requests have begun, and no more than ``PACE`` others begin before it has
    fallen: a fast machine cannot finish before anybody is hurt.
    """

    PACE = 4

    def __init__(self, up: Up, names: list[str]) -> None:
        self.up, self.names, self.killed = up, names, list[str]()
        self.begun, self.changed = 0, threading.Condition()
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Killing":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join()
        if self.error:
            raise self.error

    def working(self) -> None:
        """Called before each request: counts it and lets the kills keep up."""
        with self.changed:
            due = min(self.begun // self.PACE - 1, len(self.names))
            self.begun += 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: len(self.killed) >= due or self.error, 120)

    def _run(self) -> None:
        try:
            for number, name in enumerate(self.names, start=1):
                with self.changed:
                    assert self.changed.wait_for(lambda wanted=number * self.PACE: self.begun >= wanted, 120)
                time.sleep(random.uniform(0, 0.03))
                pid = self.up.kill(name)
                with self.changed:
                    self.killed.append(name)
                    self.changed.notify_all()
                self.up.until_replaced(name, pid)
        except BaseException as error:
            with self.changed:
                self.error = error
                self.changed.notify_all()


def shared_out(killing: Killing, items: list[Any], deed: Callable[[Any], Any]) -> list[Any]:
    """Four people do ``deed`` for every item and insist on an answer."""
    def one(item: Any) -> Any:
        killing.working()
        return insist(lambda: deed(item))

    with killing, ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, items))


@pytest.fixture
def ledger_is_whole(up: Up):
    """After the test every stream is without gap and every notice is there once."""
    yield
    with psycopg.connect(up.state()["database"], autocommit=True) as db:
        assert db.execute("select count(*) from (select stream from ledger_event group by stream "
                          "having max(seq) <> count(*)) t").fetchone() == (0,)
        assert db.execute("select count(*) from (select key from notifications_notice group by key "
                          "having count(*) > 1) t").fetchone() == (0,)


def test_applications_survive_kills_exactly_once(up: Up, ledger_is_whole):
    url = up.state()["url"].rstrip("/")
    citizen = Person(url, "citizen", PASSWORD)
    guide = citizen.matter(MATTER)
    requests = applications(citizen, guide, CASES)
    names = ["web", "database", "worker", "web"]
    killing = Killing(up, names)
    made = shared_out(killing, requests, lambda r: citizen.post("cases", r[1], 201, key=r[0]))
    assert killing.killed == names
    up.until_ready()
    numbers = [case["number"] for case in made]
    assert len(set(numbers)) == CASES
    with psycopg.connect(up.state()["database"], autocommit=True) as db:
        mine = db.execute("select c.number from cases_case c join cases_submission s on s.case_id = c.id "
                          "where c.number = any(%s) group by c.number", [numbers]).fetchall()
        assert len(mine) == CASES
        opened = db.execute("select stream from ledger_event where kind = 'case.opened' and stream = any(%s)",
                            [numbers]).fetchall()
        assert Counter(stream for (stream,) in opened) == Counter(numbers)
        used = db.execute("select count(distinct f.subject) from files_storedfile f where f.subject = any(%s)",
                          [numbers]).fetchone()
        assert used == (CASES,)


def test_acts_survive_kills_and_none_is_done_twice(up: Up, ledger_is_whole):
    url = up.state()["url"].rstrip("/")
    citizen, clerk = Person(url, "citizen", PASSWORD), Person(url, "clerk", PASSWORD)
    guide = citizen.matter(MATTER)
    cases = [citizen.post("cases", body, 201, key=key) for key, body in applications(citizen, guide, CASES)]
    work = [(case["number"], next(s["id"] for s in case["steps"] if s["closed_at"] is None), uuid.uuid4().hex)
            for case in cases]
    names = ["database", "web", "worker"]
    killing = Killing(up, names)
    shared_out(killing, work, lambda w: clerk.post(f"steps/{w[1]}/actions", {"action": "accept"}, 200, key=w[2]))
    assert killing.killed == names
    up.until_ready()
    numbers = [number for number, _, _ in work]
    with psycopg.connect(up.state()["database"], autocommit=True) as db:
        acted = db.execute("select stream from ledger_event where kind = 'case.acted' and stream = any(%s)",
                           [numbers]).fetchall()
        assert Counter(stream for (stream,) in acted) == Counter(numbers)
        clocks = db.execute("select subject, kind from clock_clock where subject = any(%s)", [numbers]).fetchall()
        assert Counter(clocks) == Counter({(n, k): 1 for n in numbers for k in ("lawful", "promised")})
        papers = db.execute("select c.number, d.kind from cases_document d join cases_case c on c.id = d.case_id "
                            "where c.number = any(%s)", [numbers]).fetchall()
        assert Counter(papers) == Counter({(n, k): 1 for n in numbers for k in ("receipt", "acceptance")})
        series = db.execute("select max(last), count(*) from cases_series s where key like '%%受〔%%'").fetchone()
        issued = db.execute("select count(*), count(distinct number) from cases_document where kind = 'acceptance' "
                            "and number <> ''").fetchone()
        assert issued[0] == issued[1] and series is not None


def test_messages_of_acknowledged_acts_leave_the_outbox_once(up: Up):
    """Whatever was killed before: in the end every message is sent, and the driver got every key once."""
    waiting = "select count(*) from notifications_outbox where state = 'pending'"
    with psycopg.connect(up.state()["database"], autocommit=True) as db:
        until(lambda: db.execute(waiting).fetchone() == (0,), 60, "outbox empties")
        doubled = db.execute("select count(*) from (select key from notifications_outbox group by key "
                             "having count(*) > 1) t").fetchone()
        failed = db.execute("select count(*) from notifications_outbox where state = 'failed'").fetchone()
    assert doubled == (0,) and failed == (0,)
