"""Change a running case over to another version of its chart, or say what stands in the way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zhengwu.kernel.flow.chart import AND, HOSTS, Chart, Node, Process
from zhengwu.kernel.flow.problems import Obstacle
from zhengwu.kernel.flow.state import State, Token, copied

if TYPE_CHECKING:
    from zhengwu.kernel.flow.executor import Run


def migrate(run: "Run", chart: Chart, mapping: Mapping[str, str]) -> list[Obstacle]:
    """Empty list: ``run`` now runs on ``chart``. Otherwise nothing changed and each obstacle says what
    is missing."""
    state = copied(run.state)
    bad: list[Obstacle] = []
    for token, mine in state["t"].items():
        found = _place(run, token, chart, mapping)
        if isinstance(found, Obstacle):
            bad.append(found)
        else:
            mine.update(found)
    bad = bad or _starved(state, chart) or _dry_run(state, chart, run)
    if not bad:
        run.chart, run.state = chart, state
    return bad


def _place(run: "Run", token: str, chart: Chart, mapping: Mapping[str, str]) -> Token | Obstacle:
    """Where the token stands in the new version: the changed keys of its state."""
    mine = run.tokens[token]
    old = run.chart.node(mine["at"])
    new = chart.find(mapping.get(old.id, old.id))
    if new is None:
        return Obstacle(token, old.id, f"新版本中没有环节“{old.name}”，请指定对应的环节")
    if new.kind != old.kind or (new.multi is None) != (old.multi is None):
        return Obstacle(token, old.id, f"“{old.name}”在新版本中对应的“{new.name}”不是同一类环节")
    if new.process != _inner(run, mine["s"], chart, mapping):
        return Obstacle(token, old.id, f"“{new.name}”在新版本中移到了另一个子流程")
    if "in" not in mine:
        return {"at": new.id}
    flow = _arrival(run, mine, chart.processes[new.process], new, mapping)
    if flow is None:
        source = run.chart.processes[old.process].flows[mine["in"]].source
        return Obstacle(token, old.id, f"已从“{run.chart.node(source).name}”到达“{old.name}”，新版本中此路不再通到这里")
    return {"at": new.id, "in": flow}


def _inner(run: "Run", scope: str, chart: Chart, mapping: Mapping[str, str]) -> str:
    """The key of the process that belongs to this scope in the new version ("" if there is none)."""
    if not scope:
        return chart.key
    host = run.tokens[scope]["at"]
    node = chart.find(mapping.get(host, host))
    return node.calls if node is not None and node.kind in HOSTS else ""


def _arrival(run: "Run", mine: Token, process: Process, join: Node, mapping: Mapping[str, str]) -> str | None:
    """The flow by which the waiting token arrived, as it is called now."""
    if mine["in"] in join.inc:
        return str(mine["in"])
    old = run.process_of(mine["s"]).flows[mine["in"]].source
    source = mapping.get(old, old)
    return next((f for f in join.inc if process.flows[f].source == source), None)


def _starved(state: State, chart: Chart) -> list[Obstacle]:
    """Joins ahead that would miss a branch because its split was passed on the old version."""
    bad = []
    for scope in {x["s"] for x in state["t"].values()}:
        process = chart.processes[chart.node(state["t"][scope]["at"]).calls] if scope else chart.main
        mine = [x for x in state["t"].values() if x["s"] == scope]
        for node in process.nodes.values():
            if node.kind == AND and node.joins:
                bad += _missing(process, node, mine)
    return bad


def _missing(process: Process, join: Node, tokens: list[Token]) -> list[Obstacle]:
    if not any(x["at"] == join.id or process.reaches(x["at"], join.id) for x in tokens):
        return []
    arrived = {x["in"] for x in tokens if "in" in x and x["at"] == join.id}
    coming: set[str] = set()
    for token in tokens:
        if not ("in" in token and token["at"] == join.id):
            coming |= process.onward(token["at"], join.id).keys()
    return [
        Obstacle("", join.id, f"汇合“{join.name}”会一直等待来自“{process.nodes[source].name}”的支路")
        for flow in join.inc
        if flow not in arrived and (source := process.flows[flow].source) not in coming
    ]


def _dry_run(state: State, chart: Chart, run: "Run") -> list[Obstacle]:
    """Walk the remaining ways: a loop can hide from ``_starved`` that a join will never be complete."""
    from zhengwu.kernel.flow.explore import explore

    found = explore(chart, state, steps=run.variables().get("steps") or {})
    return [Obstacle("", element, f"换到新版本后流程会走不完：{message}") for element, message in found.dead_ends()]
