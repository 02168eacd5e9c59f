"""Components with nothing, with much, and with input that wants to break out of the page."""

from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from zhengwu.lib.problem import Problem
from zhengwu.ui.registry import slots

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=1>"


def draw(source: str, path: str = "/list/", **context) -> str:
    request = RequestFactory().get(path)
    return Template(source).render(RequestContext(request, context))


HOSTILE = {
    "page_header": "{% page_header evil evil actions %}",
    "page_head": "{% page_head evil evil evil %}x{% endpage_head %}",
    "breadcrumb": "{% breadcrumb evil evil evil %}",
    "panel": "{% panel evil evil id=evil %}x{% endpanel %}",
    "fold": "{% fold evil %}x{% endfold %}",
    "tabs": "{% tabs things evil %}",
    "alert": "{% alert evil evil %}",
    "empty": "{% empty evil evil evil evil %}",
    "dialog": "{% dialog evil evil %}x{% enddialog %}",
    "facts": "{% facts pairs %}",
    "table": "{% table evil evil evil evil %}{% endtable %}",
    "stat": "{% stat evil evil evil evil %}",
    "light": "{% light evil evil %}",
    "stepbar": "{% stepbar labels evil %}",
    "clock_strip": "{% clock_strip clock evil evil %}",
    "chart": "{% chart evil evil evil labels labels %}",
    "material_list": "{% material_list things %}",
    "timeline": "{% timeline things %}",
    "receipt": "{% receipt thing %}",
    "party": "{% party evil evil evil %}",
    "tag": "{% tag evil evil %}",
    "comments": "{% comments things %}",
    "input_field": "{% input_field evil evil 'text' evil evil help=evil %}"
    "{% input_field evil evil 'select' evil choices=pairs %}"
    "{% input_field evil evil 'textarea' evil %}{% input_field evil evil 'radio' evil choices=pairs %}",
    "upload": "{% upload evil evil evil evil error=evil %}",
    "rating": "{% rating evil evil error=evil %}",
    "form_errors": "{% form_errors errors %}",
    "filters": "{% filters groups evil %}",
}


FIELDS = (
    "label",
    "url",
    "name",
    "note",
    "reason",
    "title",
    "who",
    "unit",
    "text",
    "action",
    "proof",
    "number",
    "code",
    "form",
    "template_url",
)


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_text_never_becomes_markup(source: str) -> None:
    thing = dict.fromkeys(FIELDS, EVIL)
    html = draw(
        source,
        path=f"/list/?q={EVIL}&light={EVIL}",
        evil=EVIL,
        labels=[EVIL],
        things=[thing],
        thing=thing,
        actions=[thing],
        pairs=[(EVIL, EVIL)],
        errors={EVIL: EVIL},
        groups=[{"name": "light", "label": EVIL, "options": [(EVIL, EVIL)]}],
        clock={
            "days": [{"date": "2026-02-09", "counted": False, "reason": EVIL, "kind": "holiday"}],
            "basis": EVIL,
            "summary": EVIL,
            "note": EVIL,
        },
    )
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% material_list nothing %}", "不需要提交材料"),
        ("{% timeline nothing %}", "还没有记录"),
        ("{% comments nothing %}", "还没有意见"),
        ("{% clock_strip nothing %}", "还没有开始计时"),
        ("{% chart '' '流程' %}", "流程图暂时画不出来"),
        ("{% table 'a,b' '表' empty='没有办件' %}{% endtable %}", "没有办件"),
        ("{% stat None '满意率' %}", "—"),
        ("{% facts pairs %}", "—"),
    ],
)
def test_nothing_is_said_in_words(source: str, words: str) -> None:
    assert words in draw(source, nothing=[], pairs=[("电话", None)])


def test_empty_works_beside_the_for_loops_own_keyword() -> None:
    source = "{% for x in xs %}{{ x }}{% empty %}{% empty_state '还没有办件' %}{% endfor %}"
    assert "还没有办件" in draw(source, xs=[])
    assert "还没有办件" not in draw(source, xs=["甲"])


def test_lights_have_shape_and_word() -> None:
    html = draw('{% light "green" %}{% light "yellow" %}{% light "red" %}{% light "nonsense" %}')
    assert all(part in html for part in ("●", "正常", "▲", "预警", "■", "超期", "○"))
    assert "nonsense" not in html


