"""Over the API too, an applicant or the holder of a receipt sees units, not the names of those who work there."""

import pytest

from zhengwu.kernel.cases.api import query_code
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.test_act import apply, do
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.lib.now import travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


@pytest.fixture
def case(world) -> Case:
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        return case


def test_names_of_staff_are_for_staff(world, case, client):
    name = world.people["clerk"].name
    address = f"/api/v1/cases/{case.number}"
    done = case.steps.get(node="precheck")
    by_code = client.get(address, headers={"X-Query-Code": query_code(case.number)})
    assert by_code.status_code == 200 and name not in by_code.content.decode()
    client.force_login(world.people["citizen"])
    for path in (address, f"{address}/events", f"/api/v1/steps/{done.pk}"):
        answer = client.get(path)
        assert answer.status_code == 200 and name not in answer.content.decode(), path
    assert client.get(address).json()["steps"][0]["by"] == world.centre.name
    client.force_login(world.people["officer"])
    assert name in client.get(address).json()["steps"][0]["by"]
