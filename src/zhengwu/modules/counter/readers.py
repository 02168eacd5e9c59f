"""Card readers (身份证读卡器).

Three kinds meet the counter: readers that type like a keyboard (their line, name and number, is understood in the
number field as it is), readers an adapter here talks to, and none: then the clerk types. ``ZW_CARD_READER`` names the
adapter: ``simulated`` (fictional cards, for trying out), or ``package.module:Class``.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import cycle
from typing import Protocol

from zhengwu.lib.identifiers import citizen_check_char, normal
from zhengwu.lib.problem import Problem


@dataclass(frozen=True)
class Card:
    """What a card says. ``number`` is checked like one that was typed."""

    name: str
    number: str
    address: str = ""


class CardReader(Protocol):
    """An adapter. ``station`` is the window the clerk sits at ("" unknown), for readers that stand in a network."""

    def read(self, station: str) -> Card | None:
        """The card that lies on the reader now, None when there is none. Raises Problem when the reader fails."""


class SimulatedReader:
    """Fictional people of the fictional county, one after another."""

    _PEOPLE = (("王桂芳", "19520304", "042"), ("陈德胜", "19680719", "315"), ("罗秀英", "19750112", "128"),
               ("谭志明", "19891223", "237"))

    def __init__(self) -> None:
        self._cards: Iterator[Card] = cycle([self._card(*row) for row in self._PEOPLE])

    @staticmethod
    def _card(name: str, born: str, serial: str) -> Card:
        body = f"519921{born}{serial}"
        return Card(name, body + citizen_check_char(body), "金效市临溪县梅子镇李子坪村二组18号")

    def read(self, station: str) -> Card | None:
        return next(self._cards)


@cache
def _named(name: str) -> CardReader | None:
    if not name:
        return None
    if name == "simulated":
        return SimulatedReader()
    module, _, attribute = name.partition(":")
    made: CardReader = getattr(import_module(module), attribute)()
    return made


def reader() -> CardReader | None:
    """The reader of this installation; a demo instance has the simulated one."""
    return _named(os.environ.get("ZW_CARD_READER", "simulated" if os.environ.get("ZHENGWU_DEMO_PASSWORD") else ""))


def read_card(station: str) -> Card:
    """The card on the reader. Raises Problem: no reader, no card, or what the adapter says."""
    adapter = reader()
    if adapter is None:
        raise Problem("no-card-reader", "没有接读卡器，请直接输入姓名和证件号码", "no card reader", field="person-id")
    card = adapter.read(station)
    if card is None:
        raise Problem("no-card", "没有读到身份证，请把证件放在读卡器上再试，或者直接输入", "no card", field="person-id")
    return card


_LINE = re.compile(r"(?P<name>[\u3400-\u9fff\U00020000-\U000323af·]{2,30})?[\s|,;:，；：^~]*"
                   r"(?P<number>[1-9][0-9]{16}[0-9Xx])(?:[\s|,;:，；：^~].*)?$")


def parse_line(text: str) -> Card | None:
    """What a keyboard-wedge reader typed: name and number, whatever stands between; None for anything else."""
    found = _LINE.match(text.strip())
    if found is None or not found["name"]:
        return None
    return Card(found["name"], normal(found["number"]))
