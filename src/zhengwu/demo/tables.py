"""The data files of this package as typed rows."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_DATA = files("zhengwu.demo") / "data"


@dataclass(frozen=True, slots=True)
class DivisionRow:
    code: str
    name: str
    level: int
    parent: str

    @property
    def short(self) -> str:
        """The name as people say it: an autonomous county loses its people's name."""
        return self.name.replace("土家族自治县", "县")


@dataclass(frozen=True, slots=True)
class OrganRow:
    """A kind of organ. ``number`` is its place in the file; ``windows`` how many windows it has in the full county."""

    number: int
    key: str
    windows: int
    family: str
    county_name: str
    city_name: str
    county_short: str
    city_short: str
    law: str
    theme: str

    def names(self, place: DivisionRow) -> tuple[str, str]:
        """(name, short name) in ``place``; empty when that level has no such organ."""
        if place.level == 3:
            return self.city_name.format(p=place.name), self.city_short
        return (self.county_name.format(p=place.name, s=place.short),
                self.county_short.format(p=place.name, s=place.short))


@dataclass(frozen=True, slots=True)
class MasterRow:
    """An entry of the basic list. ``county``: the full county implements it."""

    name: str
    type: str
    organ: str
    theme: str
    kind: str
    lawful: int
    person: bool
    enterprise: bool
    county: bool


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((_DATA / name).read_text(encoding="utf-8").splitlines())


@cache
def divisions() -> tuple[DivisionRow, ...]:
    """Parents before children."""
    return tuple(DivisionRow(r["code"], r["name"], int(r["level"]), r["parent"]) for r in _rows("divisions.csv"))


@cache
def organs() -> tuple[OrganRow, ...]:
    return tuple(
        OrganRow(number, r["key"], int(r["windows"]), r["family"], r["county_name"], r["city_name"], r["county_short"],
                 r["city_short"], r["law"], r["theme"])
        for number, r in enumerate(_rows("organs.csv"), 1)
    )


@cache
def masters() -> tuple[MasterRow, ...]:
    return tuple(
        MasterRow(r["name"], r["type"], r["organ"], r["theme"], r["kind"], int(r["lawful"]), r["person"] == "1",
                  r["enterprise"] == "1", r["county"] == "1")
        for r in _rows("matters.csv")
    )


@cache
def complete() -> dict[str, dict[str, Any]]:
    """Name of matter → the facts of the three matters that are complete to the last material."""
    read: dict[str, dict[str, Any]] = json.loads((_DATA / "complete.json").read_text(encoding="utf-8"))
    return read


@cache
def names() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((_DATA / "names.json").read_text(encoding="utf-8"))
    return read
