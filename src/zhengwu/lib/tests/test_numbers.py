"""Numbers from outside."""

import pytest

from zhengwu.lib.numbers import capital, cents, whole


@pytest.mark.parametrize("text", ["", None, "²", "１２", "-1", "1.5", " 1", "9223372036854775808", "9" * 5000])
def test_what_is_no_number_of_ours_is_none(text):
    assert whole(text) is None


def test_whole_numbers_up_to_the_largest():
    assert (whole("0"), whole("007"), whole("9223372036854775807")) == (0, 7, 2**63 - 1)
    assert whole("6", most=5) is None


def test_cents_are_exact_or_nothing():
    good = {"12": 1200, "12.5": 1250, "12.50": 1250, "￥1,200.05": 120005, "0.01": 1, " 7 ": 700}
    assert {text: cents(text) for text in good} == good
    assert [cents(text) for text in ("", None, "1.234", "1.", ".5", "-1", "1e3", "十", "1.²")] == [None] * 9


def test_amounts_in_capitals_as_bills_write_them():
    """支付结算办法 附件一 the rules for 零 and 整."""
    assert {n: capital(n) for n in (0, 1, 10, 105, 100, 12000, 120050, 140950, 600714, 1070000053, 165000000)} == {
        0: "零元整", 1: "壹分", 10: "壹角整", 105: "壹元零伍分", 100: "壹元整", 12000: "壹佰贰拾元整",
        120050: "壹仟贰佰元伍角整", 140950: "壹仟肆佰零玖元伍角整", 600714: "陆仟零柒元壹角肆分",
        1070000053: "壹仟零柒拾万元伍角叁分", 165000000: "壹佰陆拾伍万元整"}
    with pytest.raises(ValueError):
        capital(-1)
