"""Extending the limits of a case: by the leader of the organ, once, with reasons the applicant is told (许可法 §42)."""

from django.db import transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.write import refresh_due, set_due, write
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import Entry
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.lib.workdays import Limit


def may_extend(actor: Actor, case: Case) -> bool:
    """Whether the button is shown: the leader of the owner unit, the case accepted and not yet decided."""
    return (
        kinds.get(case.kind).extension is not None
        and actor.post_at(case.unit_id, Role.LEADER) is not None
        and case.accepted_at is not None
        and case.decided_at is None
        and case.closed_at is None
    )


@transaction.atomic
def extend(*, number: str, by: Actor, days: int, reason: str) -> Case:
    """Adds ``days`` working days to the lawful and the promised clock, once, at most what the kind's law allows.

    Raises NotFound, Denied (not the leader), Conflict (not running, extended before), Invalid (days, reason).
    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .visible_to(by)
        .select_related("matter__point", "unit", "version")
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    post = by.post_at(case.unit_id, Role.LEADER)
    rule = kinds.get(case.kind).extension
    if post is None or rule is None:
        raise Denied("leader-only", "延期须由本机关负责人批准", "only the organ's leader may extend")
    most, basis = rule(case)
    reason = reason.strip()
    errors = {} if 1 <= days <= most.n else {"days": f"延长天数须在1到{most.n}个工作日之间（{basis}）"}
    if not reason or len(reason) > 500:
        errors["reason"] = "请写明延期理由（500字以内），要告知申请人"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(reason, field="reason")
    return _extend(
        case,
        Deed(
            case=case,
            chart=chart_of(case.version_id),
            actor=by,
            post=post,
            at=now.now(),
            action="extend",
            opinion=reason,
            steps=list(case.steps.order_by("id")),
        ),
        Limit(days, most.unit),
        basis,
    )


def _extend(case: Case, deed: Deed, more: Limit, basis: str) -> Case:
    rows = list(Clock.objects.filter(subject=case.number, kind__in=("lawful", "promised"), state=ClockState.RUNNING))
    if not rows or case.decided_at is not None:
        raise Conflict("not-running", "本件的时限没有在走，不能延期", "no limit is running")
    if any(row.extensions for row in rows):
        raise Conflict("extended-once", f"本件已经延期过一次，不能再延（{basis}）", "extended before")
    before = {row.kind: row.last_day.isoformat() for row in rows}
    # The explanation of the days is read by the applicant: the ledger, not the clock, says which leader it was.
    moved = [
        clock.extend(row, more, deed.at, approved_by="本机关负责人", reason=deed.opinion, basis=basis) for row in rows
    ]
    deed.document(
        "extension",
        "延长办理期限告知书",
        f"{case.unit.short_name}延",
        reason=deed.opinion,
        days=more.n,
        before=before.get("lawful", ""),
        after=next((row.last_day.isoformat() for row in moved if row.kind == "lawful"), ""),
        basis=basis,
    )
    deed.facts = {"days": more.n, "basis": basis, "before": before}
    write(deed, Entry("case.extended", deed.facts))
    set_due(case, moved)
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at, warn_at=case.warn_at)
    refresh_due(case, deed.steps)
    if case.applicant_id is not None:
        notify(
            account_id=case.applicant_id,
            title=f"办理期限延长{more.n}个工作日：{case.title}（{case.number}）",
            body=deed.opinion,
            url=f"/my/cases/{case.number}/",
            key=f"{case.number}:extended",
            channels=("in_app", "sms"),
        )
    return case
