"""Every list, search, count, export, file and answer as somebody equals all of them filtered by the rule in plain
words (``busy.Rules``), for everybody."""

import json
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from tests.journeys.busy import HORIZON, Busy, make_busy, snapshot
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.services.lights import sweep_lights
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import travel
from zhengwu.modules.certificates.models import Certificate

pytestmark = pytest.mark.django_db
CASES = 40
NUMBER = re.compile(r"5199\d{18}[0-9A-Z]")


@pytest.fixture(scope="module")
def busy(django_db_setup: None, django_db_blocker) -> Iterator[Busy]:
    """Made once, in a transaction around the module; every test works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_busy(seed=20260209, count=CASES)
        with travel(HORIZON):
            sweep_lights()
            yield made
        transaction.set_rollback(True)


def everybody(busy: Busy) -> list[tuple[Account, Client]]:
    found = []
    for account in busy.city.people.values():
        client = Client()
        client.force_login(Account.objects.get(pk=account.pk))
        found.append((account, client))
    return found


def numbers(answer: HttpResponse) -> set[str]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return set(NUMBER.findall(body.decode()))


def works(account: Account) -> bool:
    return account.kind == "staff"


def pages(client: Client, url: str) -> Iterator[dict]:
    """Every page of an API list."""
    cursor = ""
    while True:
        page = client.get(f"{url}&cursor={cursor}").json()
        yield from page["items"]
        cursor = page["next"]
        if not cursor:
            return


def test_the_world_is_varied(busy: Busy):
    states = {c.state for c in busy.cases.values()}
    assert {"submitted", "accepted", "closed", "withdrawn"} <= states and len(states) >= 6
    assert len(busy.files) > 10 and Certificate.objects.count() > 3 and Step.objects.filter(closed_at=None).count() > 15
    assert len({len(busy.seen(a)) for a in busy.city.people.values()}) > 5


def test_case_lists_searches_counts_and_exports(busy: Busy):
    for account, client in everybody(busy):
        mine = busy.seen(account)
        answer = client.get("/desk/cases/")
        if not works(account):
            assert answer.status_code == 403 and not numbers(answer), account
            assert client.get("/desk/cases/export.csv").status_code == 403
            continue
        assert numbers(answer) == mine, account
        assert len(answer.context["rows"]) == len(mine)
        still = {n for n in mine if busy.cases[n].closed_at is None}
        assert numbers(client.get("/desk/cases/?phase=open")) == still, account
        named = {n for n in mine if busy.cases[n].applicant_name == "王邻居"}
        assert numbers(client.get("/desk/cases/?q=王邻居")) == named, account
        for number in list(busy.cases)[:3]:
            found = client.get("/desk/cases/", {"q": number}).context["rows"]
            assert {c.number for c in found} == {number} & mine, account
        assert numbers(client.get("/desk/cases/export.csv")) == mine, account
        sheet = load_workbook(BytesIO(client.get("/desk/cases/export.xlsx").content)).active
        assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == mine, account


def test_one_case_over_the_api_and_nothing_tells_hidden_from_unknown(busy: Busy):
    for account, client in everybody(busy):
        mine = busy.seen(account)
        unknown = client.get("/api/v1/cases/00000000000000000000000")
        actor = account.actor
        assert {n for n in busy.cases if api.visible_to(actor).filter(number=n).exists()} == mine, account
        hidden_ones = sorted(set(busy.cases) - mine)
        for number in [*sorted(mine)[:2], *hidden_ones[:2], *hidden_ones[-2:]]:
            answer = client.get(f"/api/v1/cases/{number}")
            assert answer.status_code == (200 if number in mine else 404), (account, number)
            if number not in mine:
                hidden = answer.json() | {"instance": unknown.json()["instance"]}
                assert hidden == unknown.json() and answer.headers.keys() == unknown.headers.keys()
        for number in hidden_ones[:2]:
            for more in ("events", "clock", "proof"):
                assert client.get(f"/api/v1/cases/{number}/{more}").status_code == 404, (account, more)
            assert client.get(f"/desk/cases/{number}/").status_code == (404 if works(account) else 403)
            assert client.get(f"/my/cases/{number}/").status_code == 404


def test_to_do_lists(busy: Busy):
    steps = list(Step.objects.select_related("case").filter(closed_at=None))
    for account, client in everybody(busy):
        mine = {s.pk for s in steps if busy.rules.may_act(account, s)}
        rows = list(pages(client, "/api/v1/todo?limit=3"))
        assert {r["step"] for r in rows} == mine and len(rows) == len(mine), account
        if works(account):
            answer = client.get("/desk/")
            assert {s.pk for s in answer.context["rows"]} == mine, account
            lights = answer.context["light_groups"][0]["options"]
            assert sum(count for _, _, count in lights) == len(mine), account
        for step in steps[:6]:
            known = busy.rules.may_act(account, step) or step.case.number in busy.seen(account)
            assert client.get(f"/api/v1/steps/{step.pk}").status_code == (200 if known else 404), account


def test_files_and_papers(busy: Busy):
    for account, client in everybody(busy):
        mine = busy.seen(account)
        for index, (number, stored) in enumerate(list(busy.files.items())[:12]):
            url = f"/api/v1/files/{stored.pk}" if index % 4 else f"/files/{stored.pk}/"
            assert client.get(url).status_code == (200 if number in mine else 404), (account, number)
        for number in [*sorted(mine)[:1], *sorted(set(busy.cases) - mine)[:2]]:
            paper = busy.cases[number].documents.first()
            answer = client.get(f"/cases/{number}/papers/{paper.pk}.pdf")
            assert answer.status_code == (200 if number in mine else 404), (account, number)
    hidden, shown = busy.cases[min(busy.files)], busy.cases[max(busy.files)]
    paper = hidden.documents.first()
    owner = Client()
    owner.force_login(Account.objects.get(pk=shown.applicant_id))
    assert owner.get(f"/cases/{shown.number}/papers/{paper.pk}.pdf").status_code == 404  # somebody else's paper


def test_certificates(busy: Busy):
    rows = list(Certificate.objects.select_related("case"))
    assert rows
    for account, client in everybody(busy):
        mine = busy.seen(account)
        issued = {a.unit_id for a in account.appointments.all() if a.role != "inspector"}
        register = client.get("/desk/certificates/")
        if register.status_code == 200:
            wanted = {c.case.number for c in rows if c.unit_id in issued} & mine
            if account.username != "deputy":
                for answer in (register, client.get("/desk/certificates/export.csv")):
                    shown = {c.case.number for c in rows if c.number in str(answer.content.decode())
                             and c.identifier in answer.content.decode()}
                    assert shown == wanted, account
        for certificate in rows[:5]:
            answer = client.get(f"/certificates/{certificate.identifier}/")
            assert answer.status_code == (200 if certificate.case.number in mine else 404), account
        held = {c.identifier for c in rows if c.holder_id == account.pk}
        page = client.get("/my/certificates/").content.decode()
        assert {c.identifier for c in rows if c.identifier in page} == held, account


def test_notices_and_own_pages(busy: Busy):
    for account, client in everybody(busy):
        own = Notice.objects.filter(account_id=account.pk)
        assert client.get("/my/notices/").context["page"].paginator.count == own.count(), account
        for notice in Notice.objects.exclude(account_id=account.pk)[:2]:
            assert client.post(f"/my/notices/{notice.pk}/read/").status_code == 404
        if works(account):
            continue
        asked = {n for n, c in busy.cases.items() if c.applicant_id == account.pk}
        assert client.get("/my/").context["page"].paginator.count == len(asked), account


def test_lights_for_the_inspectors_alone(busy: Busy):
    late = {c.subject for c in Clock.objects.filter(state="running", light__in=("yellow", "red")).exclude(kind="step")}
    assert late
    for account, client in everybody(busy):
        for url in ("/desk/supervision/", "/desk/supervision/lights.csv"):
            answer = client.get(url)
            if not account.username.startswith("inspector"):
                assert answer.status_code == 403 and not numbers(answer), account
                continue
            wanted = {n for n in busy.seen(account) & late if busy.cases[n].closed_at is None}
            assert wanted and numbers(answer) == wanted, (account, url)


def test_event_logs(busy: Busy):
    for account, client in everybody(busy):
        for matter in list(busy.city.matters.values())[:4]:
            answer = client.get(f"/api/v1/matters/{matter.code}/log.xes")
            if not works(account):
                assert answer.status_code == 403
                continue
            wanted = {n for n in busy.seen(account) if (c := busy.cases[n]).matter_id == matter.pk
                      and c.closed_at is not None and c.state != "withdrawn"}
            assert numbers(answer) == wanted, account


def test_refusals_change_nothing(busy: Busy):
    steps = list(Step.objects.select_related("case").filter(closed_at=None))[:4]
    certificates = list(Certificate.objects.select_related("case"))[:2]
    before = snapshot()
    tried = 0
    for account, client in everybody(busy):
        mine = busy.seen(account)
        for step in [s for s in steps if not busy.rules.may_act(account, s)]:
            number = step.case.number
            body = json.dumps({"action": "accept", "opinion": "同意"})
            answer = client.post(f"/api/v1/steps/{step.pk}/actions", body, content_type="application/json")
            assert answer.status_code == (403 if number in mine else 404), (account, answer.content)
            if step.case.applicant_id != account.pk:
                for verb in ("withdraw", "rate", "correct"):
                    answer = client.post(f"/my/cases/{number}/{verb}/", {"level": "5"})
                    assert answer.status_code == 404, (account, verb)
            if (step.case.unit_id, "leader") not in busy.rules.posts(account):
                answer = client.post(f"/desk/cases/{number}/extend/", {"days": "5", "reason": "x"})
                assert answer.status_code in (403, 404), account
            tried += 1
        for certificate in certificates:
            if certificate.unit_id not in {unit for unit, _ in busy.rules.posts(account)}:
                url = f"/desk/certificates/{certificate.identifier}/status/"
                assert client.post(url, {"status": "revoked", "reason": "x"}).status_code in (403, 404), account
    assert tried > 80
    assert snapshot() == before
