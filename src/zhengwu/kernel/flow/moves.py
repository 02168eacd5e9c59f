"""Return, take back and jump: one deed, ``move``.

The rule: no branch is lost and none is walked twice. A target inside a parallel block that is still open
replaces what stands in that branch; a target before the block replaces everything in it; a target inside
a block already joined opens the block again with the other branches as done (their arrivals are parked
at the join).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhengwu.kernel.flow.chart import AND, STEPS, Node, Process
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.flow.state import Path, Token, branch_of, fork_of

if TYPE_CHECKING:
    from zhengwu.kernel.flow.executor import Run


def move(run: "Run", token: str, target: str, path: Path) -> None:
    """From ``token`` (or the sub-process around it) to the step ``target`` with the fork path it once had.
    FlowError ``flow-bad-target`` when the target is no step or lies inside a sub-process that is not open."""
    node = run.chart.node(target)
    if node.kind not in STEPS:
        raise FlowError("bad-target", f"“{node.name}”不是办理环节，不能退回或跳转到这里", element=target)
    scope = _scope(run, token, node)
    process = run.process_of(scope)
    inside = {i: x for i, x in run.tokens.items() if x["s"] == scope}
    path = _renumbered(process, path, [x["p"] for x in inside.values()])
    first, gone = _plan(process, path, inside)
    for other in gone:
        run.kill(other)
    for level in range(first, len(path)):
        for arrival, flow_id in _done_branches(process, target, path, level):
            run.put(process.flows[flow_id].target, arrival, scope, **{"in": flow_id})
    run.enqueue(target, path, scope)


def _scope(run: "Run", token: str, target: Node) -> str:
    """The innermost scope around the token in whose process the target lies."""
    scope = run.open_token(token)["s"]
    while run.process_of(scope).key != target.process:
        if not scope:
            raise FlowError(
                "bad-target", f"“{target.name}”在另一个子流程中，不能直接退回或跳转到这里", element=target.id
            )
        scope = run.tokens[scope]["s"]
    return scope


def _split(process: Process, entry: str) -> str:
    """The node that made this fork: a gateway or step; for a timer's branch the timer itself."""
    branch = branch_of(entry)
    flow = process.flows.get(branch)
    return flow.source if flow else branch


def _renumbered(process: Process, path: Path, live: list[Path]) -> Path:
    """A fork passed again since then has a new number: speak of the one that is live."""
    path = list(path)
    for level, entry in enumerate(path):
        for other in live:
            if (
                len(other) > level
                and other[:level] == path[:level]
                and _split(process, other[level]) == _split(process, entry)
            ):
                path[level] = fork_of(other[level]) + branch_of(entry)
                break
    return path


def _plan(process: Process, path: Path, inside: dict[str, Token]) -> tuple[int, list[str]]:
    """The level from which the block must be opened again, and the tokens that give way."""
    live = [x["p"] for x in inside.values()]
    shared = max(n for other in live for n in range(len(path) + 1) if _under(other, path[:n]))
    if shared == len(path):
        return shared, [i for i, x in inside.items() if _under(x["p"], path)]
    split = _split(process, path[shared])
    sibling = any(len(p) > shared and _under(p, path[:shared]) and _split(process, p[shared]) == split for p in live)
    if sibling:
        return shared + 1, []
    return shared, [i for i, x in inside.items() if _under(x["p"], path[:shared])]


def _under(path: Path, prefix: Path) -> bool:
    """Within that branch. A half-joined token is within each branch it carries."""
    return len(path) >= len(prefix) and all(
        mine == theirs
        or (
            fork_of(mine) == fork_of(theirs)
            and set(theirs[len(fork_of(theirs)) :].split("+")) <= set(mine[len(fork_of(mine)) :].split("+"))
        )
        for mine, theirs in zip(path, prefix, strict=False)
    )


def _done_branches(process: Process, target: str, path: Path, level: int) -> Iterator[tuple[Path, str]]:
    """The block closed long ago: its other branches stay done. Their paths, and the flows by which they
    come to the join."""
    split = _split(process, path[level])
    join = process.join_of(split) if split in process.nodes and process.nodes[split].out else None
    if join is None or process.nodes[join].kind != AND:
        return
    mine = process.onward(target, join)
    for flow_id in process.nodes[join].inc:
        last = process.flows[flow_id].source
        if last == join or last not in mine:
            yield [*path[:level], fork_of(path[level]) + _branch_to(process, split, join, flow_id)], flow_id


def _branch_to(process: Process, split: str, join: str, incoming: str) -> str:
    """The flow out of ``split`` whose branch comes into ``join`` by ``incoming``."""
    last = process.flows[incoming].source
    for flow_id in process.nodes[split].out:
        if flow_id == incoming or last in process.onward(process.flows[flow_id].target, join):
            return flow_id
    raise FlowError(
        "bad-target",
        f"汇合“{process.nodes[join].name}”的支路与分支“{process.nodes[split].name}”对不上，不能退回到其中",
        element=join,
    )
