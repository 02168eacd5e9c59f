"""The registry through which modules give the kernel their kinds of case and hear what happens to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from zhengwu.kernel.clock.api import Limit

if TYPE_CHECKING:
    from zhengwu.kernel.cases.deed import Deed
    from zhengwu.kernel.cases.models import Case

Effect = Callable[["Deed"], None]
"""Checks and carries out what the law attaches to an action; runs before the flow advances, in the same transaction."""


@dataclass(frozen=True)
class CaseKind:
    """One kind of case.

    ``states``: code → Chinese label. ``first_state``: the state after opening. ``effects``: (step kind, action) →
    effect. ``opened``: effect of opening. ``finished``: called when the flow has no token left.
    ``recipients``: what the applicant is told on which action: (step kind, action) → sentence with {title} {number}.
    ``number``: number rule.
    """

    code: str
    title: str
    states: Mapping[str, str]
    first_state: str
    number: Callable[["Case", datetime], str]
    opened: Effect
    finished: Effect
    effects: Mapping[tuple[str, str], Effect] = field(default_factory=dict)
    recipients: Mapping[tuple[str, str], str] = field(default_factory=dict)
    extension: Callable[["Case"], tuple[Limit, str]] | None = None
    """How long a leader may extend the case's limits, once, and by which article; None: never."""
    apart: tuple[str, ...] = ()
    """Step kinds no two of which one person may complete in the same case (承办人≠审核人≠决定人)."""


_kinds: dict[str, CaseKind] = {}
_handlers: dict[str, list[Effect]] = {}


def register(kind: CaseKind) -> None:
    """Called once, in an app's ``ready()``. A second kind with the same code is a programming error."""
    if kind.code in _kinds:
        raise ValueError(f"case kind registered twice: {kind.code}")
    _kinds[kind.code] = kind


def get(code: str) -> CaseKind:
    return _kinds[code]


def codes() -> frozenset[str]:
    """Codes of all kinds this installation runs."""
    return frozenset(_kinds)


def state_label(kind: str, state: str) -> str:
    return _kinds[kind].states.get(state, state) if kind in _kinds else state


def on(happening: str, handler: Effect) -> None:
    """Registers ``handler`` for a happening: "opened", "accepted", "granted", "denied", "issued", "delivered",
    "finished", "withdrawn", "archived". It runs inside the transaction of the act that caused it."""
    _handlers.setdefault(happening, []).append(handler)


def tell(happening: str, deed: "Deed") -> None:
    """Runs the handlers of a happening; effects call it."""
    for handler in _handlers.get(happening, ()):
        handler(deed)
