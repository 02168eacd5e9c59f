"""What a parsed chart is made of. Read-only after parsing and shared by all requests of a process."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from zhengwu.kernel.flow.conditions import Condition
from zhengwu.kernel.flow.problems import FlowError

# Node kinds. The first three hold a token until somebody or something outside acts; the rest only pass it on.
TASK, SUB, CALL = "task", "sub", "call"
XOR, AND, OR = "xor", "and", "or"
START, END, TERMINATE, TIMER = "start", "end", "terminate", "timer"
HOSTS = frozenset({SUB, CALL})
STEPS = frozenset({TASK, SUB, CALL})
GATEWAYS = frozenset({XOR, AND, OR})

PARALLEL, SEQUENTIAL = "parallel", "sequential"


class Action(NamedTuple):
    """One outcome that a person may choose at a task."""

    code: str
    label: str
    opinion: bool = False
    danger: bool = False


class Limit(NamedTuple):
    """``n`` units of ``zhengwu.lib.workdays.Unit`` (its name, e.g. ``WORKING_DAY``)."""

    n: int
    unit: str


class Suspends(NamedTuple):
    """The time of this step does not count, and why it may be left out (许可法第四十五条 and the like)."""

    reason: str
    basis: str


class Timer(NamedTuple):
    """A timer on a step's border. ``text`` is ISO 8601 (``P5D``) or our own ``zw:WORKING_DAY:5``."""

    node: str
    text: str
    interrupting: bool


@dataclass(slots=True)
class Node:
    """A step, gateway or event. ``out`` and ``inc`` hold flow ids in the order of the file."""

    id: str
    kind: str
    name: str
    process: str
    out: list[str] = field(default_factory=list)
    inc: list[str] = field(default_factory=list)
    default: str = ""
    calls: str = ""
    host: str = ""
    timers: tuple[Timer, ...] = ()
    kind_of_step: str = ""
    unit: str = ""
    role: str = ""
    actions: tuple[Action, ...] = ()
    limit: Limit | None = None
    suspends: Suspends | None = None
    form: str = ""
    multi: str | None = None
    completion: Condition | None = None

    def action(self, code: str) -> Action | None:
        return next((a for a in self.actions if a.code == code), None)

    @property
    def joins(self) -> bool:
        """Arrivals wait here for each other."""
        return self.kind in (AND, OR) and len(self.inc) > 1


