"""Verbs and migrations while somebody acts: one is first, the other is refused or judged anew; nothing is doubled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.test_act import the_step
from zhengwu.kernel.cases.tests.test_migrate import SECOND_LOOK, new_version
from zhengwu.kernel.cases.tests.test_verbs import ACCEPTED, REVIEWED, at, peopled, verb, whole
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    with travel(START):
        made = peopled(make_world())
        made.people["designer"] = person("designer", "沈墨", made.centre, "designer")
        return made


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Runs the jobs in threads of their own at START; results, or the Problem each raised."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            with travel(START):
                return job()
        except Problem as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_a_migration_while_somebody_acts(world):
    with travel(START):
        cases = [at(world, ACCEPTED) for _ in range(4)]
        source = cases[0].version_id
        target = new_version(more=SECOND_LOOK)
        steps = [the_step(case, "review").pk for case in cases]
        officer, designer = world.actor("officer"), world.actor("designer")
        seen = {case.number: case.revision for case in cases}
    acts = [lambda pk=pk: api.act(step_id=pk, action="pass", by=officer) for pk in steps]
    found = at_once(lambda: list(api.migrate(version_from=source, version_to=target.pk, mapping={}, by=designer,
                                             reason="复核", seen=seen)), *acts)
    fates = {fate.number: fate for fate in found[0]}
    assert not [x for x in found[1:] if isinstance(x, Problem)]
    for case in cases:
        case.refresh_from_db()
        (node,) = case.steps.filter(closed_at=None).values_list("node", flat=True)
        assert fates[case.number].moved and case.version_id == target.pk
        # Who acted before the change-over is at the decision, who acted after it meets the new step.
        acted_first = fates[case.number].places[0].node == "decide"
        assert (node, fates[case.number].changed) == (("decide", True) if acted_first else ("second", False))
        assert Event.objects.filter(stream=case.number, kind="case.migrated").count() == 1
        whole(case)


def test_taking_back_while_the_next_person_acts(world):
    with travel(START):
        case = at(world, ACCEPTED, REVIEWED)
        mine, following = case.steps.get(node="review"), the_step(case, "decide").pk
        officer, leader = world.actor("officer"), world.actor("leader")
    found = at_once(lambda: api.perform("take-back", step_id=mine.pk, by=officer),
                    lambda: api.act(step_id=following, action="grant", by=leader))
    assert sum(isinstance(x, Problem) for x in found) == 1
    with travel(START):
        case = Case.objects.get(pk=case.pk)
        assert case.steps.filter(closed_at=None).count() == 1
        whole(case)


def test_the_same_verb_twice_at_once_is_done_once(world):
    with travel(START):
        case = at(world, ACCEPTED, REVIEWED)
        step, leader = the_step(case, "decide"), world.actor("leader")
    data = {"to": "previous", "opinion": "请补充"}
    job = lambda: api.perform("return", step_id=step.pk, by=leader, data=data)  # noqa: E731
    found = at_once(job, job, job)
    assert sum(isinstance(x, Problem) for x in found) == 2
    with travel(START):
        case = Case.objects.get(pk=case.pk)
        assert Event.objects.filter(stream=case.number, kind="case.returned").count() == 1
        whole(case)
        verb(world, the_step(case, "review"), "circulate", "officer", readers=[str(world.people["head"].pk)])
