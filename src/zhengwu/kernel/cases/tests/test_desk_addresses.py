"""Addresses and forms somebody wrote by hand: an answer, never a server error."""

import pytest

from zhengwu.kernel.cases.tests.test_act import apply, the_step
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.lib.now import travel
from zhengwu.lib.paging import encode

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


@pytest.mark.parametrize("step", ["²", "９", "-1", "9" * 30, "x"])
def test_the_desk_without_a_step_of_that_number(world, client, step):
    client.force_login(world.people["clerk"])
    assert client.get("/desk/", {"step": step}).status_code in (200, 404)


def test_a_revision_that_is_no_number_is_no_revision(world, client):
    with travel(START):
        case = apply(world)
        client.force_login(world.people["clerk"])
        step = the_step(case, "precheck")
        sent = {"action": "accept", "revision": "²"}
        assert client.post(f"/desk/steps/{step.pk}/act/", sent).status_code == 302
    step.refresh_from_db()
    assert step.outcome == "accept"


@pytest.mark.parametrize("path", ["/desk/", "/desk/cases/", "/desk/done/", "/publicity/"])
@pytest.mark.parametrize("cursor", [encode(None, None), encode(None, 1), encode("2026-01-01T00:00:00", 1), "x"])
def test_cursors_made_up(world, client, path, cursor):
    client.force_login(world.people["clerk"])
    assert client.get(path, {"cursor": cursor}).status_code in (200, 400, 422)
