"""Breaks labels into lines that fit a box. Chinese breaks anywhere except before closing marks; Latin
words stay whole."""

import re
import unicodedata

EM = 14.0
LINE_HEIGHT = 18
NAME_ROOM = 112.0  # for a name or a holder under its box
_PIECES = re.compile(r"[A-Za-z0-9.\-]+|\s+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：！？）》」』”’％%")


def width(text: str) -> float:
    """Pixels at 14 px: a Chinese character is one em, a Latin one about 0.56."""
    return sum(EM if unicodedata.east_asian_width(c) in "WFA" else EM * 0.56 for c in text)


def wrap(text: str, room: float, most: int = 4) -> list[str]:
    """Lines of at most ``room`` pixels; what does not fit into ``most`` lines ends in ``…``. Never empty."""
    lines = [""]
    for piece in _PIECES.findall(text.strip()):
        fits = width(lines[-1] + piece) <= room
        if fits or not lines[-1] or piece in _NOT_FIRST:
            lines[-1] += piece
        elif not piece.isspace():
            lines.append(piece)
    lines = [line.strip() for line in lines]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(last + "…") > room:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def even(text: str, room: float, most: int = 4) -> list[str]:
    """As few lines as ``wrap`` needs, but none much shorter than the others: no single character left over."""
    lines = wrap(text, room, most)
    if len(lines) == 1 or lines[-1].endswith("…"):
        return lines
    narrow = width(text) / len(lines)
    while len(closer := wrap(text, narrow, most)) > len(lines) or (closer[-1].endswith("…")):
        narrow += EM / 4
    return closer
