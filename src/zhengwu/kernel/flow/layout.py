"""Places the steps of a chart that has no drawing: left to right, the main way straight, branches above
and below it; first wide apart, so that every line finds its way, then drawn together."""

from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from zhengwu.kernel.flow.chart import GATEWAYS, STEPS, SUB, TIMER, Chart, Node, Process
from zhengwu.kernel.flow.compact import APART, CLEAR, TALL, Need, label_needs, level_piece, squeeze
from zhengwu.kernel.flow.routing import Grid, Point, route
from zhengwu.kernel.flow.wrapping import EM, LINE_HEIGHT, NAME_ROOM, width

GATE_SIZE, EVENT_SIZE = (34.0, 34.0), (28.0, 28.0)
TASK_WIDTH, TASK_WIDEST, TASK_HEIGHT = 84.0, 160.0, 54.0
GAP_X, GAP_Y = 72.0, 96.0
MARGIN = 12.0
INNER, HEAD = 12.0, 14.0  # around what stands in a sub-process, and for its name
TRACKS = 4
UNDER = float(LINE_HEIGHT)  # for the name of an event or the holder of a step


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
    size = {n.id: _size(n, inner.get(n.id)) for n in process.nodes.values()}
    layer = _layers(process)
    row = _rows(process, layer)
    boxes, grid = _boxes(layer, row, size)
    ways = _ways(process, boxes, grid, layer, row)
    boxes, ways = _together(process, boxes, ways)
    _timers(process, boxes)
    lines = {own: _line(process, own, points, boxes) for own, points in ways.items()}
    for own, drawing in inner.items():
        dx, dy = boxes[own].x + INNER - MARGIN, boxes[own].y + HEAD
        boxes.update({k: b.moved(dx, dy) for k, b in drawing.boxes.items()})
        lines.update({k: [(x + dx, y + dy) for x, y in points] for k, points in drawing.lines.items()})
    return _fit(process, boxes, lines)


def _size(node: Node, inner: Drawing | None) -> tuple[float, float]:
    """A step is as wide as its name in two lines needs; events and gateways keep theirs."""
    if inner is not None:
        return inner.size[0] + 2 * (INNER - MARGIN), inner.size[1] + HEAD + UNDER / 2
    if node.kind in GATEWAYS:
        return GATE_SIZE
    if node.kind not in ("task", "call"):
        return EVENT_SIZE
    line = EM * ceil(width(node.name) / EM / 2) + 18
    return min(max(line, TASK_WIDTH), TASK_WIDEST), TASK_HEIGHT


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
        ys += _tracks(y, GAP_Y)
        height = max((size[n][1] for n in row if row[n] == line), default=0.0)
        middle_y[line] = y + GAP_Y + height / 2
        ys.append(middle_y[line])
        y += GAP_Y + height
    ys += _tracks(y, GAP_Y)
    boxes = {}
    for own in layer:
        w, h = size[own]
        boxes[own] = Box(middle_x[layer[own]] - w / 2, middle_y[row[own]] - h / 2, w, h)
    return boxes, Grid(xs, ys, {b.middle for b in boxes.values()})


def _tracks(begin: float, width: float) -> list[float]:
    return [begin + width * (n + 1) / (TRACKS + 1) for n in range(TRACKS)]


def _together(
    process: Process, boxes: dict[str, Box], ways: dict[str, list[Point]]
) -> tuple[dict[str, Box], dict[str, list[Point]]]:
    """The same arrangement with no more room than boxes, lines and labels need."""
    half_w = {own: box.w / 2 for own, box in boxes.items()}
    columns: dict[float, tuple[float, float]] = {}
    lines: dict[float, tuple[float, float]] = {}
    for own, box in boxes.items():
        x, y = box.middle
        side = max(box.w, _named(process.nodes[own]) - CLEAR) / 2 + CLEAR
        columns[x] = (max(side, columns.get(x, (0, 0))[0]),) * 2
        above, below = _standing(process.nodes[own], box)
        old = lines.get(y, (0.0, 0.0))
        lines[y] = (max(above, old[0]), max(below, old[1]))
    needs: list[Need] = []
    labelled: set[float] = set()
    pieces = [piece for points in ways.values() for piece in pairwise(points)]
    for own, points in ways.items():
        flow = process.flows[own]
        source = process.nodes[flow.source]
        asked = label_needs(flow.name, points, (half_w[source.host or source.id], half_w[flow.target]), pieces)
        needs += asked.room
        labelled |= asked.at
    upright = {a[0]: APART for a, b in pieces if a[0] == b[0] and a[0] not in columns}
    level = {a[1]: TALL if a[1] in labelled else APART for a, b in pieces if a[1] == b[1] and a[1] not in lines}
    xs, ys = squeeze(columns, upright, needs), squeeze(lines, level)
    moved = {own: b.moved(xs[b.middle[0]] - b.middle[0], ys[b.middle[1]] - b.middle[1]) for own, b in boxes.items()}
    return moved, {own: [(xs[x], ys[y]) for x, y in points] for own, points in ways.items()}


