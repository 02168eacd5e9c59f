"""The city of ``tests/city.py``, made anew for every test, at nine thirty of a Monday."""

from collections.abc import Iterator

import pytest

from tests.city import START, City, make_city
from zhengwu.lib.now import travel


@pytest.fixture
def city(db: None) -> Iterator[City]:
    with travel(START):
        yield make_city()
