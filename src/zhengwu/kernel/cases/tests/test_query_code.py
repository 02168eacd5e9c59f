"""The six digits of a receipt: worth nothing to somebody who tries."""

import pytest

from zhengwu.kernel.cases import api, selectors
from zhengwu.kernel.cases.tests.test_act import apply
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.lib.now import travel
from zhengwu.lib.problem import NotFound, Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def test_one_code_cannot_be_tried_on_every_number_from_one_address(world, monkeypatch):
    monkeypatch.setattr(selectors, "CODES_FROM_ADDRESS", 5)
    with travel(START):
        case = apply(world)
        for n in range(5):
            with pytest.raises(NotFound):
                api.access_by_code(f"5199210120260209{n:06d}X", "000000", address="203.0.113.7")
        right = api.query_code(case.number)
        with pytest.raises(Problem, match="尝试次数过多"):
            api.access_by_code(case.number, right, address="203.0.113.7")
        assert api.access_by_code(case.number, right, address="203.0.113.8") == case
