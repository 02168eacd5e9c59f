"""Rehearsing scenarios: they must go as written to the end and walk every line."""

from zhengwu.kernel.flow.scenarios import rehearse
from zhengwu.kernel.flow.tests.charts import END, MULTI, START, chart, flow, line, task
from zhengwu.kernel.flow.tests.test_executor import timed

XML = chart(
    START + task("a", "pass", "fail") + '<exclusiveGateway id="x" default="x.e"/>' + END + line("s", "a", "x", "e")
    + flow("back", "x", "a", 'outcome == "fail"')
)  # fmt: skip


def one(*steps: list[str], xml: str = XML, **more):
    return rehearse(xml, [{"name": "甲", "steps": list(steps), **more}])


def test_lines_nobody_walked_are_told():
    assert one(["a", "pass"]) == ([], ["back"])
    assert one(["a", "fail"], ["a", "pass"]) == ([], [])


def test_failures_say_where():
    assert one(["b", "pass"]).failures == ["情景“甲”：第 1 步“b”没有打开，当前是“环节a”"]
    assert one(["a", "grant"]).failures == ["情景“甲”：第 1 步“环节a”没有操作“grant”"]
    assert one(["a", "fail"]).failures == ["情景“甲”：走完后仍停在“环节a”"]


def test_signers_and_timers():
    signed = chart(START + task("m", inner=MULTI.format(own="m", seq="false")) + END + line("s", "m", "e"))
    assert one(*[["m", "done"]] * 3, xml=signed, signers={"m": ["甲", "乙", "丙"]}) == ([], [])
    assert one(["a", "timer:t"], ["late", "done"], xml=timed("true")) == ([], ["a.e"])
