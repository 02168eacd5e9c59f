"""What is refused, and in which words; hostile files; the extensions; the cache."""

# ruff: noqa: E501 - the refusals are a table, one a line
import time

import pytest

from zhengwu.kernel.flow import parser
from zhengwu.kernel.flow.chart import Action, Limit, Suspends, Timer
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.problems import ChartError, FlowError
from zhengwu.kernel.flow.tests.charts import END, OPEN, START, chart, flow, line, task

PLAIN = START + task("a") + END + line("s", "a", "e")


def wrong(xml: str | bytes) -> ChartError:
    with pytest.raises(ChartError) as caught:
        parse(xml)
    return caught.value


def other(tag: str, inner: str = "") -> str:
    """A chart in which the task is of another kind."""
    return chart(START + f'<{tag} id="a" name="甲">{inner}</{tag}>' + END + line("s", "a", "e"))


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("scriptTask", "脚本任务"), ("serviceTask", "服务任务"), ("sendTask", "发送任务"), ("receiveTask", "接收任务"),
        ("businessRuleTask", "业务规则任务"), ("transaction", "事务子流程"), ("adHocSubProcess", "即兴子流程"),
        ("intermediateCatchEvent", "中间捕获事件"), ("intermediateThrowEvent", "中间抛出事件"),
        ("eventBasedGateway", "事件网关"), ("complexGateway", "复杂网关"),
    ],
)  # fmt: skip
def test_elements_that_would_execute_or_listen_are_refused(tag, words):
    error = wrong(other(tag))
    assert error.code == "flow-unsupported" and error.element == "a"
    assert "甲" in error.zh and words in error.zh


@pytest.mark.parametrize(
    ("xml", "code", "element"),
    [
        (chart(PLAIN.replace('<startEvent id="s" name="开始"/>', '<startEvent id="s"><messageEventDefinition/></startEvent>')), "unsupported", "s"),
        (chart(PLAIN.replace('<endEvent id="e" name="结束"/>', '<endEvent id="e"><errorEventDefinition/></endEvent>')), "unsupported", "e"),
        (chart(START + task("a", inner="<standardLoopCharacteristics/>") + END + line("s", "a", "e")), "unsupported", "a"),
        (chart(START + '<subProcess id="a" triggeredByEvent="true">' + PLAIN.replace('"', '"i', 0) + "</subProcess>"), "duplicate-id", "s"),
        (chart(PLAIN + '<startEvent id="s2"/>' + flow("f", "s2", "a")), "two-starts", "s2"),
        (chart(task("a") + END + line("a", "e")), "no-start", "p"),
        (chart(START + task("a") + task("b") + line("s", "a", "b", "a")), "no-end", "p"),
        (chart(START + task("a") + task("b") + END + line("s", "a", "e")), "no-way-on", "b"),
        (chart(PLAIN + flow("f", "a", "nowhere")), "dangling", "f"),
        (chart(PLAIN + task("b") + flow("f", "e", "b") + flow("g", "b", "e")), "after-end", "e"),
        (chart(PLAIN + flow("f", "a", "s")), "before-start", "s"),
        (chart(START + task("a") + END + line("s", "a") + flow("f", "a", "e", "true")), "condition-place", "f"),
        (chart(START + '<exclusiveGateway id="x" default="s.x"/>' + END + line("s", "x", "e")), "default", "x"),
        (chart(START + '<exclusiveGateway id="x"/>' + END + line("s", "x") + flow("f", "x", "e", "outcome =")), "condition-syntax", "f"),
        (chart(START + '<exclusiveGateway id="x"/>' + END + line("s", "x") + flow("f", "x", "e", "true && " * 200 + "true")), "condition-too-long", "f"),
        (chart(START + '<exclusiveGateway id="x"/>' + END + line("s", "x") + flow("f", "x", "e", "(" * 50 + "true" + ")" * 50)), "condition-too-long", "f"),
        (chart(START + '<callActivity id="c" calledElement="q"/>' + END + line("s", "c", "e")), "no-call-target", "c"),
        (chart(START + '<callActivity id="c" calledElement="p"/>' + END + line("s", "c", "e")), "calls-itself", "c"),
        (chart(PLAIN + '<boundaryEvent id="t" attachedToRef="x"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>' + flow("f", "t", "e")), "timer", "t"),
        (chart(PLAIN + '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition/></boundaryEvent>' + flow("f", "t", "e")), "timer", "t"),
        (chart(PLAIN + '<boundaryEvent id="t" attachedToRef="a"><signalEventDefinition/></boundaryEvent>' + flow("f", "t", "e")), "timer", "t"),
        (chart(START + '<subProcess id="u"><multiInstanceLoopCharacteristics/><startEvent id="is"/><endEvent id="ie"/>' + line("is", "ie") + "</subProcess>" + END + line("s", "u", "e")), "multi-host", "u"),
        (chart(START + task("a", extra='<zw:limit n="0" unit="WORKING_DAY"/>') + END + line("s", "a", "e")), "limit", "a"),
        (chart(START + task("a", extra='<zw:limit n="5" unit="工作日"/>') + END + line("s", "a", "e")), "limit", "a"),
        (chart(START + task("a", extra='<zw:suspends reason="听证"/>') + END + line("s", "a", "e")), "suspends", "a"),
        (chart(START + task("a", extra='<zw:action code="x"/>') + END + line("s", "a", "e")), "action", "a"),
        (chart(START + task("a", "x", "x") + END + line("s", "a", "e")), "action", "a"),
        (chart(START + task("a", extra='<zw:run code="x"/>') + END + line("s", "a", "e")), "extension", "a"),
        (chart(PLAIN.replace('id="a" name', 'id="" name')), "no-id", "p"),
        (f"{OPEN}</definitions>", "no-process", ""),
        (f'{OPEN}<globalScriptTask id="k"/></definitions>', "unsupported", "k"),
        (chart(PLAIN, more='<collaboration id="c"><messageFlow id="m"/></collaboration>'), "unsupported", "m"),
        ("<html/>", "not-bpmn", ""),
        ("流程", "not-xml", ""),
        (chart(PLAIN)[:-20], "not-xml", ""),
        ("", "not-xml", ""),
        (b"\xff\xfe", "not-xml", ""),
        (" " * (parser.MAX_BYTES + 1), "too-large", ""),
    ],
)  # fmt: skip
def test_refusals_name_the_element(xml, code, element):
    error = wrong(xml)
    assert (error.code, error.element) == (f"flow-{code}", element)
    assert any("一" <= c <= "鿿" for c in error.zh)


