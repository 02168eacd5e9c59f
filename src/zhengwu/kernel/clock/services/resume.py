"""Letting suspended limits run again."""

from collections.abc import Sequence
from datetime import UTC, datetime

from zhengwu.kernel.clock.book import book
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.clock.reckon import lower_light, reckon
from zhengwu.kernel.clock.rows import COLUMNS, fetch, save_reckoned
from zhengwu.lib.problem import Conflict

_SQL = (
    f"SELECT {COLUMNS} FROM clock_clock c WHERE subject = %s AND state = 'suspended' "  # noqa: S608
    "AND (%s::text[] IS NULL OR kind = ANY(%s::text[])) ORDER BY id FOR UPDATE"
)


def resume(subject: str, at: datetime, *, kinds: Sequence[str] | None = None) -> list[Clock]:
    """Closes the open suspension of the clocks of ``subject`` at ``at`` and stores their new dates.

    Must run in the caller's transaction. Returns the resumed clocks (none suspended: an empty list). Raises
    ``Conflict`` when ``at`` lies before the suspension, ``Problem('calendar-year-missing')`` as
    ``start_many``.
    """
    wanted = None if kinds is None else list(kinds)
    clocks, known = fetch(_SQL, [subject, wanted, wanted]), book()
    for clock in clocks:
        if clock.suspended_at is None or at < clock.suspended_at:
            raise Conflict("resume-before-suspension", "恢复计时的时间早于中止的时间",
                           "the moment of resumption lies before the suspension", field="at")
        clock.suspensions[-1]["end"] = at.astimezone(UTC).isoformat()
        clock.state, clock.suspended_at = ClockState.RUNNING, None
        reckon(clock, known)
        lower_light(clock, at)
    save_reckoned(clocks)
    return clocks
