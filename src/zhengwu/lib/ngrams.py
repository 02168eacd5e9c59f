"""Chinese full text without a segmenter: character pairs with positions, as text PostgreSQL casts to a tsvector.

A run of Han characters ``政务服务`` becomes ``政务 务服 服务 务`` (the last character alone, so that a single character
can be found by prefix); Latin words and numbers stay whole, in lower case. Between runs one position stays empty, so
that a phrase never crosses punctuation.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_POSITION = 16_383
"""PostgreSQL keeps no position beyond this one; text further back is not indexed."""
MAX_PER_LEXEME = 255
"""PostgreSQL keeps no more positions than this for one lexeme."""
MAX_QUERY = 100
"""Characters of a query that are looked at."""

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f"
_RUN = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")
_WORD_MAX = 60


def normal(text: str) -> str:
    """Full-width and compatibility forms folded (NFKC), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The runs of ``text`` in order: (characters, whether they are Han)."""
    for match in _RUN.finditer(normal(text)):
        han = match.group(1) is not None
        yield match.group() if han else match.group()[:_WORD_MAX], han


def _tokens(text: str, position: int) -> Iterator[tuple[str, int]]:
    for run, han in runs(text):
        if not han:
            yield run, position
            position += 2
            continue
        for at in range(len(run) - 1):
            yield run[at : at + 2], position + at
        yield run[-1], position + len(run) - 1
        position += len(run) + 1


def vector(title: str, body: str = "") -> str:
    """Text for ``::tsvector``. Lexemes of the title carry weight A, so that matches in titles can be told apart."""
    places: dict[str, list[str]] = {}
    last = 0
    for weight, text in (("A", title), ("", body)):
        for token, position in _tokens(text, last + 2 if last else 1):
            if position > MAX_POSITION:
                break
            found = places.setdefault(token, [])
            if len(found) < MAX_PER_LEXEME:
                found.append(f"{position}{weight}")
            last = position
    return " ".join(f"'{token}':{','.join(found)}" for token, found in places.items())


def query(text: str, *, title_only: bool = False) -> str:
    """Text for ``::tsquery``: every run must occur as a phrase. "" when nothing searchable was typed."""
    mark = "A" if title_only else ""
    parts: list[str] = []
    for run, han in runs(text[:MAX_QUERY]):
        if not han:
            prefix = "*" if len(run) > 1 else ""
            parts.append(_term(run, prefix + mark))
        elif len(run) == 1:
            parts.append(_term(run, "*" + mark))
        else:
            pairs = [_term(run[at : at + 2], mark) for at in range(len(run) - 1)]
            parts.append("(" + " <-> ".join(pairs) + ")" if len(pairs) > 1 else pairs[0])
    return " & ".join(dict.fromkeys(parts))


def _term(token: str, flags: str) -> str:
    return f"'{token}':{flags}" if flags else f"'{token}'"


def highlight(text: str, wanted: str, width: int = 0) -> list[tuple[str, bool]]:
    """``text`` (or ``width`` characters around the first find) in pieces: (piece, whether it was searched for).

    Nothing is escaped here; the pieces in order are a substring of ``text`` exactly.
    """
    folded, origin = _folded(text)
    marked = [False] * len(text)
    first: int | None = None
    for run, _ in runs(wanted[:MAX_QUERY]):
        start = folded.find(run)
        while start >= 0:
            for at in range(origin[start], origin[start + len(run) - 1] + 1):
                marked[at] = True
            first = origin[start] if first is None else min(first, origin[start])
            start = folded.find(run, start + len(run))
    begin, end = 0, len(text)
    if width and len(text) > width:
        begin = max(0, min((first or 0) - width // 4, len(text) - width))
        end = begin + width
    pieces: list[tuple[str, bool]] = []
    for at in range(begin, end):
        if pieces and pieces[-1][1] == marked[at]:
            pieces[-1] = (pieces[-1][0] + text[at], marked[at])
        else:
            pieces.append((text[at], marked[at]))
    return pieces


def _folded(text: str) -> tuple[str, list[int]]:
    """The normal form character by character, and for each of its characters the place it came from."""
    out: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        for folded in normal(char):
            out.append(folded)
            origin.append(at)
    return "".join(out), origin
