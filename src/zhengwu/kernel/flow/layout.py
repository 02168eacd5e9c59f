"""Places the steps of a chart that has no drawing: left to right, the main way straight, branches above
and below it."""

from collections.abc import Iterable
from typing import NamedTuple

from zhengwu.kernel.flow.chart import GATEWAYS, SUB, TIMER, Chart, Process
from zhengwu.kernel.flow.routing import Grid, Point, route

TASK_SIZE, GATE_SIZE, EVENT_SIZE = (120.0, 72.0), (48.0, 48.0), (36.0, 36.0)
GAP_X, GAP_Y = 72.0, 96.0
MARGIN = 24.0
INNER = 28.0
TRACKS = 4
BELOW, APART = 28.0, 18.0  # room for the holder under a step, and for a label on each line


class Box(NamedTuple):
    """A rectangle in the drawing, in pixels, from its upper left corner."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> Point:
        return (self.x + self.w / 2, self.y + self.h / 2)

    def moved(self, dx: float, dy: float) -> "Box":
        return Box(self.x + dx, self.y + dy, self.w, self.h)


class Drawing(NamedTuple):
    """Where everything of one process is: boxes by node id, way points by flow id, size of the whole."""

    boxes: dict[str, Box]
    lines: dict[str, list[Point]]
    size: tuple[float, float]


def lay_out(chart: Chart, process: Process) -> Drawing:
    """The drawing of a process, sub-processes drawn inside."""
    inner = {n.id: lay_out(chart, chart.processes[n.id]) for n in process.nodes.values() if n.kind == SUB}
    size = {n.id: _size(n.kind, inner.get(n.id)) for n in process.nodes.values()}
    layer = _layers(process)
    row = _rows(process, layer)
    boxes, grid = _boxes(layer, row, size)
    _timers(process, boxes, grid)
    lines = _lines(process, boxes, grid, layer, row)
    for own, drawing in inner.items():
        dx, dy = boxes[own].x + INNER / 2, boxes[own].y + INNER
        boxes.update({k: b.moved(dx, dy) for k, b in drawing.boxes.items()})
        lines.update({k: [(x + dx, y + dy) for x, y in points] for k, points in drawing.lines.items()})
    return _fit(boxes, lines)


def _size(kind: str, inner: Drawing | None) -> tuple[float, float]:
    if inner is not None:
        return inner.size[0] + INNER, inner.size[1] + INNER * 1.5
    if kind in GATEWAYS:
        return GATE_SIZE
    return TASK_SIZE if kind in ("task", "call") else EVENT_SIZE


def _forward(process: Process) -> dict[str, list[str]]:
    """Successors without the flows that lead back (found walking from the start), timers seen as their
    steps."""
    back: set[tuple[str, str]] = set()
    state: dict[str, int] = {}
    after = {n: list(dict.fromkeys(_targets(process, n))) for n in process.nodes if process.nodes[n].kind != TIMER}
    for root in [process.start, *after]:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(after[root]))]
        while stack:
            here, rest = stack[-1]
            target = next(rest, None)
            if target is None:
                state[here] = 2
                stack.pop()
            elif target not in state:
                state[target] = 1
                stack.append((target, iter(after[target])))
            elif state[target] == 1:
                back.add((here, target))
    return {n: [t for t in ts if (n, t) not in back] for n, ts in after.items()}


def _targets(process: Process, node_id: str) -> Iterable[str]:
    for after in process.successors(node_id):
        if process.nodes[after].kind == TIMER:
            yield from process.successors(after)
        else:
            yield after


def _layers(process: Process) -> dict[str, int]:
    """Columns: one further than the furthest that leads here."""
    after = _forward(process)
    left = dict.fromkeys(after, 0)
    for targets in after.values():
        for target in targets:
            left[target] += 1
    layer = dict.fromkeys(after, 0)
    todo = [n for n, count in left.items() if not count]
    for here in todo:
        for target in after[here]:
            layer[target] = max(layer[target], layer[here] + 1)
            left[target] -= 1
            if not left[target]:
                todo.append(target)
    return layer


def _rows(process: Process, layer: dict[str, int]) -> dict[str, int]:
    """The longest way takes row 0; each further branch the nearest row that is free over its whole length."""
    after = _forward(process)
    rest: dict[str, int] = {}
    for here in sorted(after, key=lambda n: -layer[n]):
        rest[here] = 1 + max((rest[t] for t in after[here]), default=0)
    row: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    for begin in sorted(after, key=lambda n: (layer[n], -rest[n])):
        if begin in row:
            continue
        way = [begin]
        while on := [t for t in after[way[-1]] if t not in row and t not in way]:
            way.append(max(on, key=lambda t: rest[t]))
        before = [n for n in row if begin in after[n]]
        near = row[before[0]] if before else 0
        first, last = layer[begin], layer[way[-1]]
        tries = [near, *(near + side * step for step in range(1, len(after) + 2) for side in (1, -1))]
        chosen = next(r for r in tries if not any((column, r) in taken for column in range(first, last + 1)))
        row.update(dict.fromkeys(way, chosen))
        taken.update((column, chosen) for column in range(first, last + 1))
    return row


def _boxes(
    layer: dict[str, int], row: dict[str, int], size: dict[str, tuple[float, float]]
) -> tuple[dict[str, Box], Grid]:
    """Columns as wide and rows as high as what stands in them; between them room for the lines."""
    columns, rows = range(max(layer.values()) + 1), range(min(row.values()), max(row.values()) + 1)
    xs, ys = [], []
    middle_x, middle_y = {}, {}
    x = 0.0
    for column in columns:
        xs += _tracks(x, GAP_X)
        width = max(size[n][0] for n in layer if layer[n] == column)
        middle_x[column] = x + GAP_X + width / 2
        xs.append(middle_x[column])
        x += GAP_X + width
    xs += _tracks(x, GAP_X)
    y = 0.0
    for line in rows:
        ys += [y + BELOW + APART * n for n in range(TRACKS)]
        height = max((size[n][1] for n in row if row[n] == line), default=0.0)
        middle_y[line] = y + GAP_Y + height / 2
        ys.append(middle_y[line])
        y += GAP_Y + height
    ys += [y + BELOW + APART * n for n in range(TRACKS)]
    boxes = {}
    for own in layer:
        w, h = size[own]
        boxes[own] = Box(middle_x[layer[own]] - w / 2, middle_y[row[own]] - h / 2, w, h)
    return boxes, Grid(xs, ys, {b.middle for b in boxes.values()})


def _tracks(begin: float, width: float) -> list[float]:
    return [begin + width * (n + 1) / (TRACKS + 1) for n in range(TRACKS)]


def _timers(process: Process, boxes: dict[str, Box], grid: Grid) -> None:
    """On the lower border of their step, the second on the upper, further ones beside them."""
    for node in process.nodes.values():
        for number, timer in enumerate(node.timers):
            box = boxes[node.id]
            w, h = EVENT_SIZE
            edge = box.y if number % 2 else box.y + box.h
            boxes[timer.node] = Box(box.middle[0] - w / 2 + 40 * (number // 2), edge - h / 2, w, h)


def _lines(
    process: Process, boxes: dict[str, Box], grid: Grid, layer: dict[str, int], row: dict[str, int]
) -> dict[str, list[Point]]:
    """Timers first, then short flows, then the long ones that go around."""

    def length(flow_id: str) -> tuple[int, int, int]:
        flow = process.flows[flow_id]
        source = process.nodes[flow.source]
        if source.kind == TIMER:
            return (0, 0, 0)
        step = layer[flow.target] - layer[flow.source]
        return (1 if step > 0 else 2, abs(step), abs(row[flow.target] - row[flow.source]))

    lines = {}
    for flow_id in sorted(process.flows, key=length):
        flow = process.flows[flow_id]
        source, box = process.nodes[flow.source], boxes[flow.source]
        sides = "rdu"
        middle = box.middle
        if source.kind == TIMER:
            middle = boxes[source.host].middle
            sides = "d" if box.middle[1] > middle[1] else "u"
        points = route(grid, middle, boxes[flow.target].middle, sides)
        if source.kind == TIMER:
            points[0] = (box.middle[0], points[0][1])
            points[1] = (box.middle[0], points[1][1])
        lines[flow_id] = [
            _edge(box, points[0], points[1]),
            *points[1:-1],
            _edge(boxes[flow.target], points[-1], points[-2]),
        ]
    return lines


def _edge(box: Box, inside: Point, outside: Point) -> Point:
    """Where the straight line from the middle of the box to ``outside`` leaves it."""
    (x, y), (ox, oy) = inside, outside
    if abs(ox - x) > abs(oy - y):
        return (box.x + box.w if ox > x else box.x, y)
    return (x, box.y + box.h if oy > y else box.y)


def _fit(boxes: dict[str, Box], lines: dict[str, list[Point]]) -> Drawing:
    """Cut to what is used, with a margin."""
    xs = [v for b in boxes.values() for v in (b.x, b.x + b.w)] + [x for p in lines.values() for x, _ in p]
    ys = [v for b in boxes.values() for v in (b.y, b.y + b.h)] + [y for p in lines.values() for _, y in p]
    dx, dy = MARGIN - min(xs), MARGIN - min(ys)
    return Drawing(
        {k: b.moved(dx, dy) for k, b in boxes.items()},
        {k: [(x + dx, y + dy) for x, y in p] for k, p in lines.items()},
        (max(xs) + dx + MARGIN, max(ys) + dy + MARGIN),
    )
