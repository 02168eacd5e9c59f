"""Whole ways through a chart, from its start to an end, that together take every action, timer and line there is."""

from collections import deque
from itertools import pairwise
from typing import NamedTuple

from zhengwu.kernel.flow.chart import Chart
from zhengwu.kernel.flow.explore import Explored, Fault, Key, Situation, Way, explore


class Walk(NamedTuple):
    """One way: ``steps`` as (words, node, action; both "" for a timer), ids of the ``flows`` and ``nodes`` gone
    through in order of first visit, and the node of the last act."""

    steps: tuple[tuple[str, str, str], ...]
    flows: tuple[str, ...]
    nodes: tuple[str, ...]
    last: str


class Walks(NamedTuple):
    """``unwalked``: flows no way takes; ``complete`` is False when the chart has more situations than are looked
    into, so that a missing way proves nothing; ``faults``: where a case would get stuck."""

    walks: list[Walk]
    unwalked: list[str]
    faults: list[Fault]
    complete: bool


def walks(chart: Chart) -> Walks:
    """Few ways that cover all that was seen in the dry run, shortest first."""
    found = explore(chart)
    ends = _distances(found)
    covered: set[str] = set()
    made: list[Walk] = []
    for way in _in_order(found):
        goals = _goals(way)
        if goals <= covered:
            continue
        path = _path(found, way, ends)
        if path is None:
            continue
        for taken in path:
            covered |= _goals(taken)
        made.append(_walk(chart, path))
    unwalked = [flow.id for flow in chart.flows() if f"flow {flow.id}" not in covered]
    return Walks(made, unwalked, found.all_faults(), found.complete)


def _goals(way: Way) -> set[str]:
    return {f"act {way.choice.label}", *(f"flow {flow}" for flow in way.flows)}


def _in_order(found: Explored) -> list[Way]:
    """All ways seen, those out of early situations first."""
    return [way for here in (found.first, *found.situations.values()) for way in here.ways]


def _distances(found: Explored) -> dict[Key, Way | None]:
    """For every situation from which an end is near: the next way towards it (None: it is an end)."""
    before: dict[Key, list[tuple[Key, Way]]] = {}
    for key, situation in found.situations.items():
        for way in situation.ways:
            before.setdefault(way.to, []).append((key, way))
    after: dict[Key, Way | None] = {k: None for k, s in found.situations.items() if not s.state["t"]}
    todo = deque(after)
    while todo:
        for key, way in before.get(todo.popleft(), ()):
            if key not in after:
                after[key] = way
                todo.append(key)
    return after


def _path(found: Explored, through: Way, after: dict[Key, Way | None]) -> list[Way] | None:
    """Start → ``through`` → the nearest end; None when no end can be reached behind it."""
    if through.to not in after:
        return None
    path = [*_from_start(found, through), through]
    here = through.to
    while (way := after[here]) is not None:
        path.append(way)
        here = way.to
    return path


def _from_start(found: Explored, through: Way) -> list[Way]:
    """The way on which the dry run first came to where ``through`` begins."""
    holder = next(s for s in (found.first, *found.situations.values()) if any(w is through for w in s.ways))
    chain: list[Situation] = [holder]
    while chain[-1] is not found.first and chain[-1].before is not None:
        chain.append(chain[-1].before)
    chain.reverse()
    path = []
    for here, there in pairwise(chain):
        path.append(next(w for w in here.ways if found.situations.get(w.to) is there))
    return path


def _walk(chart: Chart, path: list[Way]) -> Walk:
    steps = tuple((w.choice.label, w.choice.node, w.choice.outcome) for w in path if w.choice.label)
    flows = tuple(dict.fromkeys(f for w in path for f in w.flows))
    ends = {flow.id: (flow.source, flow.target) for flow in chart.flows()}
    nodes = tuple(dict.fromkeys(node for f in flows for node in ends[f]))
    last = next((w.choice.node for w in reversed(path) if w.choice.node), "")
    return Walk(steps, flows, nodes, last)
