"""The one byte form: what it looks like, what it refuses, what reading it back gives."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengwu.lib import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PLAIN = st.recursive(st.none() | st.booleans() | st.integers() | st.integers(-10**60, 10**60) | TEXT,
                     lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
                     max_leaves=20)


class Colour(StrEnum):
    RED = "红"


def test_how_it_looks():
    value = {"乙": [1, True, None, "a\"\\/\n\x1f\x7f\u2028😀"], "b": {}, "a": -0, "Z": 10**30, "\uffee": 1, "𠮷": 2}
    assert canonical.dumps(value) == (
        '{"Z":1000000000000000000000000000000,"a":0,"b":{},"乙":[1,true,null,"a\\"\\\\/\\n\\u001f\x7f\u2028😀"],'
        '"\uffee":1,"𠮷":2}').encode()


@given(PLAIN)
def test_reading_back_gives_the_same_value_and_the_same_bytes(value):
    raw = canonical.dumps(value)
    assert json.loads(raw) == value
    assert canonical.dumps(canonical.loads(raw)) == raw
    assert canonical.recode(json.dumps(value, indent=1)).encode() == raw


@given(st.dictionaries(TEXT, PLAIN, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(value, random):
    keys = list(value)
    random.shuffle(keys)
    assert canonical.dumps({key: value[key] for key in keys}) == canonical.dumps(value)


def test_tuples_and_choices_are_written_as_what_they_say():
    assert canonical.dumps({"x": (1, Colour.RED), Colour.RED: 1}) == '{"x":[1,"红"],"红":1}'.encode()


@pytest.mark.parametrize("value", [1.0, float("nan"), Decimal(1), b"x", {1: 2}, {None: 1}, {1, 2}, object(),
                                   datetime(2026, 1, 1, tzinfo=UTC)])
def test_what_no_json_without_floats_holds_is_a_type_error(value):
    for wrapped in (value, [value], {"a": {"b": [value]}}):
        with pytest.raises(TypeError, match="canonical"):
            canonical.dumps(wrapped)


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "\udc00x", 10**4000, -(10**4000), {"\0": 1}, {"\ud83d": 1}])
def test_what_the_database_would_not_give_back_is_a_value_error(value):
    for wrapped in (value, [value], {"a": value}):
        with pytest.raises(ValueError, match="canonical"):
            canonical.dumps(wrapped)


def test_endless_nesting_is_refused_both_ways():
    deep: list = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        canonical.dumps(deep)
    with pytest.raises(ValueError, match="nested"):
        canonical.loads("[" * 100_000)


@pytest.mark.parametrize("text", ["1.5", '{"a":1e2}', "NaN", "[Infinity]", '{"a":1,"a":2}', "", "{", "x", b"\xff"])
def test_reading_refuses(text):
    with pytest.raises(ValueError):
        canonical.loads(text)


def test_recoding_refuses_fractions():
    with pytest.raises(ValueError, match="whole"):
        canonical.recode('{"a": 1.0}')


@given(st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)), st.integers(-840, 840))
def test_a_moment_has_one_form_whatever_its_zone(naive, minutes):
    at = naive.replace(tzinfo=UTC)
    written = canonical.moment(at)
    assert len(written) == 27
    assert datetime.fromisoformat(written) == at
    assert canonical.moment(at.astimezone(timezone(timedelta(minutes=minutes)))) == written


def test_a_moment_needs_a_zone():
    assert canonical.moment(datetime(2026, 2, 9, 1, 2, 3, 4, tzinfo=UTC)) == "2026-02-09T01:02:03.000004Z"
    with pytest.raises(ValueError, match="zone"):
        canonical.moment(datetime(2026, 2, 9))
