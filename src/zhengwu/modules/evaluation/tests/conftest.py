"""A world with a case that was served, and people who may or may not evaluate it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.matters.models import Window
from zhengwu.lib.now import travel

PHONE = "13800000001"


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        set_identity(made.people["citizen"], phone=PHONE)
        made.people["citizen"].save()
        made.people["centre"] = person("centre", "许若兰", made.centre, "centre")
        made.people["far_centre"] = person("far_centre", "云中心", made.partner, "centre")
        made.matter.window = Window.objects.create(point=made.matter.point, number="07", name="市场监管窗口",
                                                   unit=made.organ)
        made.matter.save()
        yield made


@pytest.fixture
def served(world: World) -> Callable[..., Case]:
    """A case taken in at the window, granted and delivered; ``until`` leaves it open there."""

    def go(until: str = "") -> Case:
        account = world.people["citizen"]
        case = api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=account,
                             applicant_name=account.name, form={},
                             door=api.Door(channel="counter", point=world.matter.point, window=world.matter.window,
                                           clerk=world.people["clerk"]))
        for node, who, action in (("precheck", "clerk", "accept"), ("review", "officer", "pass"),
                                  ("decide", "leader", "grant"), ("deliver", "clerk", "deliver")):
            if node == until:
                break
            step = case.steps.get(node=node, closed_at=None)
            api.act(step_id=step.pk, action=action, by=world.actor(who), opinion="同意")
        return Case.objects.get(pk=case.pk)

    return go


@pytest.fixture
def rectify(world: World) -> Callable[..., Case]:
    """``rectify(case, "callback confirm", …)``: one act after another by whoever holds it, a day apart from START."""
    holders = {"callback": "centre", "handle": "head", "carry": "officer", "appeal": "centre", "feedback": "officer",
               "recheck": "centre"}

    def go(case: Case, *acts: str, days: int = 0) -> Case:
        with travel(START + timedelta(days=days)):
            for words in acts:
                node, action = words.split()
                step = case.steps.get(node=node, closed_at=None)
                api.act(step_id=step.pk, action=action, by=world.actor(holders[node]), opinion="已核实")
        return Case.objects.get(pk=case.pk)

    return go
