"""A power not published and in force for the unit on that day runs through no door (requirement 3): random lives of
powers — published, ended, delegated, without law — and every door tried on every day."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.city import FORM, START, City, make_city
from zhengwu.kernel.cases.api import Joining
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.api import publish as publish_chart
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters.models import Law, MasterMatter, Matter, Power, PowerVersion
from zhengwu.kernel.matters.tests.listed import listed
from zhengwu.lib.now import today, travel
from zhengwu.lib.problem import Conflict
from zhengwu.modules.counter.points import Place
from zhengwu.modules.counter.services.take_in import take_in
from zhengwu.modules.enforcement.services.start import PartyIn, open_affair
from zhengwu.modules.powers.services.draft import draft_change
from zhengwu.modules.powers.services.lapse import lapse_law
from zhengwu.modules.powers.services.publish import publish, take_due
from zhengwu.modules.powers.services.review import review, submit
from zhengwu.modules.powers.tests.conftest import gated

pytestmark = pytest.mark.django_db
DAYS = st.integers(0, 3)
REFUSED = {"power-not-published", "power-not-begun", "power-ended", "power-without-basis", "power-of-another-unit",
           "power-not-listed", "matter-not-published", "matter-not-in-force", "not-offered-here"}


@dataclass(frozen=True)
class Known:
    """What the rule needs to know of the power, kept by hand beside the product."""

    begins: date | None = None
    ends: date | None = None
    lawless: date | None = None
    foreign: bool = False

    def runs(self, day: date) -> bool:
        begun = self.begins is not None and self.begins <= day
        return begun and not self.foreign and all(d is None or day < d for d in (self.ends, self.lawless))


def make_world() -> City:
    made = gated(make_city())
    flows = made_flow("penalty-general")
    master = MasterMatter.objects.create(code="510217009001", name="无证经营的处罚", type="02", field="市场监管",
                                         basis="《中华人民共和国行政处罚法》", lawful_days=90)
    first = made.matters["lin", "promised"]
    made.matters["lin", "penalty"] = Matter.objects.create(
        code=f"{first.unit.code}4{master.code}", master=master, name=master.name, division=first.division,
        unit=first.unit, point=first.point, chart=flows, kind="promised", lawful_n=90, promised_n=90,
        status="published", valid_from=date(2020, 1, 1))
    listed(made.matters["lin", "penalty"], on=None)
    return made


def made_flow(key: str) -> Definition:
    from importlib.resources import files

    path = files("zhengwu.modules.enforcement") / "flows" / f"{key}.bpmn"
    publish_chart(key=key, xml=path.read_text("utf-8"), by=By("test", "测试"))
    return Definition.objects.get(key=key)


class Doors:
    """Every way a case begins; each returns None when it let the asker in, else the reason's code."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.client = Client()
        self.client.force_login(city.people["citizen"])

    def try_all(self, matter: Matter) -> dict[str, str | None]:
        fresh = Matter.objects.select_related("master", "point__unit", "unit", "chart").get(pk=matter.pk)
        if fresh.master.type == "02":
            return {"enforcement": self._caught(lambda: self.investigate(fresh))}
        return {"page": self.page(fresh), "api": self.api(fresh), "counter": self._caught(lambda: self.counter(fresh)),
                "service": self._caught(lambda: self.service(fresh))}

    def _caught(self, work: Callable[[], object]) -> str | None:
        try:
            with transaction.atomic():
                work()
                transaction.set_rollback(True)
        except Conflict as refused:
            return refused.code
        return None

    def page(self, matter: Matter) -> str | None:
        answer = self.client.get(f"/matters/{matter.code}/apply/")
        return None if answer.status_code == 200 else f"page-{answer.status_code}"

    def api(self, matter: Matter) -> str | None:
        with transaction.atomic():
            answer = self.client.post("/api/v1/cases", json.dumps({"matter": matter.code, "form": FORM}),
                                      content_type="application/json")
            transaction.set_rollback(True)
        return None if answer.status_code == 201 else answer.json()["type"].rpartition("/")[2].rpartition(":")[2]

    def service(self, matter: Matter) -> None:
        self.city.matters["try", "try"] = matter
        self.city.apply("citizen", "try", "try")

    def counter(self, matter: Matter) -> None:
        take_in(clerk=self.city.people["clerk_lin"], place=Place(matter.point, None), matter=matter,
                parties=[Joining("applicant", "王大娘")], form=FORM if matter.form_schema else {}, papers=[], key="k")

    def investigate(self, matter: Matter) -> None:
        team = [(self.city.people[n].pk, f"519921{n:0>4}"[-10:]) for n in ("officer_lin", "colleague_lin")]
        open_affair(matter=matter, by=self.city.actor("officer_lin"), subject="无证经营", source="inspection",
                    facts="现场检查发现", party=PartyIn("person", "张三"), team=[(pk, f"川{pk:06d}") for pk, _ in team])


