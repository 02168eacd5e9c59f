"""The applicant takes an application back before the decision."""

from typing import Any

from django.db import transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.advance import CANCELLED
from zhengwu.kernel.cases.services.write import write
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import Entry
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_text

REASON_MAX = 200


@transaction.atomic
def withdraw(*, number: str, by: Actor, reason: str = "") -> Case:
    """Ends the case: open steps are cancelled, clocks stop. Only the applicant, only before the decision.

    ``reason`` stands at the step it cut off. Raises NotFound for anybody else, Conflict when decided or closed,
    Invalid or Problem for words that may not be kept.
    """
    reason = reason.strip()
    if len(reason) > REASON_MAX:
        raise Invalid({"reason": f"原因不超过{REASON_MAX}字"})
    refuse_secret_text(reason, field="reason")
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("version", "matter__point", "unit")
        .filter(number=number)
        .first()
    )
    if case is None or by.account_id is None or case.applicant_id != by.account_id:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    if case.closed_at is not None or case.decided_at is not None:
        raise Conflict("too-late-to-withdraw", "该办件已作出决定或已办结，不能撤回", "the case is decided or closed")
    moment = now.now()
    deed = Deed(
        case=case,
        chart=chart_of(case.version_id),
        actor=by,
        at=moment,
        action="withdraw",
        opinion=reason,
        steps=list(case.steps.order_by("id")),
    )
    still = [s for s in deed.steps if s.closed_at is None]
    for step in still:
        step.closed_at, step.outcome, step.outcome_label = moment, CANCELLED, "申请人撤回"
    facts: dict[str, Any] = {"cancelled": [s.node for s in still]}
    if reason and still:
        still[0].closed_label, still[0].opinion = "申请人", reason
        facts["opinion_sm3"] = sm3(reason.encode()).hex()
    case.flow = {}
    case.state, case.closed_at, case.due_at, case.warn_at = "withdrawn", moment, None, None
    clock.stop(case.number, moment, kinds=None)
    case.timers.all().delete()
    kinds.tell("withdrawn", deed)
    write(deed, Entry("case.withdrawn", facts))
    return case
