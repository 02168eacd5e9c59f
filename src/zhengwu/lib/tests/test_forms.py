"""Forms: exact data or Chinese errors at the field, nothing in between, nothing lost."""

import json

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengwu.lib import forms
from zhengwu.lib.problem import Invalid

SCHEMA = {
    "type": "object",
    "required": ["name", "kind", "licence", "agreed", "workers"],
    "properties": {
        "name": {"type": "string", "title": "名称", "maxLength": 20, "x-order": 1, "x-section": "基本信息"},
        "kind": {"type": "string", "title": "类型", "enum": ["个体", "公司"], "x-order": 2},
        "licence": {"type": "string", "title": "信用代码", "format": "uscc", "x-show-when": {"kind": "公司"}},
        "owner_id": {"type": "string", "title": "身份证号", "format": "citizen-id"},
        "phone": {"type": "string", "title": "电话", "format": "phone"},
        "opening": {"type": "string", "title": "开业日期", "format": "date"},
        "area": {"type": "number", "title": "面积", "minimum": 0.1, "multipleOf": 0.01},
        "count": {"type": "integer", "title": "人数", "minimum": 1, "maximum": 500},
        "services": {"type": "array", "title": "项目", "items": {"enum": ["热食", "冷食"]}, "uniqueItems": True},
        "agreed": {"type": "boolean", "title": "承诺属实", "const": True},
        "post": {"type": "string", "title": "邮编", "pattern": "^[0-9]{6}$", "x-message": "邮编是6位数字"},
        "workers": {"type": "array", "title": "从业人员", "minItems": 1, "maxItems": 3, "items": {
            "type": "object", "required": ["name", "card"], "properties": {
                "name": {"type": "string", "title": "姓名", "maxLength": 60},
                "has_card": {"type": "boolean", "title": "有健康证"},
                "card": {"type": "string", "title": "健康证号", "x-show-when": {"has_card": True}}}}},
    },
}
GOOD = {"name": "𠮷田食品", "kind": "个体", "agreed": True, "workers": [{"name": "㐂某"}]}


def _wrong(**changes):
    return forms.clean(SCHEMA, GOOD | changes)[1]


def test_good_data_pass_unchanged():
    assert forms.clean(SCHEMA, GOOD) == (GOOD, {})


def test_a_page_gives_the_same_as_the_api():
    page = QueryDict(mutable=True)
    page.update({"csrfmiddlewaretoken": "x", "name": " 𠮷田食品 ", "kind": "个体", "agreed": "on", "count": "１２",
                 "area": "1,200.50", "workers.0.name": "㐂某", "workers.1.name": "", "opening": "2026-3-9"})
    page.setlist("services", ["热食", "冷食"])
    data, errors = forms.clean(SCHEMA, page)
    assert errors == {}
    assert data == GOOD | {"count": 12, "area": "1200.50", "services": ["热食", "冷食"], "opening": "2026-03-09"}
    json.dumps(data)


