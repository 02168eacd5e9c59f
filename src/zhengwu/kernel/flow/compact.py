"""Draws a routed chart together: gaps as narrow as the lines and labels in them need, so that a whole process is read
at the width of a page."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from zhengwu.kernel.flow.routing import Point
from zhengwu.kernel.flow.wrapping import width

CLEAR = 11.0  # from a box to the middle of the gap beside it: two make an arrow's length and a little more
APART = 5.0  # on each side of a line
TALL = 19.0  # a label above a line
ARROW = 9.0


class Need(NamedTuple):
    """``start`` and ``end`` on one axis must stay at least ``room`` apart."""

    start: float
    end: float
    room: float


def squeeze(
    middles: Mapping[float, tuple[float, float]], tracks: Mapping[float, float], needs: Iterable[Need] = ()
) -> dict[float, float]:
    """New places on one axis, as near to zero as may be. ``middles``: place of boxes → room before and after it;
    ``tracks``: place of a line → room before it."""
    wanted: dict[float, list[Need]] = {}
    for need in needs:
        wanted.setdefault(need.end, []).append(need)
    new: dict[float, float] = {}
    edge = 0.0
    for here in sorted({*middles, *tracks}):
        before, after = middles[here] if here in middles else (tracks[here], APART)
        least = [new[need.start] + need.room for need in wanted.get(here, ())]
        new[here] = max([edge + before, *least])
        edge = new[here] + after
    return new


def level_piece(points: Sequence[Point], least: float) -> tuple[Point, Point] | None:
    """The first level piece of a line at least so long, or the longest one there is."""
    pieces = [(a, b) for a, b in pairwise(points) if abs(a[1] - b[1]) < 1 <= abs(a[0] - b[0])]
    long = next((p for p in pieces if abs(p[0][0] - p[1][0]) >= least), None)
    return long or max(pieces, key=lambda p: abs(p[0][0] - p[1][0]), default=None)


class Asked(NamedTuple):
    """What a label needs: distances, and the height of the line it stands on."""

    room: list[Need]
    at: set[float]


def label_needs(
    name: str, points: Sequence[Point], ends: tuple[float, float], pieces: Iterable[tuple[Point, Point]]
) -> Asked:
    """The room a flow's name asks for at the beginning of its first level piece; upright ``pieces`` of other flows that
    cross there must lie beyond it. ``ends`` are half the widths of the boxes in whose middles the line begins and
    ends."""
    piece = level_piece(points, 1.0)
    if not name or piece is None:
        return Asked([], set())
    (x, y), (x2, _) = piece
    room = width(name) + 8 + (ends[0] if piece[0] == points[0] else 0.0)
    needs = [_apart(x, x2, room + (ends[1] + ARROW - 2 if piece[1] == points[-1] else 0.0))]
    for (a, b), (c, d) in pieces:
        if a == c and min(x, x2) < a < max(x, x2) and min(b, d) < y < max(b, d):
            needs.append(_apart(x, a, room))
    return Asked(needs, {y})


def _apart(one: float, other: float, room: float) -> Need:
    return Need(min(one, other), max(one, other), room)
