"""A county with a designer, a colleague, and a chart on which cases run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import zhengwu
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, World, make_world, person, unit
from zhengwu.lib.now import travel
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.services import packages
from zhengwu.modules.charts.services.drafts import begin

FLOWS = Path(zhengwu.__path__[0]) / "modules" / "hall" / "flows"
SHIPPED = (FLOWS / "standard.bpmn").read_text("utf-8")


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        made.people["designer"] = person("designer", "沈墨", made.centre, "designer")
        made.people["colleague"] = person("colleague", "何同事", made.centre, "designer")
        far = unit("云门县政务服务中心", made.people["stranger"].appointments.get().unit.division, kind="centre")
        made.people["far"] = person("far", "远设计", far, "designer")
        yield made


@pytest.fixture
def designer(world: World) -> Any:
    return world.actor("designer")


@pytest.fixture
def draft(designer: Any) -> Draft:
    """A new chart that runs: one step between start and end."""
    return begin(key="fresh", title="新流程", by=designer)


@pytest.fixture
def opened(world: World) -> Callable[..., Case]:
    """Opens a case and takes it to ``until``."""

    def go(until: str = "precheck") -> Case:
        account = world.people["citizen"]
        case = api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=account,
                             applicant_name=account.name, form={})
        for node, who, action in (("precheck", "clerk", "accept"), ("review", "officer", "pass"),
                                  ("decide", "leader", "grant"), ("deliver", "clerk", "deliver")):
            if node == until:
                break
            step = case.steps.get(node=node, closed_at=None)
            api.act(step_id=step.pk, action=action, by=world.actor(who), opinion="同意")
        return Case.objects.get(pk=case.pk)

    return go


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Keys of this test alone."""
    settings.KEYS_DIR = tmp_path / "keys"
    packages.keys.cache_clear()
    yield
    packages.keys.cache_clear()
