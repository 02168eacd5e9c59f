"""A hall with two windows and two lanes, clerks, a manager, the complaint desk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time

import pytest

from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.now import travel
from zhengwu.modules.centre.models import Lane, Slot


@dataclass
class Hall:
    """``windows`` 01 (市场监管) and 02 (卫生健康); lane A is served by both, B by 02 only."""

    world: World
    point: ServicePoint
    windows: list[Window]
    lanes: list[Lane]
    slot: Slot
    extra: dict[str, object] = field(default_factory=dict)

    def actor(self, name: str):
        return self.world.actor(name)


def make_hall() -> Hall:
    world = make_world()
    point = world.matter.point
    one = Window.objects.create(point=point, number="01", name="市场监管窗口", unit=world.organ)
    two = Window.objects.create(point=point, number="02", name="卫生健康窗口", unit=world.partner)
    world.matter.window = one
    world.matter.save()
    people = {"clerk2": ("郑二号", world.centre, "clerk"), "centre": ("许若兰", world.centre, "centre"),
              "reception": ("冯婉秋", world.centre, "reception"), "far_centre": ("云中心", world.partner, "centre")}
    for username, (name, unit, role) in people.items():
        world.people[username] = person(username, name, unit, role)
    set_identity(world.people["citizen"], phone="13800000001")
    world.people["citizen"].save()
    a = Lane.objects.create(point=point, letter="A", name="市场准入", order=1)
    b = Lane.objects.create(point=point, letter="B", name="卫生许可", order=2)
    a.windows.set([one, two])
    b.windows.set([two])
    slot = Slot.objects.create(lane=a, begins=time(10), ends=time(10, 30), capacity=1)
    Slot.objects.create(lane=a, begins=time(14), ends=time(14, 30), capacity=2)
    return Hall(world, point, [one, two], [a, b], slot)


@pytest.fixture
def hall() -> Iterator[Hall]:
    with travel(START):
        yield make_hall()
