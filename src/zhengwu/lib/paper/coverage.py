"""Which characters the fonts of this installation can print. A paper must never show an empty box for a character of
somebody's name as if nothing were wrong."""

import struct
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

GETA = "〓"
"""What printers set where a type was missing."""
_SUFFIXES = frozenset({".otf", ".ttf", ".ttc", ".otc"})


def covered(folders: Iterable[Path]) -> frozenset[int]:
    """Code points for which some font below ``folders`` has a glyph. A file that is no font adds nothing."""
    found: set[int] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                found |= characters(path.read_bytes())
    return frozenset(found)


def characters(font: bytes) -> set[int]:
    """Code points of the font's character maps (OpenType ``cmap``, formats 4 and 12), of all fonts of a collection."""
    found: set[int] = set()
    try:
        starts = [0]
        if font[:4] == b"ttcf":
            (count,) = struct.unpack_from(">I", font, 8)
            starts = list(struct.unpack_from(f">{count}I", font, 12))
        for start in starts:
            (tables,) = struct.unpack_from(">H", font, start + 4)
            for table in range(tables):
                tag, _, at, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * table)
                if tag == b"cmap":
                    found |= _map(font, at)
    except struct.error:  # cut short: what was read so far is what can be relied on
        return found
    return found


def _map(font: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">H", font, at + 2)
    found: set[int] = set()
    for record in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, at + 4 + 8 * record)
        if platform not in (0, 3) or (platform, encoding) == (3, 0):
            continue
        (form,) = struct.unpack_from(">H", font, at + offset)
        if form == 4:
            found |= _segments(font, at + offset)
        elif form == 12:
            found |= _groups(font, at + offset)
    return found


def _segments(font: bytes, at: int) -> set[int]:
    """Format 4: segments of the basic plane; a glyph of 0 means none."""
    (double,) = struct.unpack_from(">H", font, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * double)
    offsets_at = at + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", font, offsets_at)
    found = set()
    for n in range(count):
        for code in range(starts[n], min(ends[n], 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                (glyph,) = struct.unpack_from(">H", font, offsets_at + 2 * n + offsets[n] + 2 * (code - starts[n]))
            if (glyph + deltas[n]) % 0x10000 and (glyph or not offsets[n]):
                found.add(code)
    return found


def _groups(font: bytes, at: int) -> set[int]:
    """Format 12: groups of all planes."""
    (count,) = struct.unpack_from(">I", font, at + 12)
    found: set[int] = set()
    for n in range(count):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * n)
        found.update(range(first if glyph else first + 1, min(last, 0x10FFFF) + 1))
    return found


def marked(value: Any, printable: frozenset[int]) -> tuple[Any, set[str]]:
    """``value`` (JSON) with every character no font has as ``〓（U+2E9F5）``, and those characters."""
    missing: set[str] = set()

    def text(words: str) -> str:
        if all(ord(c) in printable for c in words):
            return words
        return "".join(_shown(c, printable, missing) for c in words)

    def walk(part: Any) -> Any:
        if isinstance(part, str):
            return text(part)
        if isinstance(part, dict):
            return {key: walk(inner) for key, inner in part.items()}
        return [walk(inner) for inner in part] if isinstance(part, list | tuple) else part

    return walk(value), missing


def _shown(char: str, printable: frozenset[int], missing: set[str]) -> str:
    """Marks, spaces and controls have no picture of their own and stay; what is too new for Python's tables has."""
    kind = unicodedata.category(char)
    if ord(char) in printable or kind[0] in "ZM" or kind in ("Cc", "Cf"):
        return char
    missing.add(char)
    return f"{GETA}（U+{ord(char):04X}）"
