"""Suspending the limits of a subject: time the law leaves out (hearing, inspection, expert review; 许可法
§45)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.clock.rows import COLUMNS, fetch

_SQL = (
    "UPDATE clock_clock c SET state = 'suspended', suspended_at = %s, "  # noqa: S608
    "suspensions = suspensions || "
    "jsonb_build_array(jsonb_build_object('start', %s::text, 'end', NULL, 'reason', %s::text, "
    "'basis', %s::text, 'until', %s::text)) WHERE subject = %s AND state = 'running' "
    "AND (%s::text[] IS NULL OR kind = ANY(%s::text[])) "
    f"RETURNING {COLUMNS}"
)


def suspend(subject: str, at: datetime, *, reason: str, basis: str, until: datetime | None = None,
            kinds: Sequence[str] | None = None) -> list[Clock]:
    """Stands the running clocks of ``subject`` (of ``kinds``; ``None``: all) still from ``at``; one
    statement.

    ``until`` is the announced end (§45: the applicant is told the needed time); it only informs. Clocks
    already suspended are left alone. Returns those suspended now.
    """
    wanted = None if kinds is None else list(kinds)
    expected = until.astimezone(UTC).isoformat() if until else None
    return fetch(_SQL, [at, at.astimezone(UTC).isoformat(), reason, basis, expected, subject, wanted, wanted])
