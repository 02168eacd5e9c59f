"""Stopping limits: what was due has been done."""

from collections.abc import Sequence
from datetime import UTC, datetime

from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.clock.rows import COLUMNS, fetch

# While suspended a limit cannot run out, so what counts is when it was suspended.
_SQL = (
    "UPDATE clock_clock c SET state = 'stopped', stopped_at = %s, "  # noqa: S608
    "on_time = COALESCE(suspended_at, %s) < due_at, "
    "light = CASE WHEN COALESCE(suspended_at, %s) < due_at THEN light ELSE 'red' END, "
    "suspensions = CASE WHEN suspended_at IS NULL THEN suspensions "
    "ELSE jsonb_set(suspensions, '{{-1,end}}', to_jsonb(%s::text)) END, suspended_at = NULL "
    "WHERE {which} AND state <> 'stopped' AND (%s::text[] IS NULL OR kind = ANY(%s::text[])) "
    f"RETURNING {COLUMNS}"
)
_ONE, _MANY = _SQL.format(which="subject = %s"), _SQL.format(which="subject = ANY(%s::text[])")


def stop(subject: str, at: datetime, *, kinds: Sequence[str] | None = None) -> list[Clock]:
    """Stops the clocks of ``subject`` (of ``kinds``; ``None``: all) at ``at`` with one statement; returns
    them.

    ``on_time`` is whether ``at`` lies before the due moment; a late one shows red. ``measure(clock)``
    tells the days used and left. Clocks stopped before are not touched, so a repeated stop returns nothing.
    """
    return _stop(_ONE, subject, at, kinds)


def stop_all(subjects: Sequence[str], at: datetime, *, kinds: Sequence[str] | None = None) -> list[Clock]:
    """``stop`` for several subjects, still one statement."""
    return _stop(_MANY, list(subjects), at, kinds) if subjects else []


def _stop(sql: str, which: str | list[str], at: datetime, kinds: Sequence[str] | None) -> list[Clock]:
    wanted = None if kinds is None else list(kinds)
    return fetch(sql, [at, at, at, at.astimezone(UTC).isoformat(), which, wanted, wanted])
