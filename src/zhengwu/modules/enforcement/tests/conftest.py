import pytest

from zhengwu.kernel.cases.tests.world import START
from zhengwu.lib.now import travel
from zhengwu.modules.enforcement.tests.world import make_office


@pytest.fixture
def office(db):
    with travel(START):
        yield make_office()
