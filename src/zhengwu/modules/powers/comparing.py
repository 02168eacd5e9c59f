"""What others have on their lists that this one lacks, and the reverse."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.matters.api import MatterType
from zhengwu.kernel.matters.models import Power
from zhengwu.modules.powers.models import OutsideList

_NOISE = re.compile(r"[\s（）()《》“”\"、，,的及和与]|（?[市县区]级）?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A power on some list, in words."""

    name: str
    type: str
    unit: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two lists side by side: what only they have, what only we have, in how many they agree; and those both have
    under another type."""

    theirs: list[Entry]
    ours: list[Entry]
    same: int
    typed: list[tuple[Entry, Entry]]


def key_of(name: str) -> str:
    """A name without what differs from list to list: punctuation, particles, the level in brackets."""
    return _NOISE.sub("", name)


def entries_of(division: Division) -> list[Entry]:
    """The list of one of our divisions as it stands."""
    rows = Power.objects.filter(division=division, valid_from__isnull=False, valid_to=None, type__lt="61")
    return [Entry(name, str(MatterType(type_code).label), unit)
            for name, type_code, unit in rows.values_list("name", "type", "unit__short_name").order_by("sort_key")]


def entries_outside(outside: OutsideList) -> list[Entry]:
    return [Entry(row["name"], row.get("type", ""), row.get("unit", "")) for row in outside.rows]


def compare(ours: Iterable[Entry], theirs: Iterable[Entry]) -> Comparison:
    """By name without its noise; the first of equal names counts."""
    mine, other = _by_key(ours), _by_key(theirs)
    common = [key for key in other if key in mine]
    typed = [(mine[k], other[k]) for k in common if other[k].type and mine[k].type != other[k].type]
    return Comparison([other[k] for k in other if k not in mine], [mine[k] for k in mine if k not in other],
                      len(common), typed)


def _by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(key_of(entry.name), entry)
    return found
