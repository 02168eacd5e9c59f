"""Refusals of the flow floor, and what the linter finds."""

from typing import Any, NamedTuple

from zhengwu.lib.problem import Problem


class FlowError(Problem):
    """The chart or the move cannot be done; ``element`` names the part of the chart at fault ("" = the
    whole)."""

    status = 409

    def __init__(self, code: str, zh: str, *, element: str = "", extra: dict[str, Any] | None = None) -> None:
        super().__init__(f"flow-{code}", zh, field=element, extra={"element": element, **(extra or {})})
        self.element = element


class ChartError(FlowError):
    """The chart as written is not in the subset that runs here."""

    status = 422


class Finding(NamedTuple):
    """One thing the linter has to say. ``severity`` is ``error`` (cannot be published) or ``warning``."""

    element: str
    code: str
    message: str
    severity: str = "error"

    @property
    def grave(self) -> bool:
        return self.severity == "error"


class Obstacle(NamedTuple):
    """Why a running case cannot change over to another version. ``token`` is "" when no single token is
    at fault."""

    token: str
    node: str
    message: str
