"""Numbers from outside."""

import pytest

from zhengwu.lib.numbers import whole


@pytest.mark.parametrize("text", ["", None, "²", "１２", "-1", "1.5", " 1", "9223372036854775808", "9" * 5000])
def test_what_is_no_number_of_ours_is_none(text):
    assert whole(text) is None


def test_whole_numbers_up_to_the_largest():
    assert (whole("0"), whole("007"), whole("9223372036854775807")) == (0, 7, 2**63 - 1)
    assert whole("6", most=5) is None
