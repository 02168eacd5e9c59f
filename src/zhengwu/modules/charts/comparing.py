"""Two versions of a chart side by side: what came, what went, what reads otherwise."""

from collections.abc import Iterator
from typing import NamedTuple

from zhengwu.kernel.flow.api import LIMIT_UNITS, Chart, Flow, Limit, Node, own_duration, words
from zhengwu.kernel.flow.api import parse as parse_chart

KINDS = {"task": "环节", "sub": "子流程", "call": "调用流程", "xor": "排他网关", "and": "并行网关", "or": "包容网关",
         "start": "开始", "end": "结束", "terminate": "终止", "timer": "边界定时"}
ENDS = ("起点", "终点")
MULTI = {"parallel": "同时会签", "sequential": "依次会签"}


class Change(NamedTuple):
    """One element. ``what`` ∈ added, removed, changed; ``details`` as (property, before, after)."""

    id: str
    kind: str
    name: str
    what: str
    details: list[tuple[str, str, str]]

    @property
    def label(self) -> str:
        return {"added": "新增", "removed": "删除", "changed": "修改"}[self.what]


class Difference(NamedTuple):
    """All changes in the order of the newer chart, removed ones last."""

    changes: list[Change]

    def marks(self, *what: str) -> dict[str, str]:
        """Element id → what happened to it, for colouring a picture."""
        return {c.id: c.what for c in self.changes if c.what in what}

    def count(self, what: str) -> int:
        return sum(c.what == what for c in self.changes)


def compare(before: str, after: str) -> Difference:
    """The difference between two files that run. Raises ChartError for one that does not."""
    old, new = dict(_parts(parse_chart(before))), dict(_parts(parse_chart(after)))
    changes = []
    for own, (kind, name, now, ends) in new.items():
        if own not in old:
            changes.append(Change(own, kind, name, "added", [(k, "", v) for k, v in now.items() if v]))
            continue
        was = old[own][2]
        details = [(k, was.get(k, ""), now.get(k, "")) for k in {**was, **now} if was.get(k, "") != now.get(k, "")]
        if kind == "流程线":  # a line is not another one because the step at its end has another name
            details = [d for d in details if d[0] not in ENDS or old[own][3] != ends]
        if details:
            changes.append(Change(own, kind, name, "changed", details))
    for own, (kind, name, was, _) in old.items():
        if own not in new:
            changes.append(Change(own, kind, name, "removed", [(k, v, "") for k, v in was.items() if v]))
    return Difference(changes)


Part = tuple[str, tuple[str, str, dict[str, str], tuple[str, ...]]]


def _parts(chart: Chart) -> Iterator[Part]:
    known = words()
    yield chart.key, ("流程", chart.name, {"名称": chart.name, "表单字段": " ".join(sorted(chart.form_fields))}, ())
    for node in chart.nodes():
        name = node.name if node.name != node.id else ""
        yield node.id, (KINDS[node.kind], name, _node(chart, node, known), ())
    for flow in chart.flows():
        names = f"{_name(chart, flow.source)} → {_name(chart, flow.target)}"
        yield flow.id, ("流程线", flow.name or names, _flow(chart, flow), (flow.source, flow.target))


def _name(chart: Chart, node_id: str) -> str:
    node = chart.node(node_id)
    return node.name if node.name != node.id else f"{KINDS[node.kind]} {node.id}"


def _node(chart: Chart, node: Node, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """What a step is, in the words of the properties panel."""
    around = chart.processes[node.process].nodes
    timer = next((t for t in around[node.host].timers if t.node == node.id), None) if node.host else None
    return {
        "名称": node.name if node.name != node.id else "",
        "类型": KINDS[node.kind],
        "环节类别": known["kinds"].get(node.kind_of_step, node.kind_of_step),
        "办理单位": unit_words(node.unit),
        "办理岗位": known["roles"].get(node.role, node.role),
        "操作": "；".join(f"{a.label}（{a.code}{'，须写意见' if a.opinion else ''}）" for a in node.actions),
        "时限": limit_words(node.limit),
        "不计入时限": "：".join(node.suspends) if node.suspends else "",
        "表单": node.form,
        "会签": MULTI.get(node.multi or "", ""),
        "会签结束条件": node.completion.text if node.completion else "",
        "默认流向": _line_words(chart, node.default),
        "定时": _timer_words(timer.text, timer.interrupting) if timer else "",
        "所在": chart.processes[node.process].name if node.process != chart.key else "",
    }


def _flow(chart: Chart, flow: Flow) -> dict[str, str]:
    return {"名称": flow.name, "起点": _name(chart, flow.source), "终点": _name(chart, flow.target),
            "条件": flow.condition.text if flow.condition else ""}


def _line_words(chart: Chart, flow_id: str) -> str:
    flow = next((f for f in chart.flows() if f.id == flow_id), None) if flow_id else None
    return f"到{_name(chart, flow.target)}" if flow else ""


def unit_words(unit: str) -> str:
    """``branch:2`` → 本支路单位（第2个）."""
    stem, _, number = unit.partition(":")
    name = words()["units"].get(stem, unit)
    return f"{name}（第{number}个）" if number else name


def limit_words(limit: Limit | None) -> str:
    """5个工作日."""
    if limit is None:
        return ""
    unit = LIMIT_UNITS[limit.unit]
    return f"{limit.n}{'个' if unit not in ('小时',) else ''}{unit}"


def _timer_words(text: str, interrupting: bool) -> str:
    return f"{limit_words(own_duration(text)) or text}后{'转出（中断环节）' if interrupting else '另起一路（不中断）'}"