def test_stepbar_marks_where_one_stands() -> None:
    html = draw("{% stepbar steps '受理' %}", steps=["申请", "受理", "决定"])
    assert html.count('aria-current="step"') == 1
    assert "现在第2步" in html
    assert draw("{% stepbar steps 3 %}", steps=["申请", "受理", "决定"]).count("zw-step--done") == 3


def test_chart_takes_only_our_own_drawing() -> None:
    assert "<svg" in draw("{% chart svg '图' %}", svg=mark_safe("<svg></svg>"))
    assert "<svg></svg>" not in draw("{% chart svg '图' %}", svg="<svg></svg>")


def test_filters_keep_the_others_and_begin_anew() -> None:
    groups = [
        {"name": "light", "label": "亮灯", "options": [("red", "超期", 3)]},
        {"name": "kind", "label": "类型", "options": [("spot", "即办")]},
    ]
    html = draw("{% filters groups '编号' %}", path="/list/?light=red&q=王&page=4", groups=groups)
    assert html.count('aria-current="true"') == 2
    assert "?light=red&amp;q=%E7%8E%8B&amp;kind=spot" in html
    assert "page=4" not in html
    assert '<input type="hidden" name="light" value="red">' in html


def test_pager_of_pages_and_of_cursors() -> None:
    page = Paginator(range(95), 20).page(2)
    html = draw("{% pager page %}", path="/list/?light=red", page=page)
    assert "共95条，第2/5页" in html
    assert "?light=red&amp;page=1" in html and "?light=red&amp;page=3" in html
    html = draw("{% pager page 30000 %}", page=SimpleNamespace(next="abc", previous=""))
    assert "共30,000条" in html and "?cursor=abc" in html and "上一页" not in html


class SomeForm(forms.Form):
    phone = forms.CharField(label="手机号码", help_text="11位", error_messages={"required": "请填写手机号码"})
    kind = forms.ChoiceField(
        label="类型", choices=[("a", "新办")], widget=forms.RadioSelect, error_messages={"required": "请选择类型"}
    )
    note = forms.CharField(label="备注", required=False)
    agree = forms.BooleanField(label="已阅读", required=False)


def test_errors_stand_at_the_field_and_on_top() -> None:
    html = draw("{% form_errors form %}{% form_fields form %}", form=SomeForm({}))
    assert "有2处需要更正" in html
    assert 'href="#id_phone"' in html and 'id="id_phone"' in html
    assert 'href="#id_kind"' in html and 'id="id_kind"' in html
    assert 'id="id_phone_error"' in html and 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert html.count("选填") == 1


def test_a_fresh_form_shows_no_errors() -> None:
    html = draw("{% form_errors form %}{% form_fields form %}", form=SomeForm())
    assert "需要更正" not in html and "zw-field--wrong" not in html


def test_form_errors_of_a_problem_names_its_field() -> None:
    html = draw("{% form_errors problem %}", problem=Problem("bad", "查询码应为6位数字", field="code"))
    assert 'href="#id_code"' in html and "查询码应为6位数字" in html
    assert draw("{% form_errors problem %}", problem=None).strip() == ""


def test_input_field_keeps_what_was_typed_but_no_password() -> None:
    assert 'value="13800008000"' in draw("{% input_field 'tel' '电话' 'tel' '13800008000' %}")
    assert "secret" not in draw("{% input_field 'p' '密码' 'password' 'secret' %}")
    html = draw("{% input_field 'p' '地点' 'select' 'b' choices=pairs %}", pairs=[("a", "甲"), ("b", "乙")])
    assert '<option value="b" selected>' in html and '<option value="a">' in html


def test_rating_has_five_levels_and_remembers() -> None:
    html = draw("{% rating 'score' '满意吗？' 2 %}")
    assert html.count('type="radio"') == 5
    assert 'value="2" required checked' in html


def test_slots_escape_text_and_keep_html_in_order() -> None:
    def second(request, subject):
        return f"<b>{subject}</b>"

    def first(request, subject):
        return mark_safe("<hr>")

    slots.add("test.slot", second, order=2)
    slots.add("test.slot", first, order=1)
    slots.add("test.slot", first, order=1)
    assert draw('{% slot "test.slot" "办件" %}') == "<hr>&lt;b&gt;办件&lt;/b&gt;"
    assert Template('{% slot "no.such" %}').render(Context()) == ""
