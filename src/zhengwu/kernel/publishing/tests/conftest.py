"""Cases decided one way or the other."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.lib.now import travel


@pytest.fixture
def world() -> Iterator[World]:
    cache.clear()
    with travel(START):
        made = make_world()
        made.people["firm"] = person("firm", "金效市好味餐饮有限公司", kind="enterprise")
        made.people["editor"] = person("editor", "卫信息", made.organ, "editor")
        yield made


def act(world: World, case: Case, node: str, who: str, action: str) -> None:
    api.act(step_id=case.steps.get(node=node, closed_at=None).pk, action=action, by=world.actor(who), opinion="依法")


@pytest.fixture
def decide(world: World) -> Callable[..., Case]:
    """Applies as ``who`` and lets the leader ``grant`` or ``deny``; "" stops after acceptance."""

    def go(who: str = "citizen", action: str = "grant") -> Case:
        account = world.people[who]
        case = api.open_case(kind="application", matter=world.matter, by=world.actor(who), applicant=account,
                             applicant_name=account.name, form={})
        act(world, case, "precheck", "clerk", "accept")
        if action:
            act(world, case, "review", "officer", "pass")
            act(world, case, "decide", "leader", action)
        case.refresh_from_db()
        return case

    return go
