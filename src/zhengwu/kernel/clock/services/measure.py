"""Days used and left, and the whole story day by day."""

from datetime import datetime

from zhengwu.kernel.clock.book import book
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.clock.reckon import as_resumed, measured
from zhengwu.lib.now import local, now
from zhengwu.lib.workdays import (
    Explanation,
    Limit,
    Measure,
    counted_summary,
    last_day,
    local_ordinal,
    long_date,
    provisional_note,
)
from zhengwu.lib.workdays import explain as explain_days


def measure(clock: Clock, at: datetime | None = None) -> Measure:
    """Used and left at ``at`` (default now); of a stopped or suspended clock, when it stopped. No query."""
    return measured(clock, book(), at or now())


def explain(clock: Clock, at: datetime | None = None) -> Explanation:
    """The clock as a strip of days with summary and article. No query beyond the remembered calendar.

    While suspended the strip is drawn as if the limit were resumed at ``at``.
    """
    known, at = book(), at or now()
    shown = as_resumed(clock, known, at)
    intervals = clock.intervals(until=at)
    hours, limit = known.hours_of(clock.unit_id), clock.limit
    lines = explain_days(clock.started_at, limit, known.calendar, hours, intervals)
    until, seen = last_day(shown.due_at, limit.unit), measured(clock, known, at)
    years = known.calendar.provisional_years(local_ordinal(clock.started_at), until.toordinal())
    return Explanation(
        days=lines, summary=counted_summary(clock.started_at, limit, lines, until) + _standing(clock, seen),
        basis=clock.basis, used=seen.used, left=seen.left, word=seen.word, due=shown.due_at, last_day=until,
        started=clock.started_at, limit=limit, state=clock.state, light=clock.light,
        provisional=bool(years), note=provisional_note(years), suspensions=intervals)


def _standing(clock: Clock, seen: Measure) -> str:
    """The second sentence: where the limit stands."""
    unit = clock.limit.unit
    extended = "".join(f"经{e['approved_by']}批准延长{Limit(e['n'], unit).label}（{e['reason']}）。"
                       for e in clock.extensions)
    if clock.state == ClockState.SUSPENDED:
        last = clock.suspensions[-1]
        since = long_date(local(datetime.fromisoformat(last["start"])).date())
        return (f"{extended}自{since}起因{last['reason']}中止，"
                f"已用{seen.used}{seen.word}，恢复后继续计算。")
    if clock.stopped_at is not None:
        verdict = "按时办结" if clock.on_time else "超过时限办结"
        return f"{extended}用{seen.used}{seen.word}{verdict}。"
    if seen.overdue:
        return f"{extended}已超过时限{f'{-seen.left}{seen.word}' if seen.left else ''}。"
    if seen.left > 0:
        return f"{extended}已用{seen.used}{seen.word}，还剩{seen.left}{seen.word}。"
    return f"{extended}已用{seen.used}{seen.word}，今日届满。"
