"""The registry through which modules give the kernel their kinds of case and hear what happens to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from zhengwu.kernel.clock.api import Limit, LimitUnit

if TYPE_CHECKING:
    from zhengwu.kernel.cases.deed import Deed
    from zhengwu.kernel.cases.models import Case
    from zhengwu.kernel.matters.models import Matter

Effect = Callable[["Deed"], None]
"""Checks and carries out what the law attaches to an action; runs before the flow advances, in the same transaction."""


CORRECTION_LIMIT = Limit(30, LimitUnit.WORKING_DAY)
_LICENCE = "行政许可法第七十条（参照）"
GROUNDS: Mapping[str, tuple[str, str]] = {
    "died": ("申请人（当事人）死亡，或者法人、其他组织依法终止", _LICENCE),
    "moot": ("申请所依据的事实或者所办事项已不存在", _LICENCE),
    "impossible": ("因不可抗力，事项无法实施", _LICENCE),
    "unpaid": ("申请人未按规定缴纳费用", "收费目录清单及收费许可"),
    "repeated": ("同一事项已由其他办件办理", "本地规则"),
    "transferred": ("不属于本机关职权，已移送有权机关", "行政许可法第三十二条第一款第二项"),
}
COMMON_STATES = {"ended": "已终止", "lapsed": "逾期未补正，视为撤回"}
"""States every kind of case may come to besides its own."""


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
    correction_limit: Limit = CORRECTION_LIMIT
    """How long a correction waits for an answer where the chart does not say: local rule; then the case lapses."""
    sent_back: Effect | None = None
    """What the law attaches when a step is sent back to the applicant (补正告知); None: as by nothing."""
    moved: Effect | None = None
    """Sets the state right after steps were opened again (退回、撤回、跳转)."""
    grounds: Mapping[str, tuple[str, str]] = field(default_factory=lambda: GROUNDS)
    """Facts on which a case is ended before its decision (终止): code → words and article."""
    charts: tuple[str, ...] = ()
    """Keys of charts whose applications are of this kind and not of the common one (see ``kind_for``)."""


_kinds: dict[str, CaseKind] = {}
_handlers: dict[str, list[Effect]] = {}


def register(kind: CaseKind) -> None:
    """Called once, in an app's ``ready()``. A second kind with the same code is a programming error."""
    if kind.code in _kinds:
        raise ValueError(f"case kind registered twice: {kind.code}")
    _kinds[kind.code] = kind


def get(code: str) -> CaseKind:
    return _kinds[code]


def kind_for(matter: "Matter") -> str:
    """The kind of a case somebody applies for: by the matter's chart, else the common "application"."""
    key = matter.chart.key
    return next((kind.code for kind in _kinds.values() if key in kind.charts), "application")


def codes() -> frozenset[str]:
    """Codes of all kinds this installation runs."""
    return frozenset(_kinds)


def state_label(kind: str, state: str) -> str:
    own = _kinds[kind].states if kind in _kinds else {}
    return own.get(state) or COMMON_STATES.get(state, state)


def on(happening: str, handler: Effect) -> None:
    """Registers ``handler`` for a happening: "opened", "accepted", "granted", "denied", "issued", "delivered",
    "finished", "withdrawn", "ended" (also when nobody answered a correction), "archived". It runs inside the
    transaction of the act that caused it."""
    _handlers.setdefault(happening, []).append(handler)


def tell(happening: str, deed: "Deed") -> None:
    """Runs the handlers of a happening; effects call it."""
    for handler in _handlers.get(happening, ()):
        handler(deed)