class Flow(NamedTuple):
    """A sequence flow: the arrow between two nodes of one process."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: Condition | None = None


class Process:
    """One process or sub-process: a graph with one start. ``parent`` is the enclosing process of a
    sub-process."""

    def __init__(self, key: str, name: str, parent: str = "") -> None:
        self.key, self.name, self.parent = key, name, parent
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.start = ""
        self._bit: dict[str, int] = {}
        self._reach: dict[str, int] = {}
        self._before: dict[str, dict[str, int]] = {}
        self._joins: dict[str, str | None] = {}

    def successors(self, node_id: str) -> Iterator[str]:
        node = self.nodes[node_id]
        for flow_id in node.out:
            yield self.flows[flow_id].target
        for timer in node.timers:
            yield timer.node

    def wire(self) -> None:
        """Compute reachability once: a bit set a node, filled backwards until nothing changes."""
        self._bit = {node_id: 1 << n for n, node_id in enumerate(self.nodes)}
        reach = dict.fromkeys(self.nodes, 0)
        order = list(self._postorder())
        changed = True
        while changed:
            changed = False
            for node_id in order:
                mask = reach[node_id]
                for after in self.successors(node_id):
                    mask |= self._bit[after] | reach[after]
                if mask != reach[node_id]:
                    reach[node_id], changed = mask, True
        self._reach = reach

    def _postorder(self) -> Iterator[str]:
        seen: set[str] = set()
        for root in self.nodes:
            if root in seen:
                continue
            seen.add(root)
            stack = [(root, self.successors(root))]
            while stack:
                node_id, rest = stack[-1]
                after = next((x for x in rest if x not in seen), None)
                if after is None:
                    stack.pop()
                    yield node_id
                else:
                    seen.add(after)
                    stack.append((after, self.successors(after)))

    def reaches(self, node_id: str, target: str) -> bool:
        """A token at ``node_id`` could still come to ``target`` (by at least one flow)."""
        return bool(self._reach[node_id] & self._bit[target])

    def onward(self, node_id: str, stop: str) -> dict[str, int]:
        """Nodes reachable from ``node_id`` (included) without going through ``stop``, with their distance."""
        found = {node_id: 0}
        todo = [node_id]
        for here in todo:
            if here == stop:
                continue
            for after in self.successors(here):
                if after not in found:
                    found[after] = found[here] + 1
                    todo.append(after)
        return found

    def awaits(self, join: str, arrived: Iterable[str], at: str) -> bool:
        """Whether an inclusive join must wait for a token at ``at``: it can come in by a flow on which
        nobody has arrived, and by none on which somebody has (BPMN 2.0.2, 13.4.3). The second half keeps
        a loop around the block from making two joins wait for each other."""
        masks = self._before.get(join) or self._before.setdefault(join, self._upstream(join))
        bit, had = self._bit[at], set(arrived)
        free = False
        for flow_id, mask in masks.items():
            if mask & bit:
                if flow_id in had:
                    return False
                free = True
        return free

    def _upstream(self, join: str) -> dict[str, int]:
        before: dict[str, list[str]] = {node_id: [] for node_id in self.nodes}
        for node_id in self.nodes:
            for after in self.successors(node_id):
                before[after].append(node_id)
        masks = {}
        for flow_id in self.nodes[join].inc:
            mask, todo = 0, [self.flows[flow_id].source]
            while todo:
                here = todo.pop()
                if here == join or mask & self._bit[here]:
                    continue
                mask |= self._bit[here]
                todo.extend(before[here])
            masks[flow_id] = mask
        return masks

    def join_of(self, split: str) -> str | None:
        """The join that closes the block opened by ``split``: the nearest that all its branches come to."""
        if split not in self._joins:
            branches = [self.onward(self.flows[f].target, split) for f in self.nodes[split].out]
            common = set.intersection(*(set(b) for b in branches)) if branches else set()
            gates = [g for g in common if self.nodes[g].joins]
            self._joins[split] = min(gates, key=lambda g: (sum(b[g] for b in branches), g), default=None)
        return self._joins[split]


class Chart:
    """A whole file: the main process, its sub-processes and the processes it calls."""

    def __init__(self, key: str, processes: dict[str, Process], form_fields: frozenset[str] = frozenset()) -> None:
        self.key, self.processes, self.form_fields = key, processes, form_fields
        self._nodes = {node.id: node for process in processes.values() for node in process.nodes.values()}

    @property
    def name(self) -> str:
        return self.processes[self.key].name

    @property
    def main(self) -> Process:
        return self.processes[self.key]

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._nodes

    def find(self, node_id: str) -> Node | None:
        return self._nodes.get(node_id)

    def node(self, node_id: str, process: str | None = None) -> Node:
        """The node of this id (ids are unique in a file); FlowError when there is none (in ``process``,
        if given)."""
        node = self._nodes.get(node_id)
        if node is None or (process is not None and node.process != process):
            raise FlowError("no-such-node", f"流程图“{self.name}”中没有编号为“{node_id}”的环节", element=node_id)
        return node

    def nodes(self) -> Iterator[Node]:
        yield from self._nodes.values()

    def flows(self) -> Iterator[Flow]:
        for process in self.processes.values():
            yield from process.flows.values()

    def tasks(self) -> list[Node]:
        """All steps that people do, in the order of the file."""
        return [node for node in self._nodes.values() if node.kind == TASK]

    @cached_property
    def condition_steps(self) -> frozenset[str]:
        """Ids of the steps whose earlier outcome some condition asks for."""
        asked: set[str] = set()
        for condition in self.conditions():
            asked.update(condition.members.get("steps", ()))
        return frozenset(asked)

    def conditions(self) -> Iterator[Condition]:
        for flow in self.flows():
            if flow.condition is not None:
                yield flow.condition
        for node in self._nodes.values():
            if node.completion is not None:
                yield node.completion
