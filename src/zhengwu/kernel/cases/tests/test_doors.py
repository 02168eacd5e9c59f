"""Doors and parties: who sees a case they take part in, and that a key opens one case only."""

from collections.abc import Iterator

import pytest

from zhengwu.kernel.cases.api import Door, Joining, open_case, visible_to
from zhengwu.kernel.cases.models import Case, Party
from zhengwu.kernel.cases.policies import may_see_case
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.kernel.directory.api import blind_index
from zhengwu.lib.now import now, travel

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        yield make_world()


def walk_in(world: World, key: str = "") -> Case:
    return open_case(
        kind="application",
        matter=world.matter,
        by=world.actor("clerk"),
        applicant=None,
        applicant_name="王大娘",
        form={},
        key=key,
        parties=[Joining("applicant", "王大娘", id_number=NUMBER)],
        door=Door(channel="counter", point=world.matter.point, clerk=world.people["clerk"]),
    )


def test_a_walk_in_is_kept_sealed_and_found_by_index(world):
    case = walk_in(world)
    party = Party.objects.get(case=case)
    assert NUMBER not in party.id_sealed and party.id_index == blind_index(NUMBER)
    assert (case.channel, case.taken_by_id, case.applicant_id) == ("counter", world.people["clerk"].pk, None)


def test_the_same_key_at_the_counter_opens_one_case(world):
    assert walk_in(world, "k1").pk == walk_in(world, "k1").pk
    assert walk_in(world, "k2").pk != walk_in(world, "k1").pk


def test_a_party_sees_the_case_until_it_leaves(world):
    case, neighbour = walk_in(world), world.actor("neighbour")
    assert not visible_to(neighbour).filter(pk=case.pk).exists() and not may_see_case(neighbour, case)
    party = Party.objects.create(case=case, role="agent", account=world.people["neighbour"], name="王邻", since=now())
    assert visible_to(neighbour).filter(pk=case.pk).exists() and may_see_case(neighbour, case)
    party.until = now()
    party.save()
    assert not visible_to(neighbour).filter(pk=case.pk).exists() and not may_see_case(neighbour, case)