def test_entities_are_neither_expanded_nor_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("机密")
    head = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
    error = wrong(head + chart("<documentation>&x;</documentation>" + PLAIN))
    assert error.code == "flow-doctype" and "机密" not in str(error.extra)
    assert "机密" not in str(wrong(head + chart(PLAIN.replace("环节a", "&x;"))).extra)


def test_a_billion_laughs_do_not_take_long():
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    begin = time.perf_counter()
    wrong(f'<!DOCTYPE d [<!ENTITY l0 "ha">{levels}]>' + chart(PLAIN.replace("环节a", "&l11;")))
    assert time.perf_counter() - begin < 1


def test_extensions_of_a_step():
    words = '<zw:action code="deny" label="不予许可" opinion="required" danger="true"/><zw:limit n="3" unit="MONTH"/>'
    words += '<zw:suspends reason="听证" basis="第四十五条"/><zw:form key="review"/>'
    bound = '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration> P5D </timeDuration></timerEventDefinition></boundaryEvent>'
    node = parse(
        chart(START + task("a", "grant", extra=words) + bound + END + line("s", "a", "e") + flow("f", "t", "e"))
    ).node("a")
    assert node.actions == (Action("grant", "grant"), Action("deny", "不予许可", opinion=True, danger=True))
    assert node.limit == Limit(3, "MONTH") and node.suspends == Suspends("听证", "第四十五条") and node.form == "review"
    assert (node.kind_of_step, node.unit, node.role) == ("review", "owner", "officer")
    assert node.timers == (Timer("t", "P5D", True),)


def test_the_main_process_is_the_one_nobody_calls():
    called = "<process id='q'>" + '<startEvent id="qs"/><endEvent id="qe"/>' + line("qs", "qe") + "</process>"
    body = START + '<callActivity id="c" calledElement="q"/>' + END + line("s", "c", "e")
    xml = chart(body).replace('<process id="p"', called + '<process id="p"')
    assert parse(xml).key == "p"


def test_the_cache_gives_the_same_chart_and_stays_small(monkeypatch):
    assert parse(chart(PLAIN)) is parse(chart(PLAIN).encode())
    monkeypatch.setattr(parser, "_KEPT", 3)
    for n in range(6):
        parse(chart(PLAIN, key=f"p{n}"))
    assert len(parser._charts) == 3


def test_nodes_are_found_by_id_and_process():
    found = parse(chart(PLAIN))
    assert found.node("a", "p").name == "环节a" and [t.id for t in found.tasks()] == ["a"]
    with pytest.raises(FlowError, match="没有编号为“b”"):
        found.node("b")
    with pytest.raises(FlowError):
        found.node("a", "q")


def test_reachability_of_two_hundred_steps_is_quick():
    names = [f"t{n}" for n in range(200)]
    xml = chart(START + "".join(task(n) for n in names) + END + line("s", *names, "e"))
    begin = time.perf_counter()
    found = parse(xml)
    assert time.perf_counter() - begin < 0.5
    assert found.main.reaches("s", "t199") and not found.main.reaches("t9", "t9")
