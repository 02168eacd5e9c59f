"""One deed: everything a single act changes, gathered first and written once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhengwu.kernel.cases.models import Case, Step, Submission
from zhengwu.kernel.clock.api import Limit
from zhengwu.kernel.directory.api import Actor, Post
from zhengwu.kernel.flow.api import Chart, Node
from zhengwu.lib.problem import Invalid


@dataclass(slots=True)
class ClockOrder:
    """A clock to start: ``subject`` is the case's number, or number#token for a step."""

    kind: str
    limit: Limit
    basis: str
    started_at: datetime
    unit_id: int | None
    subject: str = ""


@dataclass(slots=True)
class Deed:
    """An action under way. Effects read it, refuse by raising a Problem, and order what is to be written.

    ``silent``: the action came to less than its name says (a refusal only proposed); the applicant is not told yet.
    """

    case: Case
    chart: Chart
    actor: Actor
    at: datetime
    action: str
    step: Step | None = None
    node: Node | None = None
    post: Post | None = None
    opinion: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    silent: bool = False
    steps: list[Step] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    clocks: list[ClockOrder] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    documents: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    after: list[Callable[["Deed"], None]] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    _were_open: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self._were_open = frozenset(s.pk for s in self.steps if s.closed_at is None)

    def closed_now(self) -> list[Step]:
        """The steps this deed closed so far, by completing or cancelling them."""
        return [s for s in self.steps if s.closed_at is not None and s.pk in self._were_open]

    def start_clock(self, kind: str, limit: Limit, basis: str, *, at: datetime | None = None) -> None:
        """Orders a clock on the case from ``at`` (the deed's moment by default)."""
        self.clocks.append(ClockOrder(kind, limit, basis, at or self.at, self.case.unit_id, self.case.number))

    def stop_clocks(self, *kinds: str) -> None:
        """Orders clocks of these kinds on the case to stop at the deed's moment; those ordered so far never start."""
        self.clocks = [o for o in self.clocks if o.subject != self.case.number or o.kind not in kinds]
        self.stops.extend(kinds)

    def document(self, kind: str, title: str, series: str, **data: Any) -> None:
        """Orders a numbered paper; ``series`` is the 机关代字 part, "" for papers without a number."""
        self.documents.append((kind, title, series, data))

    def require_opinion(self, message: str) -> None:
        if not self.opinion.strip():
            raise Invalid({"opinion": message})
