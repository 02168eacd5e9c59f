"""Replaying what was recorded, and the event log for process mining."""

import json
from datetime import UTC, datetime

import pytest
from lxml import etree

from zhengwu.kernel.flow.conformance import conformance
from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.tests.charts import END, MULTI, START, chart, flow, line, task
from zhengwu.kernel.flow.tests.test_executor import timed, token
from zhengwu.kernel.flow.xes import xes

BODY = START + task("a", "pass", "fail") + task("b") + task("c") + '<exclusiveGateway id="x" default="x.c"/>' + END
BODY += line("s", "a", "x", "c", "e") + flow("f", "x", "b", 'outcome == "pass"') + line("b", "e")


class Case:
    """Acts on a run and keeps the trace the way cases write it to the ledger."""

    def __init__(self, xml: str, **more) -> None:
        self.chart, self.more, self.trace, self.steps = parse(xml), more, [], {}
        run = Run(self.chart, None, {"outcome": ""}, more.get("who")).start()
        self.state = run.state
        self.note(run, {})

    def note(self, run: Run, act: dict) -> None:
        self.state = run.state
        record = {"flow": [[e.what, e.token or "", e.node] for e in run.events], **act}
        self.trace.append(json.loads(json.dumps(record)))

    def run(self, outcome: str = "") -> Run:
        return Run(self.chart, self.state, {"outcome": outcome, **self.more.get("variables", {})}, self.more.get("who"))

    def act(self, node: str, action: str, signer: str = "") -> "Case":
        run = self.run(action)
        step = token(run, node)
        run.complete(step, signer or None, action != "fail")
        self.note(run, {"action": action, "node": node, "token": step, "signer": signer})
        return self


def test_a_case_that_followed_the_chart_fits():
    case = Case(chart(BODY)).act("a", "pass").act("b", "done")
    assert conformance(case.chart, case.trace) == (1.0, 3, "")
    assert conformance(case.chart, []) == (1.0, 0, "")


def test_a_step_left_out_is_named():
    case = Case(chart(BODY)).act("a", "pass").act("b", "done")
    case.trace[1]["flow"][1][2] = "c"
    fitness = conformance(case.chart, case.trace)
    assert fitness.value == pytest.approx(2 / 3)
    assert fitness.first_deviation == "第 2 步在“环节a”办理“pass”，按流程图应到“环节b”，记录为“环节c”"


def test_an_act_the_chart_does_not_allow_is_named():
    case = Case(chart(BODY)).act("a", "pass")
    case.trace.append({"flow": [["done", "7", "c"]], "action": "done", "node": "c", "token": "7"})
    fitness = conformance(case.chart, case.trace)
    assert (
        fitness.value == pytest.approx(2 / 3)
        and "第 3 步" in fitness.first_deviation
        and "不允许" in fitness.first_deviation
    )


def test_another_version_does_not_explain_the_case():
    case = Case(chart(BODY)).act("a", "pass").act("b", "done")
    other = parse(chart(BODY.replace('"pass"</', '"fail"</')))
    assert conformance(other, case.trace).value < 1


def test_conditions_on_a_form_that_is_not_recorded_are_taken_as_they_went():
    xml = chart(BODY.replace('outcome == "pass"', "form.sum &gt; 5"))
    big = Case(xml, variables={"form": {"sum": 9}}).act("a", "pass").act("b", "done")
    small = Case(xml, variables={"form": {"sum": 1}}).act("a", "pass").act("c", "done")
    assert conformance(big.chart, big.trace).value == conformance(small.chart, small.trace).value == 1
    big.trace[1]["variables"] = {"form": {"sum": 1}}
    assert conformance(big.chart, big.trace).value < 1


@pytest.mark.parametrize("seq", ["true", "false"])
def test_signing_is_replayed_without_names(seq):
    inner = MULTI.format(own="m", seq=seq)
    case = Case(
        chart(START + task("m", "pass", "fail", inner=inner) + END + line("s", "m", "e")), who={"m": ["甲", "乙", "丙"]}
    )
    case.act("m", "pass", "甲").act("m", "fail", "乙").act("m", "pass", "丙")
    assert conformance(case.chart, case.trace) == (1.0, 4, "")


def test_timers_and_moves_are_replayed():
    case = Case(timed("true"))
    run = case.run()
    mine = token(run, "a")
    run.fire(mine, "t")
    case.note(run, {"node": "t", "token": mine})
    run = case.run()
    late = token(run, "late")
    run.move(late, "a", [])
    case.note(run, {"node": "late", "token": late, "target": "a", "action": "return"})
    case.trace.append({"action": "note", "node": "a"})
    assert conformance(case.chart, case.trace) == (1.0, 4, "")


def test_xes_is_streamed_and_well_formed():
    moment = datetime(2026, 3, 13, 1, 2, 3, tzinfo=UTC)
    events = [
        {"name": '审查"<&>', "transition": "complete", "time": moment, "resource": "承办人", "group": "市审批局\x01"}
    ]
    pieces = list(xes("食品经营许可", iter([("2026-1", iter(events)), ("2026-2", [])])))
    assert len(pieces) == 4
    space = "{http://www.xes-standard.org/}"
    log = etree.fromstring(b"".join(pieces))
    assert log.tag == f"{space}log" and log.get("xes.version")
    assert {e.get("prefix") for e in log.iterfind(f"{space}extension")} == {"concept", "lifecycle", "time", "org"}
    traces = log.findall(f"{space}trace")
    assert [t.find(f"{space}string").get("value") for t in traces] == ["2026-1", "2026-2"]
    values = {e.get("key"): e.get("value") for e in traces[0].find(f"{space}event")}
    assert values == {
        "concept:name": '审查"<&>', "lifecycle:transition": "complete", "org:resource": "承办人",
        "org:group": "市审批局", "time:timestamp": "2026-03-13T01:02:03.000+00:00",
    }  # fmt: skip
    prefixes = {"concept", "lifecycle", "time", "org"}
    assert all(e.get("key").split(":")[0] in prefixes for e in log.iter() if e.get("key"))


@pytest.mark.parametrize("wrong", [{"transition": "done"}, {"time": datetime(2026, 1, 1)}])
def test_xes_refuses_what_the_standard_does_not_know(wrong):
    event = {"name": "a", "transition": "complete", "time": datetime(2026, 1, 1, tzinfo=UTC)} | wrong
    with pytest.raises(ValueError, match=r"not a transition|without zone"):
        list(xes("x", [("1", [event])]))
