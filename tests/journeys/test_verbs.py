"""Random verbs over every shipped chart: nothing is lost, nothing is doubled, and every case can still end."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import zhengwu
from zhengwu.kernel.cases import api, kinds
from zhengwu.kernel.cases.log import fitness
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.services.act import actions_of
from zhengwu.kernel.cases.services.seen import mark_seen
from zhengwu.kernel.cases.tests.world import SINCE, START, World, make_world, person
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.api import Actor, actor_of
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.flow.api import chart_of, parse, publish
from zhengwu.kernel.flow.explore import explore
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import JointUnit, Matter
from zhengwu.kernel.matters.tests.listed import listed
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Problem

FLOWS = sorted(Path(zhengwu.__path__[0]).glob("**/flows/*.bpmn"))
KIND = "anything"
ROUNDS = int(os.environ.get("ZW_VERBS_ROUNDS", "3"))
LENGTH = 14
WHO = ("holder", "holder", "holder", "doer", "doer", "head", "leader", "secadmin", "citizen")


def _number(case: Case, at: datetime) -> str:
    return f"T{at:%Y%m%d}{api.next_serial():06d}"


def _finished(deed: api.Deed) -> None:
    deed.case.closed_at, deed.case.state = deed.at, "done"
    deed.stop_clocks("lawful")


def _opened(deed: api.Deed) -> None:
    assert deed.case.matter is not None
    deed.start_clock("lawful", deed.case.matter.lawful, "测试")


PLAIN = api.CaseKind(
    code=KIND,
    title="任何流程",
    states={"open": "办理中", "done": "已办结"},
    first_state="open",
    number=_number,
    opened=_opened,
    finished=_finished,
    apart=("review", "approve", "decide", "legal"),
)
"""A kind of case that asks nothing of its own, so that every chart walks by its drawing alone."""


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(kinds._kinds, KIND, PLAIN)
    with travel(START):
        made = make_world()
        made.people["secadmin"] = person("secadmin", "梁安", made.centre, "secadmin")
        return made


def a_matter(world: World, path: Path) -> Matter:
    """A matter that runs the chart of ``path``, with the joint units its branches name."""
    xml = path.read_text()
    key = parse(xml).key
    if not Definition.objects.filter(key=key).exists():
        publish(key=key, xml=xml, by=By("test", "测试"), title=key)
    row: Matter = world.matter
    row.pk, row.code, row.chart = None, "11519921MB0000001X4990117009999", Definition.objects.get(key=key)
    row._state.adding = True
    row.save()
    for order, unit in enumerate((world.organ, world.partner), start=1):
        more = {"order": order, "part": "条件", "limit_days": 5}
        JointUnit.objects.get_or_create(matter=row, unit=unit, defaults=more)
    listed(row)
    return row


class Verbs(RuleBasedStateMachine):
    """One case on one chart, and everything people could do to it in any order."""

    world: World
    matter: Matter

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.block = transaction.atomic()
        self.block.__enter__()
        citizen = self.world.people["citizen"]
        with travel(self.at):
            case = api.open_case(kind=KIND, matter=self.matter, by=actor_of(citizen), applicant=citizen,
                                 applicant_name=citizen.name, form={})
        self.pk = case.pk
        self.said: dict[int, tuple[str, str]] = {}
        self.words = 0

    def teardown(self) -> None:
        try:
            self._can_end()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # Who acts

    @property
    def case(self) -> Case:
        return Case.objects.select_related("version", "matter__master", "unit").get(pk=self.pk)

    def steps(self) -> list[Step]:
        return list(Step.objects.filter(case_id=self.pk).select_related("case", "unit", "account").order_by("id"))

    def open(self) -> list[Step]:
        return [s for s in self.steps() if s.closed_at is None]

    def holder(self, step: Step, which: int) -> Actor:
        """One of two people at the post a step is addressed to; the person named, if one is."""
        if step.account is not None:
            return actor_of(step.account)
        assert step.unit is not None
        return self.at_post(step.unit_id or 0, step.role, which)

    def at_post(self, unit_id: int, role: str, which: int) -> Actor:
        rows = Appointment.objects.filter(unit_id=unit_id, role=role).select_related("account").order_by("id")
        while len(rows) < 2:
            name = f"p{unit_id}{role}{len(rows)}"
            account = person(name, name)
            Appointment.objects.create(account=account, unit_id=unit_id, role=role, valid_from=SINCE)
            rows = rows.all()
        return actor_of(rows[which % 2].account)

    def somebody(self, step: Step, who: str, which: int) -> Actor:
        if who in ("citizen", "secadmin"):
            return actor_of(self.world.people[who])
        if who in ("head", "leader"):
            return self.at_post(self.case.unit_id, who, which)
        if who == "doer" and step.closed_by is not None:
            return actor_of(step.closed_by)
        return self.holder(step, which) if step.closed_at is None else self.at_post(self.case.unit_id, "officer", which)

    def opinion(self) -> str:
        self.words += 1
        return f"意见{self.words}"

    def tried(self, deed: Any) -> None:
        """A refusal is an answer; it changes nothing."""
        before = (Event.objects.count(), [(s.pk, s.outcome) for s in self.steps()], self.case.revision)
        try:
            with transaction.atomic(), travel(self.at):
                deed()
        except Problem as problem:
            assert problem.status < 500
            assert before == (Event.objects.count(), [(s.pk, s.outcome) for s in self.steps()], self.case.revision)

    # What people do

    @rule(pick=st.integers(0, 5), action=st.integers(0, 5), which=st.integers(0, 1))
    def complete(self, pick: int, action: int, which: int) -> None:
        steps = self.open()
        if not steps:
            return
        step = steps[pick % len(steps)]
        actions = actions_of(step, chart_of(self.case.version_id).node(step.node))
        if not actions:
            return
        code, words = actions[action % len(actions)].code, self.opinion()
        actor = self.holder(step, which)
        self.tried(lambda: api.act(step_id=step.pk, action=code, by=actor, opinion=words))

    @rule(seed=st.integers(0, 9999))
    def use_a_verb(self, seed: int) -> None:
        """Whatever is offered to somebody at some step, filled in somehow."""
        steps = self.steps()
        random = Random(f"{seed} {self.matter.chart.key} {len(steps)} {self.words}")
        for _ in range(4):
            step = random.choice(self.open() * 3 or steps) if random.random() < 0.8 else random.choice(steps)
            actor = self.somebody(step, random.choice(WHO), random.randint(0, 1))
            with travel(self.at):
                offers = [o for o in api.offers(actor, step) if o.code != "end" or random.random() < 0.1]
            if offers:
                break
        else:
            return
        offer = random.choice(offers)
        data = {field.name: self.filled(field, random) for field in offer.fields}
        self.tried(lambda: api.perform(offer.code, step_id=step.pk, by=actor, data=data))

    def filled(self, field: api.Field, random: Random) -> Any:
        if field.kind == "date":
            return (self.at.date() + timedelta(days=9)).isoformat()
        if field.choices:
            chosen = random.choice(field.choices)[0]
            return [chosen] if field.kind == "many" else chosen
        return self.opinion()

    @rule(pick=st.integers(0, 5), which=st.integers(0, 1))
    def look(self, pick: int, which: int) -> None:
        if steps := self.open():
            step = steps[pick % len(steps)]
            with travel(self.at):
                mark_seen(step, self.holder(step, which))

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        if self.at.date() < date(2026, 8, 1):
            self.at += timedelta(days=days)
            with travel(self.at):
                api.fire_due()

    # What always holds

    @invariant()
    def every_open_step_is_asked_and_every_asked_step_is_open(self) -> None:
        case, tokens = self.case, self.case.flow.get("t", {})
        hosts = {x["s"] for x in tokens.values()}
        asked = sorted((t, who) for t, x in tokens.items() if "in" not in x and t not in hosts
                       for who in x.get("mi", {}).get("o", [""]))
        assert sorted((s.token, s.signer) for s in self.open()) == asked
        assert bool(tokens) == (case.closed_at is None)

    @invariant()
    def a_step_with_a_limit_has_one_clock(self) -> None:
        number = self.case.number
        running = Clock.objects.filter(subject__startswith=f"{number}#").exclude(state="stopped")
        subjects = sorted(running.values_list("subject", flat=True))
        chart = chart_of(self.case.version_id)
        wanted = sorted(
            f"{number}#{s.token}" + (f".{s.signer}" if s.signer else "") for s in self.open()
            if (node := chart.node(s.node)).limit is not None or (node.unit == "each" and s.unit_id in self.joint())
            or (s.kind == "correct" and not any(t.interrupting for t in node.timers))
        )
        assert subjects == wanted
        assert Clock.objects.filter(subject=number, kind="lawful").count() == 1

    def joint(self) -> set[int]:
        return set(self.matter.joint_units.values_list("unit_id", flat=True))

    @invariant()
    def no_opinion_is_lost(self) -> None:
        for step in self.steps():
            if step.pk in self.said:
                assert self.said[step.pk] == (step.outcome, step.opinion)
            elif step.closed_at is not None:
                self.said[step.pk] = (step.outcome, step.opinion)
        assert self.said.keys() <= {s.pk for s in self.steps()}

    @invariant()
    def the_record_has_no_gap(self) -> None:
        seqs = list(Event.objects.filter(stream=self.case.number).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))

    def _can_end(self) -> None:
        """The drawing still leads to an end from here; the record explains how we came here; and it can be ended."""
        case = self.case
        assert fitness(case).value == 1.0, fitness(case).first_deviation
        if case.closed_at is not None:
            return
        chart = chart_of(case.version_id)
        assert explore(chart, case.flow, steps={}).dead_ends() == []
        leader = self.at_post(case.unit_id, "leader", 0)
        ground = next(iter(kinds.get(KIND).grounds))
        with travel(self.at):
            api.perform("end", step_id=self.open()[0].pk, by=leader, data={"ground": ground, "opinion": "终止"})
        ended = self.case
        assert (ended.state, ended.flow["t"], self.open()) == ("ended", {}, [])
        assert not Clock.objects.filter(subject__startswith=ended.number).exclude(state="stopped").exists()


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_any_verbs_in_any_order(world: World, path: Path):
    with travel(START):
        machine = type("Machine", (Verbs,), {"world": world, "matter": a_matter(world, path)})
    run_state_machine_as_test(machine, settings=settings(  # type: ignore[no-untyped-call]
        max_examples=ROUNDS, stateful_step_count=LENGTH, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck)))
