"""Reads a chart the way a careful colleague would before it is published, and says what is wrong in
everyday words."""

import re
from collections.abc import Iterator

from zhengwu.kernel.flow import vocabulary
from zhengwu.kernel.flow.chart import (
    CALL,
    END,
    HOSTS,
    OR,
    START,
    STEPS,
    TASK,
    TERMINATE,
    XOR,
    Chart,
    Node,
    Process,
)
from zhengwu.kernel.flow.conditions import COUNTS, KNOWN, MATTER, Condition
from zhengwu.kernel.flow.explore import explore
from zhengwu.kernel.flow.extensions import duration_ok
from zhengwu.kernel.flow.parser import parse_all
from zhengwu.kernel.flow.problems import Finding

FUNCTIONS = frozenset(
    [
        "size",
        "has",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "int",
        "uint",
        "double",
        "string",
        "bool",
        "timestamp",
        "duration",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getHours",
    ]
)
_MACRO = re.compile(r"\.\s*(?:exists_one|exists|all|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_OUTCOME = re.compile(r"""\boutcome\s*[!=]=\s*["'](\w*)["']""")
_STEP_OUTCOME = re.compile(r"""\bsteps\.(\w+)\s*[!=]=\s*["'](\w*)["']""")


def lint(xml: str | bytes) -> list[Finding]:
    """Everything that stands against publishing this file (severity ``error``) or is at least odd
    (``warning``).

    In order of importance; empty when all is well. Never raises for what is in the file.
    """
    chart, errors = parse_all(xml)
    if chart is None:
        return _unique(Finding(e.element, e.code.removeprefix("flow-"), e.zh) for e in errors)
    found = [f for process in chart.processes.values() for f in _shape(chart, process)]
    found += [f for node in chart.nodes() if node.kind in STEPS for f in _words(chart, node)]
    found += [f for node in chart.nodes() for timer in node.timers for f in _timer(chart, timer.node, timer.text)]
    found += _conditions(chart)
    if not any(f.severity == "error" for f in found):
        found += _dry_run(chart)
    return sorted(_unique(found), key=lambda f: f.severity)


def _unique(findings: Iterator[Finding] | list[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))


def _shape(chart: Chart, process: Process) -> Iterator[Finding]:
    """Reachable from the start, able to come to an end, gateways that say where to go."""
    ends = [n.id for n in process.nodes.values() if n.kind in (END, TERMINATE)]
    for node in process.nodes.values():
        if node.kind == START and node.name == node.id:
            continue
        if node.id != process.start and not process.reaches(process.start, node.id):
            yield Finding(node.id, "unreachable", f"“{node.name}”从开始走不到")
        elif node.id not in ends and not any(process.reaches(node.id, end) for end in ends):
            yield Finding(node.id, "no-end-ahead", f"“{node.name}”之后走不到任何结束")
        if node.kind in (XOR, OR) and len(node.out) > 1:
            yield from _gateway(process, node)
        if node.kind in STEPS and len(node.out) > 1:
            yield Finding(
                node.id,
                "fork-at-step",
                f"“{node.name}”之后有几条流程线，会同时走；若是二选一请用网关",
                "warning",
            )
    called = {n.calls for n in chart.nodes() if n.kind == CALL}
    if not process.parent and process.key != chart.key and process.key not in called:
        yield Finding(process.key, "not-called", f"流程“{process.name}”没有被调用，不会运行", "warning")


def _gateway(process: Process, node: Node) -> Iterator[Finding]:
    for flow_id in node.out:
        flow = process.flows[flow_id]
        target = process.nodes[flow.target].name
        if flow_id == node.default and flow.condition is not None:
            yield Finding(
                flow_id,
                "default-condition",
                f"网关“{node.name}”的默认流向（到“{target}”）不应再写条件",
                "warning",
            )
        if flow_id != node.default and flow.condition is None:
            yield Finding(flow_id, "no-condition", f"网关“{node.name}”到“{target}”的流程线没有条件，也不是默认流向")
    conditions = [c for f in node.out if (c := process.flows[f].condition) is not None]
    if not node.default and any(not c.names <= {"outcome", "steps"} for c in conditions):
        yield Finding(node.id, "no-default", f"网关“{node.name}”没有默认流向，条件可能都不成立，流程会停在这里")


def _words(chart: Chart, node: Node) -> Iterator[Finding]:
    """Who acts, and what may come out."""
    if node.name == node.id:
        yield Finding(node.id, "no-name", f"环节“{node.id}”没有名称", "warning")
    if node.unit and not vocabulary.unit_known(node.unit):
        known = "、".join(vocabulary.UNITS)
        yield Finding(node.id, "unknown-unit", f"“{node.name}”的办理单位“{node.unit}”无法识别，可用：{known}")
    if node.kind == TASK:
        yield from _who(chart, node)
        yield from _what(node)


def _who(chart: Chart, node: Node) -> Iterator[Finding]:
    if node.unit == "branch" and not _enclosed(chart, node.process, set()):
        yield Finding(node.id, "no-branch", f"“{node.name}”由支路单位办理，但外层没有写明是哪个单位的子流程")
    if not node.unit:
        yield Finding(node.id, "no-unit", f"“{node.name}”没有写明由哪个单位办理")
    if not node.role and node.unit != "applicant":
        yield Finding(node.id, "no-role", f"“{node.name}”没有写明由哪个岗位办理")
    if node.role and node.role not in vocabulary.ROLES:
        known = "、".join(vocabulary.ROLES)
        yield Finding(node.id, "unknown-role", f"“{node.name}”的岗位“{node.role}”无法识别，可用：{known}")
    if node.unit == "each" and not node.multi:
        yield Finding(node.id, "each-not-multi", f"“{node.name}”由各协同单位办理，须设为会签（多实例）")


def _what(node: Node) -> Iterator[Finding]:
    if not node.kind_of_step:
        yield Finding(node.id, "no-kind", f"“{node.name}”没有写明环节类别", "warning")
    elif node.kind_of_step not in vocabulary.KINDS:
        yield Finding(node.id, "unknown-kind", f"“{node.name}”的环节类别“{node.kind_of_step}”无法识别")
    if not node.actions:
        yield Finding(node.id, "no-action", f"“{node.name}”没有任何可选的操作，办理人无法办结")
    for action in node.actions:
        if action.code not in vocabulary.ACTIONS:
            yield Finding(
                node.id, "unknown-action", f"“{node.name}”的操作代码“{action.code}”（{action.label}）无法识别"
            )


def _enclosed(chart: Chart, key: str, seen: set[str]) -> bool:
    """Every way into this process passes a sub-process or call that names a unit."""
    hosts = [n for n in chart.nodes() if n.kind in HOSTS and n.calls == key]
    if not hosts or key in seen:
        return False
    return all(h.unit not in ("", "branch") or _enclosed(chart, h.process, seen | {key}) for h in hosts)


def _timer(chart: Chart, node_id: str, text: str) -> Iterator[Finding]:
    if not duration_ok(text):
        name = chart.node(node_id).name
        yield Finding(
            node_id,
            "timer-text",
            f"定时“{name}”的时长“{text}”无法识别，请写成 P5D 或 zw:WORKING_DAY:5 这样的形式",
        )


def _conditions(chart: Chart) -> Iterator[Finding]:
    for flow in chart.flows():
        if flow.condition is not None:
            yield from _condition(chart, flow.condition, KNOWN)
    for node in chart.nodes():
        if node.completion is not None:
            yield from _condition(chart, node.completion, KNOWN | COUNTS)


def _condition(chart: Chart, condition: Condition, known: frozenset[str]) -> Iterator[Finding]:
    """Only names that exist at run time, and only outcomes that somebody can choose."""
    where, owner = condition.where, condition.owner
    for name in sorted(condition.names - known - set(_MACRO.findall(condition.text))):
        yield Finding(owner, "unknown-name", f"{where}的条件用了不存在的变量“{name}”")
    for name in sorted(f for f in condition.functions - FUNCTIONS if f[0].isalpha()):
        yield Finding(owner, "unknown-function", f"{where}的条件用了不存在的函数“{name}”")
    for name in sorted(condition.members.get("form", frozenset()) - chart.form_fields):
        yield Finding(owner, "unknown-field", f"{where}的条件用了表单中没有声明的字段“{name}”")
    for name in sorted(condition.members.get("matter", frozenset()) - MATTER):
        yield Finding(owner, "unknown-name", f"{where}的条件用了不存在的事项属性“{name}”")
    tasks = {task.id: task for task in chart.tasks()}
    for name in sorted(condition.members.get("steps", frozenset()) - tasks.keys()):
        yield Finding(owner, "unknown-step", f"{where}的条件提到不存在的环节“{name}”")
    offered = {a.code for task in tasks.values() for a in task.actions}
    for code in sorted(set(_OUTCOME.findall(condition.text)) - offered):
        yield Finding(owner, "unknown-outcome", f"{where}的条件等待操作“{code}”，但没有环节提供这个操作")
    for step, code in sorted(set(_STEP_OUTCOME.findall(condition.text))):
        if step in tasks and tasks[step].action(code) is None:
            name = tasks[step].name
            yield Finding(owner, "unknown-outcome", f"{where}的条件等待“{name}”的操作“{code}”，但该环节不提供这个操作")


def _dry_run(chart: Chart) -> Iterator[Finding]:
    """Try all outcomes."""
    explored = explore(chart)
    faults = explored.all_faults()
    for fault in faults:
        trail = f"。例如：{fault.trail}" if fault.trail else ""
        yield Finding(fault.element, fault.code, f"{fault.message}{trail}")
    if faults or not explored.complete:
        return
    for node in chart.nodes():
        waits = node.kind in STEPS or node.kind in (END, TERMINATE)
        if waits and node.id not in explored.visited and node.process in _running(chart):
            yield Finding(node.id, "never-chosen", f"没有任何操作会让流程走到“{node.name}”")


def _running(chart: Chart) -> set[str]:
    """Processes that some case can come into."""
    found, todo = {chart.key}, [chart.key]
    while todo:
        for node in chart.processes[todo.pop()].nodes.values():
            if node.kind in HOSTS and node.calls not in found:
                found.add(node.calls)
                todo.append(node.calls)
    return found