class Lives(RuleBasedStateMachine):
    """One run: an application's matter and an enforcement's, their powers drafts at first."""

    city: City

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = START
        self.matters = {key: self.city.matters["lin", key] for key in ("promised", "penalty")}
        self.known = {"promised": Known(begins=date(2020, 1, 1)), "penalty": Known()}
        self.running: list[tuple[int, int]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def power(self, which: str) -> Power:
        return Matter.objects.select_related("power__unit").get(pk=self.matters[which].pk).power  # type: ignore[return-value]

    def through(self, version: PowerVersion, effective: date) -> None:
        actor = self.city.actor
        submit(version_id=version.pk, by=actor("head_lin"))
        review(version_id=version.pk, passes=True, opinion="", by=actor("lawyer"))
        review(version_id=version.pk, passes=True, opinion="", by=actor("staffing"))
        publish(version_id=version.pk, effective=effective, by=actor("staffing"))

    @rule(days=DAYS)
    def publish_the_new_one(self, days: int) -> None:
        if self.known["penalty"].begins is None:
            with travel(self.now):
                on = today() + timedelta(days=days)
                self.through(self.power("penalty").versions.get(), on)
                self.known["penalty"] = replace(self.known["penalty"], begins=on)

    @rule(which=st.sampled_from(["promised", "penalty"]), days=DAYS,
          change=st.sampled_from([("cancel", "C1"), ("delegate", "E1"), ("file", "F1")]))
    def end(self, which: str, days: int, change: tuple[str, str]) -> None:
        known = self.known[which]
        if known.begins is None or known.ends is not None or known.foreign:
            return
        with travel(self.now):
            on = today() + timedelta(days=days)
            receivers = [self.city.organs["town"].pk] if change[0] == "delegate" else []
            version = draft_change(code=self.power(which).code, change=change[0], ground=change[1], reason="理由",
                                   by=self.city.actor("officer_lin"), receivers=receivers)
            self.through(version, on)
            self.known[which] = replace(known, ends=max(on, known.begins))

    @rule(which=st.sampled_from(["promised", "penalty"]), days=st.one_of(st.none(), st.integers(-1, 3)))
    def law(self, which: str, days: int | None) -> None:
        with travel(self.now):
            on = None if days is None else today() + timedelta(days=days)
            law = Law.objects.get(bases__power=self.power(which))
            lapse_law(law_id=law.pk, on=on, by=self.city.actor("staffing"))
            for key in self.known:
                if Law.objects.filter(bases__power=self.power(key)).first() == law:
                    self.known[key] = replace(self.known[key], lawless=on)

    @rule(which=st.sampled_from(["promised", "penalty"]), back=st.booleans())
    def another_unit(self, which: str, back: bool) -> None:
        unit = self.city.organs["lin"] if back else self.city.organs["town"]
        Power.objects.filter(pk=self.power(which).pk).update(unit=unit)
        self.known[which] = replace(self.known[which], foreign=not back)

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        with travel(self.now):
            take_due()

    @rule()
    def begin(self) -> None:
        if self.known["promised"].runs(self.now.date()):
            with travel(self.now):
                self.city.matters["try", "try"] = Matter.objects.get(pk=self.matters["promised"].pk)
                case = self.city.apply("citizen", "try", "try")
                self.running.append((case.pk, case.version_id))

    @invariant()
    def every_door_follows_the_rule(self) -> None:
        with travel(self.now):
            for which, matter in self.matters.items():
                runs = self.known[which].runs(today())
                for door, refused in Doors(self.city).try_all(matter).items():
                    assert (refused is None) == runs, (which, door, refused, self.known[which], today())
                    assert refused is None or refused in REFUSED or refused.startswith("page-4"), (door, refused)
                listed_now = Matter.objects.in_force(today()).filter(pk=matter.pk).exists()
                assert listed_now == runs

    @invariant()
    def a_running_case_goes_on_as_it_began(self) -> None:
        for pk, version in self.running:
            assert Case.objects.get(pk=pk).version_id == version


def test_no_door_opens_on_a_power_that_is_not_in_force() -> None:
    with travel(START):
        Lives.city = make_world()
    run_state_machine_as_test(Lives, settings=settings(
        max_examples=5, stateful_step_count=8, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck)))
    assert Division.objects.exists() and Unit.objects.exists() and not Case.objects.exists()


def test_a_matter_without_a_power_opens_no_door(city: City) -> None:
    matter = city.matters["lin", "promised"]
    Matter.objects.filter(pk=matter.pk).update(power=None)
    refused = Doors(city).try_all(matter)
    assert refused == {"page": "page-409", "api": "power-not-listed", "counter": "not-offered-here",
                       "service": "power-not-listed"}
    assert not Case.objects.exists()
