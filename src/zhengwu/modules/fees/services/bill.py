"""Notifying what is to be paid, and taking a notice back. Amounts come from the register, never from a person."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhengwu.kernel.cases.api import access_case, next_number
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.api import require_runnable
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.modules.fees.models import Bill, Charge, Line, Standard
from zhengwu.modules.fees.policies import may_bill
from zhengwu.modules.fees.selectors import access_bill

TERM = Limit(15, LimitUnit.WORKING_DAY)
"""How long a payer has: local rule [D]; no law sets one for charges of approvals."""
QUANTITY_MAX = 500


def billable(case: Case) -> list[Standard]:
    """Standards of the register that may be notified in this case today, of its matter and payer."""
    if case.matter_id is None:
        return []
    day = now.today()
    rows = (Standard.objects.filter(charge__matters=case.matter_id, charge__state=Charge.State.PUBLISHED)
            .select_related("charge__unit").order_by("charge__code", "id"))
    payer = _payer_class(case)
    return [s for s in rows if s.in_force(day) and s.charge.in_force(day) and s.charge.payer in (payer, "both")]


def _payer_class(case: Case) -> str:
    return "enterprise" if case.applicant and case.applicant.kind == Account.Kind.ENTERPRISE else "person"


def issue_bill(*, number: str, lines: Mapping[int, int], by: Actor, key: str = "") -> Bill:
    """Notifies the payer of case ``number``: ``lines`` maps standards of the register to quantities.

    Raises NotFound/Denied (not one's case), Conflict "fee-not-listed" for anything that is not in the register for this
    matter, payer and day (the attempt stays on the case's stream for the inspectors), Invalid (quantity).
    ``key`` makes a repeated request harmless.
    """
    case = access_case(by, number)
    try:
        with transaction.atomic():
            return _issue(case, lines, by, key)
    except Conflict as refusal:
        if refusal.code == "fee-not-listed":
            _keep_attempt(case, lines, by)
        raise


def _keep_attempt(case: Case, lines: Mapping[int, int], by: Actor) -> None:
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        append(case.number, by.by(), [Entry("fee.refused", {"standards": sorted(lines), "why": "not-listed"})])


def _issue(case: Case, lines: Mapping[int, int], by: Actor, key: str) -> Bill:
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if key and (earlier := Bill.objects.filter(case=case, key=key).first()):
        return earlier
    if not may_bill(by, case):
        raise Denied("not-your-case", "只有经办单位的工作人员可以对在办的办件发缴费通知", "not your open case")
    if case.matter is not None:
        require_runnable(case.matter, now.today())
    rows = _lines(case, lines)
    moment = now.now()
    charge_unit = rows[0].standard.charge.unit
    bill = Bill.objects.create(
        number=next_number(f"{charge_unit.short_name}缴", moment), case=case, division=charge_unit.division,
        unit=charge_unit, payer=case.applicant, payer_name=case.applicant_name, total=sum(r.amount for r in rows),
        notified_at=moment, due_at=due_at(moment, TERM, charge_unit.pk), key=key or None,
    )
    for row in rows:
        row.bill = bill
    Line.objects.bulk_create(rows)
    append(bill.stream, by.by(), [Entry("bill.notified", {
        "case": case.number, "total": bill.total, "lines": [[r.charge_code, r.item, r.cents, r.quantity] for r in rows],
        "due": bill.due_at.isoformat()})], at=moment)
    tell_payer(bill, "请缴费", "缴费通知已发出，金额、依据和期限见通知。")
    return bill


def _lines(case: Case, lines: Mapping[int, int]) -> list[Line]:
    allowed = {s.pk: s for s in billable(case)}
    if not lines:
        raise Invalid({"lines": "请选择收费项目和数量"})
    if len({allowed[pk].charge.unit_id for pk in lines if pk in allowed}) > 1:
        raise Invalid({"lines": "不同执收单位的收费请分别通知"})
    rows = []
    for pk, quantity in lines.items():
        standard = allowed.get(pk)
        if standard is None:
            raise Conflict("fee-not-listed", "这项收费不在收费目录内，或者不适用于本事项、本申请人，不能通知缴费",
                           "this charge is not in the fee register for this matter, payer and day")
        if not 1 <= quantity <= QUANTITY_MAX:
            raise Invalid({"lines": f"数量须为1–{QUANTITY_MAX}的整数"})
        charge = standard.charge
        rows.append(Line(standard=standard, charge_code=charge.code, charge_name=charge.name, item=standard.item,
                         basis=charge.basis, per=standard.per, cents=standard.cents, quantity=quantity,
                         amount=standard.cents * quantity))
    return rows


@transaction.atomic
def cancel_bill(*, bill_id: int, reason: str, by: Actor) -> Bill:
    """Takes back a notice that is not paid. Raises NotFound, Denied, Conflict, Invalid."""
    bill = access_bill(by, bill_id, lock=True)
    if not may_bill(by, bill.case):
        raise Denied("not-your-case", "只有经办单位的工作人员可以撤销缴费通知", "not your case")
    if bill.state != Bill.State.NOTIFIED:
        raise Conflict("bill-state", f"缴费通知现为“{bill.get_state_display()}”，不能撤销", "not open")
    if not reason.strip() or len(reason) > 200:
        raise Invalid({"reason": "请写明撤销原因，不超过200字"})
    settle(bill, Bill.State.CANCELLED, now.now())
    bill.reason = reason.strip()
    bill.save(update_fields=["state", "settled_at", "reason"])
    append(bill.stream, by.by(), [Entry("bill.cancelled", {"reason": bill.reason})])
    tell_payer(bill, "缴费通知已撤销", bill.reason)
    return bill


def settle(bill: Bill, state: str, at: datetime) -> None:
    """Sets the closing state on the row in hand; the caller saves."""
    bill.state, bill.settled_at = state, at


def tell_payer(bill: Bill, title: str, body: str) -> None:
    """One notice for each thing that befalls a bill."""
    if bill.payer_id is not None:
        notify(account_id=bill.payer_id, title=f"{title}：{bill.case.title}", body=body, url=f"/my/fees/{bill.pk}/",
               key=f"bill:{bill.pk}:{title}", channels=("in_app", "sms"))
