"""Writing a deed: case, steps, clocks, papers, ledger, notices — in the caller's transaction, in few statements."""

from datetime import datetime
from typing import Any

from django.db import connection

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import ClockOrder, Deed
from zhengwu.kernel.cases.models import Case, Document, Step
from zhengwu.kernel.cases.services.advance import CANCELLED, earliest, step_subject
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import local

_CASE_FIELDS = [
    "unit_ids",
    "state",
    "flow",
    "revision",
    "accepted_at",
    "decided_at",
    "closed_at",
    "archived_at",
    "due_at",
    "warn_at",
    "version_id",
]
_STEP_CLOSED = [
    "closed_at",
    "closed_by_id",
    "closed_label",
    "closed_key",
    "outcome",
    "outcome_label",
    "opinion",
    "form",
]


def write(deed: Deed, entry: Entry, *, fresh: bool = False) -> None:
    """Writes everything the deed gathered and one ledger entry. ``fresh``: the case row was inserted just now."""
    _write_clocks(deed)
    _write_case(deed, fresh=fresh)
    _write_steps(deed)
    _write_documents(deed)
    append(deed.case.number, deed.actor.by(deed.post), [entry], at=deed.at)
    _tell_applicant(deed)
    for run in deed.after:
        run(deed)


def _write_clocks(deed: Deed) -> None:
    case, facts = deed.case, deed.facts
    if deed.stops:
        clock.stop(case.number, deed.at, kinds=deed.stops)
    gone = [step_subject(case, s) for s in deed.steps if s.pk and s.closed_at == deed.at and s.due_at is not None]
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
        set_due(case, clock.resume(case.number, deed.at))
    else:
        set_due(case, started)
    if "promised" in deed.stops:
        case.due_at = case.warn_at = None


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
        if row.subject == case.number and row.kind in ("promised", "delivery"):
            case.due_at, case.warn_at = row.due_at, row.warn_at


def _write_case(deed: Deed, *, fresh: bool) -> None:
    case = deed.case
    if not fresh:
        case.revision += 1
    Case.objects.filter(pk=case.pk).update(**{name: getattr(case, name) for name in _CASE_FIELDS})


def _write_steps(deed: Deed) -> None:
    case = deed.case
    new = [s for s in deed.steps if s.pk is None]
    for step in new:
        step.warn_at = step.warn_at if step.due_at is not None else case.warn_at
        step.due_at = earliest([step.due_at, case.due_at])
    for step in deed.steps:
        if step.pk is not None and step.closed_at == deed.at:
            Step.objects.filter(pk=step.pk, closed_at=None).update(**{n: getattr(step, n) for n in _STEP_CLOSED})
    if new:
        Step.objects.bulk_create(new)
    if "suspend" in deed.facts or "resume" in deed.facts:
        refresh_due(case, deed.steps)


def refresh_due(case: Case, steps: list[Step]) -> None:
    """After the case's clocks moved: the open steps show the day that binds them."""
    for step in steps:
        if step.closed_at is None and step.kind != "correct":
            Step.objects.filter(pk=step.pk).update(due_at=case.due_at, warn_at=case.warn_at)


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


def _write_documents(deed: Deed) -> None:
    rows = [
        Document(
            case=deed.case,
            kind=kind,
            title=title,
            number=_next_number(series, deed.at) if series else "",
            data=data,
            at=deed.at,
        )
        for kind, title, series, data in deed.documents
    ]
    if rows:
        Document.objects.bulk_create(rows)
        deed.facts["documents"] = [[r.kind, r.number] for r in rows]


def _tell_applicant(deed: Deed) -> None:
    case = deed.case
    if case.applicant_id is None:
        return
    place = (deed.step.kind if deed.step else "", deed.action)
    sentence = kinds.get(case.kind).recipients.get(place)
    if sentence:
        notify(
            account_id=case.applicant_id,
            title=sentence.format(title=case.title, number=case.number),
            body=deed.opinion if deed.action in ("correct", "refuse", "deny") else "",
            url=f"/my/cases/{case.number}/",
            key=f"{case.number}:{case.revision}",
            channels=("in_app", "sms"),
        )


def cancelled(step: Step) -> bool:
    return step.outcome == CANCELLED
