"""The dry run (试跑) of a chart for a page: ways found by the machine, or scenarios that people wrote."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zhengwu.kernel.flow.api import Chart, parse, rehearse, walks


class Run(NamedTuple):
    """One way: ``steps`` in words, ``ends`` the end it came to, ``flows`` it took; ``failure`` why it did not work."""

    name: str
    steps: list[str]
    ends: str
    flows: list[str]
    failure: str = ""


class DryRun(NamedTuple):
    """``unwalked`` are lines in words no way takes; ``stuck`` sentences on where a case would not go on."""

    runs: list[Run]
    unwalked: list[str]
    stuck: list[str]
    complete: bool
    lines: int


def explore(xml: str) -> DryRun:
    """Every way the machine finds. Raises ChartError for a chart that does not run."""
    chart = parse(xml)
    found = walks(chart)
    runs = [Run(f"第 {n} 条路径", [words for words, _, _ in walk.steps], _end(chart, walk.flows), list(walk.flows))
            for n, walk in enumerate(found.walks, 1)]
    stuck = [f"{fault.message}{f'。例如：{fault.trail}' if fault.trail else ''}" for fault in found.faults]
    return DryRun(runs, [_line(chart, f) for f in found.unwalked], stuck, found.complete, _lines(chart))


def play(xml: str, scenarios: Sequence[Mapping[str, Any]]) -> DryRun:
    """Runs scenarios; what each walks is found by running it alone. Raises ChartError."""
    chart = parse(xml)
    all_flows = [flow.id for flow in chart.flows()]
    walked: set[str] = set()
    runs = []
    for scenario in scenarios:
        result = rehearse(xml, [scenario])
        taken = [f for f in all_flows if f not in set(result.unwalked)]
        walked |= set(taken)
        failure = result.failures[0].split("：", 1)[-1] if result.failures else ""
        runs.append(Run(scenario["name"], [_step(chart, node, action) for node, action in scenario["steps"]],
                        "" if failure else _end(chart, taken), taken, failure))
    return DryRun(runs, [_line(chart, f) for f in all_flows if f not in walked], [], True, len(all_flows))


def _lines(chart: Chart) -> int:
    return sum(1 for _ in chart.flows())


def _step(chart: Chart, node_id: str, action: str) -> str:
    node = chart.find(node_id)
    if node is None:
        return f"{node_id}：{action}"
    timer = chart.find(action.removeprefix("timer:"))
    if action.startswith("timer:") and timer is not None:
        return f"{node.name}超时（{timer.name}）"
    chosen = node.action(action)
    return f"{node.name}：{chosen.label if chosen else action}"


def _end(chart: Chart, flows: Sequence[str]) -> str:
    """Names of the ends of the main process come to."""
    targets = [chart.main.flows[f].target for f in flows if f in chart.main.flows]
    ends = [chart.node(t).name for t in targets if chart.node(t).kind in ("end", "terminate")]
    return "、".join(dict.fromkeys(ends))


def _line(chart: Chart, flow_id: str) -> str:
    flow = next(f for f in chart.flows() if f.id == flow_id)
    source, target = chart.node(flow.source), chart.node(flow.target)
    return f"{source.name} → {target.name}{f'（{flow.name}）' if flow.name else ''}"
