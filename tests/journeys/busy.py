"""A busy city: cases of every county and chart at random stages, with files; and the rules, told in plain words."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.apps import apps
from django.db import connection

from tests.city import CHARTS, COUNTIES, START, City, make_city
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.models import Account, Appointment, Deputy
from zhengwu.kernel.files.api import StoredFile, store
from zhengwu.lib.now import today, travel
from zhengwu.lib.tests import samples

WORKING = {"clerk", "officer", "head", "leader", "legal"}
HORIZON = START + timedelta(days=40)


@dataclass
class Busy:
    """The city, its cases by number, the file handed in with some of them."""

    city: City
    cases: dict[str, Case] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    rules: Any = None

    def seen(self, account: Account) -> set[str]:
        return {number for number, case in self.cases.items() if self.rules.may_see(account, case)}


def make_busy(seed: int, count: int) -> Busy:
    """``count`` cases, each walked a random number of acts on random days; afterwards it is ``HORIZON``."""
    rng = Random(seed)
    with travel(START):
        busy = Busy(make_city())
    pdf = samples.pdf()
    for n in range(count):
        at = START + timedelta(days=rng.randrange(25), minutes=rng.randrange(300))
        county, chart = list(COUNTIES)[n % 3], list(CHARTS)[n // 3 % 4]
        who = ("citizen", "neighbour", "enterprise")[rng.randrange(3)]
        with travel(at):
            case = _apply(busy, who, county, chart, pdf if n % 2 else b"")
        for _ in range(rng.randrange(11)):
            at += timedelta(hours=rng.randrange(30))
            with travel(at):
                busy.city.random_act(rng, Case.objects.get(pk=case.pk))
        case.refresh_from_db()
        if case.closed_at is None and case.decided_at is None and rng.random() < 0.15:
            with travel(at):
                api.withdraw(number=case.number, by=busy.city.actor(who), reason="不办了")
        busy.cases[case.number] = Case.objects.select_related("matter__point").get(pk=case.pk)
    with travel(HORIZON):
        busy.rules = Rules(today())
    return busy


def _apply(busy: Busy, who: str, county: str, chart: str, pdf: bytes) -> Case:
    actor, matter = busy.city.actor(who), busy.city.matters[county, chart]
    if not pdf:
        return busy.city.apply(who, county, chart)
    stored = store(name="营业执照.pdf", stream=BytesIO(pdf), owner=actor, purpose="material")
    material = matter.materials.get()
    case = busy.city.apply(who, county, chart, materials=[api.Handed(material.name, material.pk, file=stored.pk)])
    busy.files[case.number] = stored
    return case


class Rules:
    """Who may see and do what, in plain words over rows read once."""

    def __init__(self, on: date) -> None:
        self.deputies = list(Deputy.objects.all())
        self.appointments = list(Appointment.objects.select_related("unit__division"))
        self.day = on
        self.units: dict[int, set[int]] = {}
        for step in Step.objects.exclude(unit=None):
            self.units.setdefault(step.case_id, set()).add(step.unit_id)

    def posts(self, account: Account) -> set[tuple[int, str]]:
        """(unit, role) that somebody holds today: own appointments in force, and those of whom they stand in for."""
        principals = {account.pk}
        for row in self.deputies:
            if row.deputy_id == account.pk and row.starts_on <= self.day <= row.ends_on:
                principals.add(row.principal_id)
        return {(a.unit_id, a.role) for a in self.appointments if a.account_id in principals
                and a.valid_from <= self.day and (a.valid_to is None or self.day < a.valid_to)}

    def areas(self, account: Account) -> list[str]:
        """Beginnings of the codes of the areas somebody inspects: a county its six digits, the city its four."""
        mine = [a for a in self.appointments if a.account_id == account.pk and a.role == "inspector"]
        divisions = [a.unit.division for a in mine]
        return [d.code[:4] if d.level == 3 else d.code for d in divisions]

    def may_see(self, account: Account, case: Case) -> bool:
        """The rule: who asked; who works in a unit that takes part; who inspects the area. Nobody else.

        A unit takes part when it owns the matter, runs the window, or was ever addressed by a step.
        """
        if case.applicant_id == account.pk:
            return True
        taking_part = {case.unit_id, case.matter.point.unit_id} | self.units.get(case.pk, set())
        if any(unit in taking_part and role in WORKING for unit, role in self.posts(account)):
            return True
        return any(case.division_id.startswith(area) for area in self.areas(account))

    def may_act(self, account: Account, step: Step) -> bool:
        """An open step is a to-do of the account it names, else of whoever holds its post."""
        if step.closed_at is not None:
            return False
        if step.account_id is not None:
            return step.account_id == account.pk
        return (step.unit_id, step.role) in self.posts(account)


def snapshot() -> dict[str, Any]:
    """Rows of every table that business lies in, and the head of the ledger: equal before and after a refusal."""
    skipped = {"sessions_session", "directory_attempt"}
    tables = sorted({m._meta.db_table for m in apps.get_models()} - skipped)
    mine = [t for t in tables if not t.startswith(("procrastinate", "auth_", "account_", "django_"))]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(f"select '{t}', count(*)::text from {t}" for t in mine)
                       + " union all select 'head', coalesce(max(id), 0)::text from ledger_event"
                       + " union all select 'revisions', coalesce(sum(revision), 0)::text from cases_case"
                       + " union all select 'open', count(*)::text from cases_step where closed_at is null")
        return dict(cursor.fetchall())


