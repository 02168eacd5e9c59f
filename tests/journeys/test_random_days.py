"""Random acts by random people over the four shipped charts, days passing, lights sweeping: what must always hold."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.city import CHARTS, START, City, make_city
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.log import fitness, trace
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import verify
from zhengwu.kernel.notifications.models import Notice, Outbox
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Problem

pytestmark = pytest.mark.django_db
MOST = 4
SEEDS = st.integers(0, 2**32)


def open_tokens(case: Case) -> Counter:
    """(token, signer) of everything the flow's state waits for people at."""
    chart, found = chart_of(case.version_id), Counter()
    for token, at in case.flow.get("t", {}).items():
        node = chart.node(at["at"])
        if node.kind == "task":
            found.update([(token, who) for who in at["mi"]["o"]] if node.multi else [(token, "")])
    return found


class Days(RuleBasedStateMachine):
    """One run: a few cases, whose steps are done by whoever may, in any order, on any day."""

    city: City

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = START
        self.cases: list[str] = []

    def teardown(self) -> None:
        with travel(self.now):
            assert verify().ok
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(chart=st.sampled_from(sorted(CHARTS)), county=st.sampled_from(["lin", "yun"]))
    def first(self, chart: str, county: str) -> None:
        self.apply(chart, county, "citizen")

    @precondition(lambda self: len(self.cases) < MOST)
    @rule(chart=st.sampled_from(sorted(CHARTS)), county=st.sampled_from(["lin", "yun"]),
          who=st.sampled_from(["citizen", "enterprise"]))
    def apply(self, chart: str, county: str, who: str) -> None:
        with travel(self.now):
            self.cases.append(self.city.apply(who, county, chart).number)

    @rule(seed=SEEDS, times=st.integers(1, 4))
    def work(self, seed: int, times: int) -> None:
        rng = Random(seed)
        for _ in range(times):
            with travel(self.now):
                self.city.random_act(rng, Case.objects.get(number=rng.choice(self.cases)))
            self.now += timedelta(minutes=rng.randrange(600))

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        with travel(self.now):
            api.sweep_lights()
            assert api.sweep_lights() == 0

    @rule(seed=SEEDS)
    def withdraw(self, seed: int) -> None:
        case = Case.objects.get(number=Random(seed).choice(self.cases))
        applicant = next(n for n, a in self.city.people.items() if a.pk == case.applicant_id)
        with travel(self.now):
            try:
                api.withdraw(number=case.number, by=self.city.actor(applicant))
                assert case.closed_at is None and case.decided_at is None
            except Problem as refused:
                assert refused.code == "too-late-to-withdraw"

    @rule(seed=SEEDS, days=st.integers(1, 15))
    def extend(self, seed: int, days: int) -> None:
        case = Case.objects.get(number=Random(seed).choice(self.cases))
        leader = "leader_lin" if case.division_id == "519921" else "leader_yun"
        with travel(self.now):
            try:
                api.extend(number=case.number, by=self.city.actor(leader), days=days, reason="案情复杂")
            except Problem as refused:
                assert refused.code in ("invalid-input", "not-running", "extended-once"), refused.code

    @invariant()
    def open_steps_are_the_open_tokens(self) -> None:
        for case in self.mine():
            steps = Counter((s.token, s.signer) for s in case.steps.filter(closed_at=None))
            assert steps == open_tokens(case), case.number

    @invariant()
    def nothing_of_a_closed_case_is_open(self) -> None:
        for case in self.mine():
            running = Clock.objects.filter(subject__startswith=case.number).exclude(state="stopped")
            assert case.closed_at is None or not running.exists(), (case.number, list(running))
            assert (case.closed_at is None) == case.steps.filter(closed_at=None).exists(), case.number
            kept = {s.token for s in case.steps.filter(closed_at=None)}
            own = {c.subject.partition("#")[2].partition(".")[0] for c in running if "#" in c.subject}
            assert own <= kept, case.number

    @invariant()
    def a_step_shows_the_nearest_day(self) -> None:
        for case in self.mine():
            for step in case.steps.filter(closed_at=None).exclude(kind="correct"):
                subject = f"{case.number}#{step.token}" + (f".{step.signer}" if step.signer else "")
                own = Clock.objects.filter(subject=subject, state="running").values_list("due_at", flat=True)
                days = [d for d in (*own, case.due_at) if d is not None]
                assert step.due_at == min(days, default=None), (case.number, step.node)
                assert (step.warn_at is None) == (step.due_at is None)

    @invariant()
    def what_happened_agrees_with_the_chart(self) -> None:
        for case in self.mine():
            told = fitness(case)
            assert told.value == 1.0 and told.moves == len(trace(case)), told.first_deviation

    @invariant()
    def nobody_is_told_twice(self) -> None:
        for model in (Notice, Outbox):
            keys = list(model.objects.values_list("key", flat=True))
            assert len(keys) == len(set(keys))
        for case in self.mine():
            numbers = list(case.documents.exclude(number="").values_list("number", flat=True))
            assert len(numbers) == len(set(numbers))

    def mine(self) -> list[Case]:
        return list(Case.objects.filter(number__in=self.cases))


def test_random_days() -> None:
    with travel(START):
        Days.city = make_city()
    run_state_machine_as_test(Days, settings=settings(
        max_examples=20, stateful_step_count=16, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)))
    assert not Step.objects.exists()  # every run was undone
