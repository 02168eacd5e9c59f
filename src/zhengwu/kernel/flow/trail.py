"""Which gateways and lines to show as passed, when all that is known are the steps that were done and
those that are open."""

from collections.abc import Collection

from zhengwu.kernel.flow.chart import HOSTS, STEPS, TASK, TIMER, Chart, Process


def passed_elements(chart: Chart, passed: Collection[str], current: Collection[str]) -> set[str]:
    """Ids of nodes and flows gone through. A gateway counts when it lies between a step that was done
    (or the start) and one that was done or is open; where several ways join such a pair, all are shown.
    A flow named in ``passed`` is always shown."""
    done, here = set(passed), set(current)
    if not done and not here:
        return set()
    found: set[str] = set()
    for process in _inside_out(chart):
        found |= _process(process, done, here)
        for host in chart.nodes():
            if host.kind not in HOSTS or host.calls != process.key or host.id in here:
                continue
            if process.nodes.keys() & here:
                here.add(host.id)
            elif process.nodes.keys() & done:
                done.add(host.id)
    return found | done


def _inside_out(chart: Chart) -> list[Process]:
    """Called and inner processes before those that hold them."""
    order: list[Process] = []

    def visit(process: Process) -> None:
        for node in process.nodes.values():
            if node.kind in HOSTS and chart.processes[node.calls] not in order:
                visit(chart.processes[node.calls])
        order.append(process)

    visit(chart.main)
    return order


def _process(process: Process, done: set[str], here: set[str]) -> set[str]:
    known = process.nodes.keys() & (done | here)
    if not known:
        return set()
    begin = {process.start} | {n for n in known if n in done and process.nodes[n].kind != TIMER}
    # A timer's way is only known to have been gone if it is named.
    begin |= {n for n in known if process.nodes[n].kind == TIMER}
    ahead = _between(process, begin, forward=True)
    behind = _between(process, set(known), forward=False)
    through = (ahead & behind) | {process.start}
    through |= _certain(process, known & done)
    nodes = (known & done) | through
    flows = {
        flow.id
        for flow in process.flows.values()
        if flow.source in nodes
        and flow.target in nodes | (known & here)
        and not _returns(process, flow.source, flow.target, here)
    }
    return through | flows


def _between(process: Process, edge: set[str], forward: bool) -> set[str]:
    """Gateways and events met from ``edge`` on before the next step."""
    found: set[str] = set()
    todo = list(edge)
    while todo:
        node = process.nodes[todo.pop()]
        flows = [process.flows[f] for f in (node.out if forward else node.inc)]
        for after in (f.target if forward else f.source for f in flows):
            if after not in found and process.nodes[after].kind not in STEPS:
                found.add(after)
                todo.append(after)
    return found


def _certain(process: Process, done: set[str]) -> set[str]:
    """What follows a finished step without any choice."""
    found: set[str] = set()
    for own in done:
        node = process.nodes[own]
        while len(node.out) == 1:
            after = process.nodes[process.flows[node.out[0]].target]
            if (
                after.kind in STEPS
                or after.id in found
                or (len(after.inc) > 1 and after.kind not in ("end", "terminate"))
            ):
                break
            found.add(after.id)
            node = after
    return found


def _returns(process: Process, source: str, target: str, here: set[str]) -> bool:
    """A way back out of a gateway: whether it was gone cannot be told from the steps, unless it leads to
    where the case is."""
    node = process.nodes[source]
    back = process.reaches(target, source) and process.nodes[target].kind == TASK
    return back and len(node.out) > 1 and target not in here and _earlier(process, target, source)


def _earlier(process: Process, target: str, source: str) -> bool:
    """Nearer to the start."""
    far = process.onward(process.start, "")
    return far.get(target, 0) < far.get(source, 0)
