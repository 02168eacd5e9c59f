"""Each message of the linter, on the smallest chart that earns it."""

import pytest

from zhengwu.kernel.flow.linter import lint
from zhengwu.kernel.flow.tests.charts import END, START, chart, flow, line, task
from zhengwu.kernel.flow.vocabulary import ACTIONS, KINDS, add_words

GOOD = chart(START + task("a") + END + line("s", "a", "e"))
XOR, AND = '<exclusiveGateway id="x" name="如何"/>', '<parallelGateway id="g"/><parallelGateway id="j" name="汇合"/>'


def gate(first: str, second: str, default: str = "", attributes: str = "") -> str:
    """After step a (pass, fail) a gateway leads to b or c by these conditions."""
    body = START + task("a", "pass", "fail") + XOR.replace("/>", f' default="{default}"/>' if default else "/>")
    body += task("b") + task("c") + END + line("s", "a", "x") + line("b", "e") + line("c", "e")
    return chart(body + flow("f1", "x", "b", first) + flow("f2", "x", "c", second), attributes=attributes)


def bad_task(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


FORK_TO_XOR = (
    START + AND.replace('<parallelGateway id="j"', '<exclusiveGateway id="j"') + task("a") + task("b") + task("k")
)
XOR_TO_JOIN = START + task("q", "pass", "fail") + XOR + '<parallelGateway id="j" name="汇合"/>' + task("a") + task("b")
BOUND = "<timerEventDefinition><timeDuration>五天</timeDuration></timerEventDefinition>"
BOUND = f'<boundaryEvent id="t" attachedToRef="a">{BOUND}</boundaryEvent>'
CASES = {
    "no-unit": ("a", bad_task('zw:unit="owner"', "")),
    "no-role": ("a", bad_task('zw:role="officer"', "")),
    "unknown-unit": ("a", bad_task('"owner"', '"财政局"')),
    "unknown-role": ("a", bad_task('"officer"', '"king"')),
    "unknown-kind": ("a", bad_task('zw:kind="review"', 'zw:kind="dance"')),
    "unknown-action": ("a", bad_task('code="done"', 'code="explode"')),
    "no-action": ("a", bad_task('<zw:action code="done" label="done"/>', "")),
    "each-not-multi": ("a", bad_task('"owner"', '"each"')),
    "no-branch": ("a", bad_task('"owner"', '"branch"')),
    "unreachable": ("b", chart(START + task("a") + task("b") + END + line("s", "a", "e") + line("b", "e"))),
    "no-end-ahead": ("b", gate('outcome == "pass"', 'outcome == "fail"').replace('targetRef="e"', 'targetRef="b"', 1)),
    "no-condition": ("f2", gate('outcome == "pass"', "")),
    "no-default": ("x", gate("form.sum > 5", "form.sum < 3", attributes='zw:form-fields="sum"')),
    "no-way": ("x", gate('outcome == "pass"', 'outcome == "pass"')),
    "unknown-name": ("f1", gate("sum > 5", "", "f2")),
    "unknown-field": ("f1", gate("form.sum > 5", "", "f2", 'zw:form-fields="total name"')),
    "unknown-function": ("f1", gate("pay(form.sum)", "", "f2", 'zw:form-fields="sum"')),
    "unknown-step": ("f1", gate('steps.zz == "pass"', "", "f2")),
    "unknown-outcome": ("f1", gate('outcome == "agree"', "", "f2")),
    "condition-failed": ("f1", gate('steps.b == "done"', "", "f2")),
    "never-chosen": ("c", gate('outcome == "pass" || outcome == "fail"', "", "f2")),
    "starved": ("j", chart(XOR_TO_JOIN + END + line("s", "q", "x") + flow("f1", "x", "a", 'outcome == "pass"')
                           + flow("f2", "x", "b", 'outcome == "fail"') + line("a", "j", "e") + line("b", "j"))),
    "doubled": ("k", chart(FORK_TO_XOR + END + line("s", "g", "a", "j", "k", "e") + line("g", "b", "j"))),
    "timer-text": ("t", GOOD.replace(END, END + BOUND + flow("f", "t", "e"))),
    "limit": ("a", bad_task("</extensionElements>", '<zw:limit n="x" unit="DAY"/></extensionElements>')),
    "duplicate-id": ("a", GOOD.replace(END, END + task("a"))),
    "not-xml": ("", GOOD[:-5]),
    "unsupported": ("a", GOOD.replace("userTask", "scriptTask")),
    "no-call-target": ("c", chart(START + '<callActivity id="c" calledElement="q"/>' + END + line("s", "c", "e"))),
    "condition-syntax": ("f1", gate("outcome ==", "", "f2")),
}  # fmt: skip


def test_a_good_chart_has_no_findings():
    assert lint(GOOD) == []
    assert lint(gate('outcome == "pass"', 'outcome == "fail"')) == []
    assert lint(gate('has(steps.b) && steps.b == "done"', "", "f2", "")) != []
    assert lint(gate('outcome == "pass" && form.names.exists(n, n == "甲")', "", "f2", 'zw:form-fields="names"')) == []


@pytest.mark.parametrize("code", CASES)
def test_finding(code):
    element, xml = CASES[code]
    found = [f for f in lint(xml) if f.code == code]
    assert found, lint(xml)
    assert found[0].element == element and found[0].severity == "error"
    assert any("一" <= c <= "鿿" for c in found[0].message)


@pytest.mark.parametrize(
    ("code", "xml"),
    [
        ("no-name", bad_task('name="环节a"', "")),
        ("no-kind", bad_task('zw:kind="review"', "")),
        ("fork-at-step", GOOD.replace(END, END + '<endEvent id="e2"/>' + line("a", "e2"))),
        ("default-condition", gate('outcome == "pass"', 'outcome == "fail"', "f2")),
        ("not-called", GOOD.replace("</definitions>", '<process id="q"><startEvent id="qs"/><endEvent id="qe"/>'
                                    + line("qs", "qe") + "</process></definitions>")),
    ],
)  # fmt: skip
def test_warning(code, xml):
    assert {f.code: f.severity for f in lint(xml)} == {code: "warning"}


def test_several_findings_come_at_once():
    body = START + task("a").replace("userTask", "scriptTask") + task("b").replace("userTask", "serviceTask") + END
    assert [f.element for f in lint(chart(body + line("s", "a", "b", "e")))] == ["a", "b"]


def test_a_chart_that_can_never_end_is_found_by_trying():
    """Every arrow leads somewhere, yet no outcome leads out."""
    body = (
        START + task("a", "pass", "fail") + XOR + END + line("s", "a", "x") + flow("f1", "x", "a", 'outcome != "grant"')
    )
    found = lint(chart(body + flow("f2", "x", "e", 'outcome == "grant"') + task("b", "grant") + line("b", "e")))
    assert "unreachable" in {f.code for f in found}
    body = START + task("a", "pass", "fail") + task("b") + AND + XOR + END
    body += line("s", "g", "a", "j", "e") + line("g", "b", "x") + flow("f1", "x", "b", 'outcome != "pass"')
    found = lint(chart(body + flow("f2", "x", "j", 'outcome == "pass"')))
    assert [f.code for f in found] == ["never-ends"] and "走不到结束" in found[0].message


def test_the_way_to_the_fault_is_told():
    assert "例如：环节q：pass → 环节a：done" in next(
        f.message for f in lint(CASES["starved"][1]) if f.code == "starved"
    )


def test_businesses_may_add_words():
    add_words(kinds={"dance": "舞蹈"}, actions={"explode": "爆破"})
    try:
        assert lint(CASES["unknown-action"][1]) == [] and lint(CASES["unknown-kind"][1]) == []
    finally:
        KINDS.pop("dance")
        ACTIONS.pop("explode")


def test_a_huge_parallel_chart_is_given_up_in_time():
    steps = [f"t{n}" for n in range(40)]
    body = START + AND + "".join(map(task, steps)) + END + line("s", "g") + line("j", "e")
    assert lint(chart(body + "".join(line("g", t, "j") for t in steps))) == []
