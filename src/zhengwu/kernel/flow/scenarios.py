"""Scenarios written next to a chart: whole cases as lists of steps and actions, which together must walk
every line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from zhengwu.kernel.flow.chart import Chart
from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.flow.state import Path

DISSENT = frozenset({"fail", "deny", "disagree"})


class Rehearsal(NamedTuple):
    """``failures``: a Chinese sentence a scenario that did not go as written; ``unwalked``: ids of flows
    no scenario took."""

    failures: list[str]
    unwalked: list[str]


class _Traced(Run):
    """Notes the flows it takes."""

    walked: set[str]

    def enqueue(self, node: str, path: Path, scope: str, via: str = "") -> None:
        self.walked.add(via)
        super().enqueue(node, path, scope, via)


def rehearse(xml: str, scenarios: Iterable[Mapping[str, Any]]) -> Rehearsal:
    """Run each scenario ``{"name", "steps": [[node, action], …]}`` from the start to the end.
    ``"signers"`` gives the signers of multi-instance steps (``{node: [names]}``, default two), each
    answering with one entry of ``steps``; ``"form"`` and ``"matter"`` what conditions see. An action
    ``timer:<id>`` lets that timer go off instead."""
    chart = parse(xml)
    walked: set[str] = set()
    failures = []
    for scenario in scenarios:
        wrong = _play(chart, scenario, walked)
        if wrong:
            failures.append(f"情景“{scenario['name']}”：{wrong}")
    return Rehearsal(failures, [flow.id for flow in chart.flows() if flow.id not in walked])


def _play(chart: Chart, scenario: Mapping[str, Any], walked: set[str]) -> str:
    who = {task.id: ["甲", "乙"] for task in chart.tasks() if task.multi} | dict(scenario.get("signers", {}))
    variables: dict[str, Any] = {
        "outcome": "",
        "steps": {},
        "form": scenario.get("form", {}),
        "matter": scenario.get("matter", {}),
    }
    run = _Traced(chart, None, variables, who)
    run.walked = walked
    try:
        run.start()
        for number, (node, action) in enumerate(scenario["steps"], 1):
            wrong = _act(run, variables, node, action)
            if wrong:
                return f"第 {number} 步{wrong}"
    except FlowError as error:
        return error.zh
    return "" if run.finished else f"走完后仍停在{_open(run)}"


def _act(run: _Traced, variables: dict[str, Any], node: str, action: str) -> str:
    token = next((i for i, open_ in run.steps() if open_.id == node), None)
    if token is None:
        return f"“{node}”没有打开，当前是{_open(run)}"
    step = run.chart.node(node)
    if action.startswith("timer:"):
        run.fire(token, action.removeprefix("timer:"))
        return ""
    if step.action(action) is None:
        return f"“{step.name}”没有操作“{action}”"
    variables["outcome"] = action
    variables["steps"] = {**variables["steps"], node: action}
    asked: Sequence[str] = run.tokens[token].get("mi", {}).get("o", [])
    run.complete(token, asked[0] if asked else None, action not in DISSENT)
    return ""


def _open(run: Run) -> str:
    return "、".join(f"“{node.name}”" for _, node in run.steps()) or "结束"
