"""Refusals: what is wrong, where, and what would be right. Pages show them at the field, the API as RFC 9457."""

from typing import Any


class Problem(Exception):
    """A request that cannot be done as asked; nothing was changed.

    ``code`` is stable and kebab-case (it becomes the problem type), ``zh`` is shown to people, ``en`` goes along in
    the API, ``field`` names the input at fault ("" = the whole request), ``status`` is the HTTP status.
    """

    status = 400

    def __init__(self, code: str, zh: str, en: str = "", *, field: str = "", status: int | None = None,
                 extra: dict[str, Any] | None = None) -> None:
        super().__init__(zh)
        self.code, self.zh, self.en, self.field = code, zh, en or code.replace("-", " "), field
        self.status = status or type(self).status
        self.extra = extra or {}


class Denied(Problem):
    """Not entitled. Answered as 404 where even the existence must not be told."""

    status = 403


class NotFound(Problem):
    """Nothing there for this person."""

    status = 404


class Conflict(Problem):
    """Somebody was faster, or the state does not allow it."""

    status = 409


class Stale(Problem):
    """The If-Match of the request names an older version."""

    status = 412


class Invalid(Problem):
    """Several fields at fault: ``errors`` maps field to message."""

    status = 422

    def __init__(self, errors: dict[str, str], code: str = "invalid-input", zh: str = "有内容需要更正",
                 en: str = "some input needs correction") -> None:
        super().__init__(code, zh, en, extra={"errors": errors})
        self.errors = errors
