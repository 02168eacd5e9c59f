"""Extending a limit with somebody's approval."""

from datetime import UTC, datetime

from zhengwu.kernel.clock.book import book
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.clock.reckon import lower_light, reckon
from zhengwu.kernel.clock.rows import COLUMNS, fetch, save_reckoned
from zhengwu.lib.problem import Conflict, NotFound, Problem
from zhengwu.lib.workdays import Limit, Unit

_SQL = f"SELECT {COLUMNS} FROM clock_clock c WHERE id = %s FOR UPDATE"  # noqa: S608


def extend(clock: Clock | int, by: Limit, at: datetime, *, approved_by: str, reason: str,
           basis: str = "") -> Clock:
    """Adds ``by`` to the limit, as 许可法 §42 (10 working days, approved by the organ's head, the
    applicant is told why).

    Must run in the caller's transaction. Refused: another unit than the limit's, no approver or reason, a
    clock that has stopped, one whose limit is already over (an extension is granted within the limit).
    """
    found = fetch(_SQL, [clock.pk if isinstance(clock, Clock) else clock])
    if not found:
        raise NotFound("clock-unknown", "没有这个时限", "no such clock")
    (own,) = found
    if by.unit is not Unit(own.limit_unit):
        raise Problem("extension-unit",
                      f"延长的单位须与原时限一致（{Unit(own.limit_unit).label}）",
                      "the extension must be in the unit of the limit", field="limit")
    if not approved_by.strip() or not reason.strip():
        raise Problem("extension-unfounded", "延长时限须写明批准人和理由", "approver and reason are needed",
                      field="approved_by" if not approved_by.strip() else "reason")
    if own.state == ClockState.STOPPED:
        raise Conflict("clock-stopped", "时限已经停止，不能延长", "the clock has stopped")
    if (own.suspended_at or at) >= own.due_at:
        raise Conflict("clock-overdue", "时限已经届满，不能再延长",
                       "the limit is over and cannot be extended")
    own.extensions.append({"n": by.n, "at": at.astimezone(UTC).isoformat(),
                           "approved_by": approved_by.strip(), "reason": reason.strip(), "basis": basis})
    reckon(own, book())
    lower_light(own, at)
    save_reckoned([own])
    return own