def _standing(node: Node, box: Box) -> tuple[float, float]:
    """Room above and below the middle of a box: timers on its border, its name or its holder under it."""
    above = below = box.h / 2 + CLEAR
    if node.timers:
        below += EVENT_SIZE[1] / 2
    if len(node.timers) > 1:
        above += EVENT_SIZE[1] / 2
    return above, below if node.kind in GATEWAYS and node.name == node.id else below + UNDER


def _timers(process: Process, boxes: dict[str, Box]) -> None:
    """On the lower border of their step, the second on the upper, further ones beside them."""
    for node in process.nodes.values():
        for number, timer in enumerate(node.timers):
            box = boxes[node.id]
            w, h = EVENT_SIZE
            edge = box.y if number % 2 else box.y + box.h
            boxes[timer.node] = Box(box.middle[0] - w / 2 + (w + 4) * (number // 2), edge - h / 2, w, h)


def _ways(
    process: Process, boxes: dict[str, Box], grid: Grid, layer: dict[str, int], row: dict[str, int]
) -> dict[str, list[Point]]:
    """From middle to middle on the grid; timers first, then short flows, then the long ones that go around."""

    def length(flow_id: str) -> tuple[int, int, int]:
        flow = process.flows[flow_id]
        source = process.nodes[flow.source]
        if source.kind == TIMER:
            return (0, 0, 0)
        step = layer[flow.target] - layer[flow.source]
        return (1 if step > 0 else 2, abs(step), abs(row[flow.target] - row[flow.source]))

    ways = {}
    for flow_id in sorted(process.flows, key=length):
        flow = process.flows[flow_id]
        source = process.nodes[flow.source]
        sides = "rdu" if layer[flow.target] > layer.get(flow.source, -1) else "ud"
        if source.kind == TIMER:
            timers = [timer.node for timer in process.nodes[source.host].timers]
            sides = "u" if timers.index(source.id) % 2 else "d"
        ways[flow_id] = route(grid, boxes[source.host or source.id].middle, boxes[flow.target].middle, sides)
    return ways


def _line(process: Process, own: str, points: list[Point], boxes: dict[str, Box]) -> list[Point]:
    """A way cut at the borders of its boxes; a timer's begins under the timer."""
    flow = process.flows[own]
    box = boxes[flow.source]
    if process.nodes[flow.source].kind == TIMER:
        points = [(box.middle[0], y) if n < 2 else (x, y) for n, (x, y) in enumerate(points)]
    first, last = _edge(box, points[0], points[1]), _edge(boxes[flow.target], points[-1], points[-2])
    return [first, *points[1:-1], last]


def _edge(box: Box, inside: Point, outside: Point) -> Point:
    """Where the straight line from the middle of the box to ``outside`` leaves it."""
    (x, y), (ox, oy) = inside, outside
    if abs(ox - x) > abs(oy - y):
        return (box.x + box.w if ox > x else box.x, y)
    return (x, box.y + box.h if oy > y else box.y)


def _named(node: Node) -> float:
    """How wide the name under an event or gateway is."""
    return 0.0 if node.kind in STEPS or node.name == node.id else min(width(node.name), NAME_ROOM)


def _fit(process: Process, boxes: dict[str, Box], lines: dict[str, list[Point]]) -> Drawing:
    """Cut to what is used, words included, with a margin."""
    xs = [v for b in boxes.values() for v in (b.x, b.x + b.w)] + [x for p in lines.values() for x, _ in p]
    ys = [v for b in boxes.values() for v in (b.y, b.y + b.h)] + [y for p in lines.values() for _, y in p]
    for node in process.nodes.values():
        box = boxes[node.id]
        xs += [box.middle[0] - _named(node) / 2, box.middle[0] + _named(node) / 2]
        ys.append(box.y + box.h + (UNDER if _named(node) else 0.0))
    for own, points in lines.items():
        piece = level_piece(points, 1.0) if own in process.flows and process.flows[own].name else None
        ys += [piece[0][1] - TALL] if piece else []
    dx, dy = MARGIN - min(xs), MARGIN - min(ys)
    return Drawing(
        {k: b.moved(dx, dy) for k, b in boxes.items()},
        {k: [(x + dx, y + dy) for x, y in p] for k, p in lines.items()},
        (max(xs) + dx + MARGIN, max(ys) + dy + MARGIN),
    )