@pytest.mark.parametrize(("changes", "field", "words"), [
    ({"name": ""}, "name", "请填写“名称”"),
    ({"name": "长" * 21}, "name", "最多20个字，现有21个字"),
    ({"name": 5}, "name", "文字"),
    ({"name": "a\x00b"}, "name", "控制字符"),
    ({"kind": "协会"}, "kind", "选项"),
    ({"kind": "公司"}, "licence", "请填写“信用代码”"),
    ({"kind": "公司", "licence": "91410522MA4XXXXX1Y"}, "licence", ""),
    ({"owner_id": "410522199002301234"}, "owner_id", "日期"),
    ({"phone": "12345"}, "phone", "11位"),
    ({"opening": "2026-02-30"}, "opening", "不存在"),
    ({"opening": "昨天"}, "opening", "2026-03-13"),
    ({"area": 12.5}, "area", "文字形式"),
    ({"area": "0"}, "area", "不能小于0.1"),
    ({"area": "0.105"}, "area", "整数倍"),
    ({"area": "NaN"}, "area", "数字"),
    ({"area": "1e9"}, "area", "数字"),
    ({"count": "3.0"}, "count", "整数"),
    ({"count": True}, "count", "数字"),
    ({"count": 501}, "count", "不能大于500"),
    ({"services": ["热食", "热食"]}, "services", "重复"),
    ({"services": ["酒"]}, "services.0", "选项"),
    ({"agreed": False}, "agreed", "请勾选"),
    ({"agreed": "也许"}, "agreed", "是或否"),
    ({"post": "12345"}, "post", "邮编是6位数字"),
    ({"workers": []}, "workers", "至少填写一行"),
    ({"workers": [{"name": "甲"}] * 4}, "workers", "最多填写3行"),
    ({"workers": [{"name": ""}]}, "workers.0.name", "请填写“姓名”"),
    ({"workers": [{"name": "甲", "has_card": True}]}, "workers.0.card", "请填写“健康证号”"),
    ({"workers": [{"name": "甲", "boss": "乙"}]}, "workers.0.boss", "没有这一项"),
    ({"workers": ["甲"]}, "workers.0", "不正确"),
    ({"secret": "x"}, "secret", "没有这一项"),
])
def test_what_is_wrong_is_said_at_its_field(changes, field, words):
    errors = _wrong(**changes)
    assert list(errors) == [field]
    assert words in errors[field]


def test_what_is_hidden_is_neither_asked_for_nor_kept():
    data, errors = forms.clean(SCHEMA, GOOD | {"licence": "anything at all"})
    assert errors == {} and "licence" not in data


def test_amounts_are_compared_exactly():
    schema = {"type": "object", "properties": {"fee": {"type": "number", "maximum": 0.3, "multipleOf": 0.1}}}
    assert forms.clean(schema, {"fee": "0.3"}) == ({"fee": "0.3"}, {})
    assert forms.clean(schema, {"fee": "0.30000000000000001"})[1]


def test_fields_keep_what_was_typed_and_show_the_error():
    typed = QueryDict("name=&opening=2026-02-30&workers.0.name=甲&workers.0.has_card=on")
    _, errors = forms.clean(SCHEMA, typed)
    drawn = {f.name: f for f in forms.fields(SCHEMA, typed, errors)}
    assert list(drawn)[:2] == ["name", "kind"]
    assert drawn["opening"].value == "2026-02-30" and "不存在" in drawn["opening"].error
    assert drawn["name"].error == "请填写“名称”" and drawn["name"].section == "基本信息"
    assert drawn["kind"].widget == "radio" and drawn["kind"].options == [("个体", "个体"), ("公司", "公司")]
    assert drawn["licence"].show_when == ("kind", "公司")
    row = {f.name: f for f in drawn["workers"].rows[0]}
    assert row["workers.0.name"].value == "甲" and row["workers.0.has_card"].value is True
    assert row["workers.0.card"].error == "请填写“健康证号”"
    assert drawn["workers"].columns[0].name == "workers.#.name"


def test_a_schema_that_cannot_be_drawn_is_named():
    assert forms.check_schema(SCHEMA) == []
    broken = {"type": "object", "required": ["b"], "properties": {
        "a": {"type": "null"}, "c": {"type": "string", "x-show-when": {"z": 1}}, "d.e": {"type": "string"}}}
    assert len(forms.check_schema(broken)) == 4
    assert forms.check_schema({"type": "nonsense"})


def test_services_get_every_error_at_once():
    with pytest.raises(Invalid) as caught:
        forms.data_or_raise(SCHEMA, {"name": "", "opening": "x"})
    assert {"name", "opening", "kind", "agreed", "workers"} <= set(caught.value.errors)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "other"]), ANYTHING))
def test_whatever_comes_gives_clean_data_or_errors(submitted):
    data, errors = forms.clean(SCHEMA, submitted)
    forms.fields(SCHEMA, submitted, errors)
    if not errors:
        assert forms.clean(SCHEMA, data) == (data, {})
        json.dumps(data, allow_nan=False)
    assert all(isinstance(message, str) and message for message in errors.values())
