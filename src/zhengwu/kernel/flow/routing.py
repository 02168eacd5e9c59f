"""Lines with right angles around boxes: a cheapest way on the grid of middles and gaps."""

import heapq
from itertools import pairwise

Point = tuple[float, float]
_Cell = tuple[int, int]
_Place = tuple[_Cell, str]
_Ends = tuple[_Cell, _Cell]

STEP = {"r": (1, 0), "l": (-1, 0), "d": (0, 1), "u": (0, -1)}
OPPOSITE = {"r": "l", "l": "r", "d": "u", "u": "d"}
BEND, CROSS, SHARED, SIDE = 40.0, 30.0, 400.0, 25.0


class Grid:
    """The lines on which flows may run. ``blocked`` are the middles of boxes; ``used`` what earlier
    flows took."""

    def __init__(self, xs: list[float], ys: list[float], blocked: set[Point]) -> None:
        self.xs, self.ys = xs, ys
        self.column = {x: n for n, x in enumerate(xs)}
        self.line = {y: n for n, y in enumerate(ys)}
        self.blocked = {self.cell(p) for p in blocked}
        self.used: dict[frozenset[_Cell], _Ends] = {}
        self.passed: set[_Cell] = set()
        self.turns: set[_Cell] = set()

    def cell(self, point: Point) -> _Cell:
        return self.column[point[0]], self.line[point[1]]

    def point(self, cell: _Cell) -> Point:
        return self.xs[cell[0]], self.ys[cell[1]]

    def open(self, cell: _Cell, goal: _Cell) -> bool:
        inside = 0 <= cell[0] < len(self.xs) and 0 <= cell[1] < len(self.ys)
        return inside and (cell == goal or cell not in self.blocked)

    def length(self, a: _Cell, b: _Cell) -> float:
        return abs(self.xs[a[0]] - self.xs[b[0]]) + abs(self.ys[a[1]] - self.ys[b[1]])


def route(grid: Grid, source: Point, target: Point, sides: str) -> list[Point]:
    """Way points from middle to middle, leaving by one of ``sides`` (of r, d, u), coming in by the left
    if possible."""
    ends = grid.cell(source), grid.cell(target)
    before: dict[_Place, _Place | None] = {}
    todo: list[tuple[float, _Place, _Place | None]] = [(0.0 if s == "r" else SIDE, (ends[0], s), None) for s in sides]
    heapq.heapify(todo)
    while todo:
        cost, place, parent = heapq.heappop(todo)
        if place in before:
            continue
        before[place] = parent
        here, way = place
        if here == ends[1]:
            return _walked(grid, before, place, ends)
        for turn, (dx, dy) in STEP.items():
            after = (here[0] + dx, here[1] + dy)
            if turn == OPPOSITE[way] or (here == ends[0] and turn != way) or not grid.open(after, ends[1]):
                continue
            more = _cost(grid, place, (after, turn), ends)
            heapq.heappush(todo, (cost + more, (after, turn), place))
    raise ValueError("no way between these boxes")


def _cost(grid: Grid, place: _Place, after: _Place, ends: _Ends) -> float:
    """Short, straight, alone; arriving from the left."""
    (here, way), (there, turn) = place, after
    cost = grid.length(here, there)
    if turn != way:
        cost += BEND + (SHARED if here in grid.turns else 0)
    if there == ends[1] and turn != "r":
        cost += SIDE * (2 if turn == "l" else 1)
    owner = grid.used.get(frozenset((here, there)))
    if owner is not None and owner[1] != ends[1]:
        cost += SHARED
    elif owner is not None:
        cost += grid.length(here, there)
    if there in grid.passed and there != ends[1]:
        cost += CROSS
    return cost


def _walked(grid: Grid, before: dict[_Place, _Place | None], place: _Place, ends: _Ends) -> list[Point]:
    """The corners of the way found; marks its pieces as used."""
    cells: list[_Cell] = []
    here: _Place | None = place
    while here is not None:
        cells.append(here[0])
        here = before[here]
    cells.reverse()
    for a, b in pairwise(cells):
        grid.used.setdefault(frozenset((a, b)), ends)
    grid.passed.update(cells[1:-1])
    corners = [cells[0]]
    for a, b, c in zip(cells, cells[1:], cells[2:], strict=False):
        if (b[0] - a[0], b[1] - a[1]) != (c[0] - b[0], c[1] - b[1]):
            corners.append(b)
            grid.turns.add(b)
    return [grid.point(cell) for cell in [*corners, cells[-1]]]
