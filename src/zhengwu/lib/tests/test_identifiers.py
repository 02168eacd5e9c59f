"""Numbers of people, organisations and licences: vectors, each mistake in its own words, masks."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc as other_uscc

from zhengwu.lib import identifiers as ids
from zhengwu.lib import now
from zhengwu.lib.problem import Problem

CREDIT_CODES = ["91350100M000100Y43", "11430000006122244L", "11420503087246977F", "11370800MB28559184",
                "11110000000021135M", "11100000000013338W"]
LICENCE = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403."


def refusal(check, value):
    with pytest.raises(Problem) as caught:
        check(value, field="number")
    assert caught.value.field == "number"
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "53010219200508011X"])
def test_citizens_numbers_of_the_standard(number):
    assert ids.check_citizen_id(number) == number
    assert ids.check_citizen_id(f" {number[:6]}-{number[6:14]} {number[14:].lower()}\n") == number
    assert ids.is_citizen_id(number.lower())


def test_full_width_digits_are_understood():
    assert ids.check_citizen_id("１１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"
    assert ids.birth_date("11010519491231002X") == date(1949, 12, 31)


@pytest.mark.parametrize(("number", "code", "words"), [
    ("", "citizen-id-length", "现为0位"), ("1101051949123100", "citizen-id-length", "应为18位，现为16位"),
    ("110105491231002", "citizen-id-old", "15位旧身份证"), ("11010519491231002Y", "citizen-id-characters", "数字或X"),
    ("1101051949123100XX", "citizen-id-characters", "前17位"), ("99010519491231002X", "citizen-id-area", "“99”不存在"),
    ("110105194902300025", "citizen-id-date", "出生日期不存在"), ("110105190002290020", "citizen-id-date", "出生日期"),
    ("110105999912310020", "citizen-id-future", "晚于今天"), ("110105194912310020", "citizen-id-check", "校验位")])
def test_each_mistake_in_a_citizens_number_has_its_words(number, code, words):
    found = refusal(ids.check_citizen_id, number)
    assert found.code == code
    assert words in found.zh
    assert not number or number not in found.zh
    assert not ids.is_citizen_id(number) or code == "citizen-id-future"


def test_born_today_in_china_is_not_the_future():
    body = "11010520260210001"
    number = body + ids.citizen_check_char(body)
    with now.travel(datetime(2026, 2, 9, 16, 0, tzinfo=UTC)):  # 10 February, 00:00 in China
        assert ids.check_citizen_id(number) == number
    with now.travel(datetime(2026, 2, 9, 15, 59, tzinfo=UTC)):
        assert refusal(ids.check_citizen_id, number).code == "citizen-id-future"


@given(st.integers(0, 16), st.integers(0, 9))
def test_one_wrong_digit_of_a_citizens_number_is_always_found(place, digit):
    number = "44052418800101001" + "4"
    assume(number[place] != str(digit))
    assert not ids.is_citizen_id(number[:place] + str(digit) + number[place + 1:])


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_credit_codes(code):
    assert ids.check_uscc(code.lower()) == code
    assert ids.uscc_check_char(code[:17]) == code[17] == other_uscc.calc_check_digit(code[:17])
    assert ids.check_org_code(f"{code[8:16]}-{code[16]}") == code[8:17]


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_credit_code_check_agrees_with_stdnum(body):
    assert ids.uscc_check_char(body) == other_uscc.calc_check_digit(body)


@pytest.mark.parametrize(("code", "problem", "words"), [
    ("9135", "uscc-length", "现为4位"), ("91350100I000100Y43", "uscc-characters", "“I”"),
    ("91350100*000100Y43", "uscc-characters", "“*”"), ("9135A100M000100Y43", "uscc-area", "第3至8位"),
    ("91350100M000100Y44", "uscc-check", "校验位")])
def test_each_mistake_in_a_credit_code_has_its_words(code, problem, words):
    found = refusal(ids.check_uscc, code)
    assert found.code == problem
    assert words in found.zh


@pytest.mark.parametrize(("code", "problem"), [
    ("1234567", "org-code-length"), ("12345678A", "org-code-characters"), ("M000100Y5", "org-code-check")])
def test_each_mistake_in_an_organisation_code_has_its_words(code, problem):
    assert refusal(ids.check_org_code, code).code == problem


def test_organisation_codes_ending_in_x_and_0():
    found = {ids.org_code_check_char(f"{n:08d}") for n in range(200)}
    assert found == set("0123456789X")


@pytest.mark.parametrize("tail", ["001.U", "002.S"])
def test_licence_identifiers(tail):
    assert ids.check_licence_id(LICENCE + tail.lower()) == LICENCE + tail


@pytest.mark.parametrize(("number", "problem"), [
    (LICENCE + "001.V", "licence-id-check"), (LICENCE + "003.U", "licence-id-check"),
    (LICENCE + "001", "licence-id-form"), ("", "licence-id-form"), ("2" + LICENCE[1:] + "001.U", "licence-id-form")])
def test_wrong_licence_identifiers(number, problem):
    assert refusal(ids.check_licence_id, number).code == problem


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=30), st.data())
def test_mod_37_36_finds_each_single_mistake_and_swap(body, data):
    """ISO 7064: the whole with its check character gives rest 1; one wrong or two swapped neighbours do not."""
    whole = body + ids.licence_check_char(body)
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(lambda c: c != body[place]))
    assert ids.licence_check_char(body[:place] + other + body[place + 1:]) != whole[-1]


@pytest.mark.parametrize("value", ["13800138000", "+86 138-0013-8000", "0086 13800138000", "86 138 0013 8000",
                                   "１３８００１３８０００"])
def test_mobile_numbers(value):
    assert ids.check_mobile(value) == "13800138000"


@pytest.mark.parametrize(("value", "code"), [
    ("1380013800", "mobile-length"), ("138001380001", "mobile-length"), ("12800138000", "mobile-range"),
    ("1380013800a", "mobile-characters"), ("", "mobile-characters"), ("+85213800138", "mobile-characters")])
def test_wrong_mobile_numbers(value, code):
    assert refusal(ids.check_mobile, value).code == code


def test_masks():
    assert [ids.mask_name(n) for n in ("", "张", "张三", "欧阳小明")] == ["", "*", "张*", "欧***"]
    assert ids.mask_id("110105194912310123") == "110105********0123"
    assert ids.mask_phone("13812348000") == "138****8000"
    assert ids.mask_bank("6222021234567890") == "************7890"
    assert [ids.mask_email(a) for a in ("zhang@example.cn", "x", "@y")] == ["z***@example.cn", "***", "***@y"]


@given(st.text("0123456789X", max_size=25))
def test_masks_keep_the_length_and_hide_at_least_half_of_short_numbers(number):
    for mask in (ids.mask_id, ids.mask_phone, ids.mask_bank):
        hidden = mask(number)
        assert len(hidden) == len(number)
        assert not number or "*" in hidden
        if len(number) <= 4:
            assert hidden.count("*") * 2 >= len(number)
