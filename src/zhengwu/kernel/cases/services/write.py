"""Writing a deed: case, steps, clocks, papers, ledger, notices — in the caller's transaction, in few statements."""

from datetime import datetime
from typing import Any

from django.db import connection

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import ClockOrder, Deed
from zhengwu.kernel.cases.models import Case, Document, Step
from zhengwu.kernel.cases.rows import change_case, insert_case
from zhengwu.kernel.cases.services.advance import step_subject
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import local

SHOWN = ("promised", "delivery")
"""The clocks whose day a case shows: until the decision the promised one, then that of delivery."""


def write(deed: Deed, entry: Entry, *, fresh: bool = False) -> None:
    """Writes everything the deed gathered and one ledger entry. ``fresh``: the case is new, its row is written too."""
    _write_clocks(deed)
    opened = [s for s in deed.steps if s.pk is None]
    for step in opened:
        _bind(step, (step.due_at, step.warn_at), deed.case)
    documents = _documents(deed)
    if fresh:
        insert_case(deed.case, deed.submissions, documents, opened)
    else:
        deed.case.revision += 1
        change_case(deed.case, deed.closed_now(), documents, opened)
    if "suspend" in deed.facts or "resume" in deed.facts:
        refresh_due(deed.case, deed.steps)
    append(deed.case.number, deed.actor.by(deed.post), [entry], at=deed.at)
    _tell_applicant(deed)
    for run in deed.after:
        run(deed)


def _write_clocks(deed: Deed) -> None:
    case, facts = deed.case, deed.facts
    if deed.stops:
        stopped = clock.stop(case.number, deed.at, kinds=deed.stops)
        if any(row.kind in SHOWN for row in stopped):
            case.due_at = case.warn_at = None
    gone = [step_subject(case, s) for s in deed.closed_now() if _has_own_clock(deed, s)]
    if gone:
        clock.stop_all(gone, deed.at)
    started = clock.start_many([_order(o) for o in deed.clocks]) if deed.clocks else []
    by_subject = {c.subject: c for c in started}
    for step in deed.steps:
        if step.pk is None and (own := by_subject.get(step_subject(case, step))):
            step.due_at, step.warn_at = own.due_at, own.warn_at
    if "suspend" in facts:
        reason, basis = facts["suspend"]
        clock.suspend(case.number, deed.at, reason=reason, basis=basis)
        case.due_at = case.warn_at = None
    elif "resume" in facts:
        set_due(case, [*clock.resume(case.number, deed.at), *started])
    else:
        set_due(case, started)


def _has_own_clock(deed: Deed, step: Step) -> bool:
    """Whether the step had a limit of its own besides the case's (see ``advance``)."""
    node = deed.chart.find(step.node)
    return step.due_at is not None and (node is None or node.limit is not None or node.unit == "each")


def _order(order: ClockOrder) -> clock.Order:
    return clock.Order(
        subject=order.subject,
        kind=order.kind,
        limit=order.limit,
        at=order.started_at,
        basis=order.basis,
        unit_id=order.unit_id,
    )


def set_due(case: Case, clocks: list[Any]) -> None:
    """The case shows the promised day (for a while the delivery day), as its clock has it."""
    for row in clocks:
        if row.subject == case.number and row.kind in SHOWN:
            case.due_at, case.warn_at = row.due_at, row.warn_at


def refresh_due(case: Case, steps: list[Step]) -> None:
    """After the case's clocks moved: the open steps show the nearer of their own limit and the case's."""
    still = {step_subject(case, s): s for s in steps if s.closed_at is None and s.kind != "correct"}
    rows = Clock.objects.filter(subject__in=still).exclude(state=ClockState.STOPPED)
    own = {row.subject: (row.due_at, row.warn_at) for row in rows}
    for subject, step in still.items():
        _bind(step, own.get(subject, (None, None)), case)
        Step.objects.filter(pk=step.pk).update(due_at=step.due_at, warn_at=step.warn_at)


def _bind(step: Step, own: tuple[datetime | None, datetime | None], case: Case) -> None:
    """The day that binds a step, with its own warning: its own limit, or the case's where that ends earlier."""
    due, warn = own
    if due is None or (case.due_at is not None and case.due_at < due):
        due, warn = case.due_at, case.warn_at
    step.due_at, step.warn_at = due, warn


def _next_number(series: str, at: datetime) -> str:
    year = local(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_series (key, last) values (%s, 1) "
            "on conflict (key) do update set last = cases_series.last + 1 returning last",
            [f"{series}〔{year}〕"],
        )
        (number,) = cursor.fetchone()
    return f"{series}〔{year}〕{number}号"


def _documents(deed: Deed) -> list[Document]:
    """The papers ordered, with their numbers; each number's row stays locked from here to the end of the deed."""
    rows = [
        Document(
            case_id=deed.case.pk,
            kind=kind,
            title=title,
            number=_next_number(series, deed.at) if series else "",
            data=data,
            at=deed.at,
        )
        for kind, title, series, data in deed.documents
    ]
    if rows:
        deed.facts["documents"] = [[r.kind, r.number] for r in rows]
    return rows


def _tell_applicant(deed: Deed) -> None:
    case = deed.case
    if case.applicant_id is None:
        return
    place = (deed.step.kind if deed.step else "", deed.action)
    sentence = kinds.get(case.kind).recipients.get(place)
    if sentence and not deed.silent:
        notify(
            account_id=case.applicant_id,
            title=sentence.format(title=case.title, number=case.number),
            body=deed.opinion if deed.action in ("correct", "refuse", "deny") else "",
            url=f"/my/cases/{case.number}/",
            key=f"{case.number}:{case.revision}",
            channels=("in_app", "sms"),
        )
