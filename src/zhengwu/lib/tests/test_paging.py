"""Cursors that come back from outside."""

from datetime import UTC, datetime

import pytest

from zhengwu.lib.paging import aware, aware_or_none, decode, encode
from zhengwu.lib.problem import Problem

MOMENT = datetime(2026, 2, 9, 1, 30, tzinfo=UTC)


def test_what_was_encoded_comes_back():
    assert decode(encode(MOMENT.isoformat(), 7), aware, int) == (MOMENT, 7)
    assert decode(encode(None, 7), aware_or_none, int) == (None, 7)


@pytest.mark.parametrize("values", [(None, 7), (MOMENT.isoformat(), None), ("2026-02-09T01:30:00", 7), (1, 7)])
def test_nothing_empty_or_without_zone_reaches_a_query(values):
    with pytest.raises(Problem):
        decode(encode(*values), aware, int)
