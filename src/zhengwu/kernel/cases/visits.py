"""Visits: one time somebody was served, whether it became a case or only a ticket of the queue. What may be evaluated
once (一次一评). Modules that serve people tell here how their visits are found; the one that evaluates asks here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.matters.models import Window


@dataclass(frozen=True, slots=True)
class Visit:
    """``key`` names the visit for ever (``case:<number>``, ``ticket:<id>``); ``title`` is what was done, in words.

    ``unit_id`` answers for it; ``clerk_id`` is the account that served, None on line. ``at``: when it was served.
    """

    key: str
    title: str
    unit_id: int
    division: str
    at: datetime
    case: Case | None = None
    point_id: int | None = None
    window_id: int | None = None
    clerk_id: int | None = None


AtWindow = Callable[[Window], Visit | None]
ByCode = Callable[[str], Visit | None]
_at_window: list[AtWindow] = []
_by_code: list[ByCode] = []


def provide(*, at_window: AtWindow | None = None, by_code: ByCode | None = None) -> None:
    """Called once, from ``AppConfig.ready``. ``at_window`` gives the newest visit served at a window today, ``by_code``
    the one whose paper carries an unguessable code."""
    if at_window is not None:
        _at_window.append(at_window)
    if by_code is not None:
        _by_code.append(by_code)


def newest_at(window: Window) -> Visit | None:
    """The visit that was served last at ``window`` today, of whatever kind."""
    found = [visit for ask in _at_window if (visit := ask(window)) is not None]
    return max(found, key=lambda visit: visit.at, default=None)


def by_code(code: str) -> Visit | None:
    """The visit a paper's code belongs to; None for a code nobody gave out."""
    return next((visit for ask in _by_code if (visit := ask(code)) is not None), None)


Counter = Callable[[list[int], datetime, datetime], dict[str, dict[int, int]]]
_counters: list[Counter] = []


def count_with(counter: Counter) -> None:
    """Called once, from ``AppConfig.ready``: ``counter(clerk ids, from, until)`` → code → clerk id → how often."""
    _counters.append(counter)


def counted(clerk_ids: list[int], begin: datetime, end: datetime) -> dict[str, dict[int, int]]:
    """What all modules counted of these clerks' visits between two moments: code → clerk id → how often."""
    return {code: by_clerk for counter in _counters for code, by_clerk in counter(clerk_ids, begin, end).items()}
