"""Waiving: asked by the payer or the clerk on a coded ground, decided by head or leader of the collecting unit."""

from django.db import IntegrityError, transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.fees.models import Bill, Waiver
from zhengwu.modules.fees.policies import may_bill, may_decide_waiver, may_pay
from zhengwu.modules.fees.selectors import access_bill
from zhengwu.modules.fees.services.bill import settle, tell_payer


@transaction.atomic
def ask_waiver(*, bill_id: int, ground: str, cents: int, words: str, by: Actor) -> Waiver:
    """Asks for ``cents`` off. Raises NotFound, Denied, Conflict (closed, or one is asked already), Invalid."""
    bill = access_bill(by, bill_id, lock=True)
    if by.account_id is None or not (may_pay(by, bill) or may_bill(by, bill.case)):
        raise Denied("not-the-payer", "只有缴费人或经办人可以申请减免", "the payer or the clerk only")
    _require_open(bill)
    errors = {}
    if ground not in Waiver.Ground.values:
        errors["ground"] = "请选择减免理由"
    if not 0 < cents <= bill.payable:
        errors["cents"] = f"减免金额须大于0，不超过应缴的{bill.payable / 100:.2f}元"
    if not 2 <= len(words.strip()) <= 300:
        errors["words"] = "请写明情况和依据，2–300字"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(words, field="words")
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(bill=bill, ground=ground, cents=cents, words=words.strip(),
                                           asked_at=now.now(), asked_by_id=by.account_id)
    except IntegrityError:
        raise Conflict("waiver-asked", "已经有一份减免申请在审批", "a request is being decided") from None
    append(bill.stream, by.by(), [Entry("bill.waiver_asked", {"ground": ground, "cents": cents})])
    return waiver


@transaction.atomic
def decide_waiver(*, waiver_id: int, grant: bool, answer: str, by: Actor) -> Waiver:
    """Grants or refuses. Who asked does not decide. Raises NotFound, Denied, Conflict, Invalid."""
    found = Waiver.objects.filter(pk=waiver_id).first()
    if found is None:
        raise NotFound("no-such-waiver", "没有这份减免申请", "no such request")
    bill = access_bill(by, found.bill_id, lock=True)
    waiver = Waiver.objects.select_for_update().get(pk=waiver_id)
    if not may_decide_waiver(by, bill) or waiver.asked_by_id == by.account_id:
        raise Denied("not-the-approver", "减免由执收单位审核人或分管领导审批，本人申请的由他人审批", "not the approver")
    if waiver.state != Waiver.State.ASKED:
        raise Conflict("waiver-decided", f"这份减免申请{waiver.get_state_display()}", "decided already")
    _require_open(bill)
    if not answer.strip() or len(answer) > 300:
        raise Invalid({"answer": "请写明审批意见，不超过300字"})
    moment = now.now()
    waiver.state = Waiver.State.GRANTED if grant else Waiver.State.REFUSED
    waiver.decided_at, waiver.answer = moment, answer.strip()
    signed = by.by(next((p for p in by.posts if p.unit_id == bill.unit_id), None))
    waiver.decided_label = f"{signed.unit} {signed.label}".strip()
    waiver.save()
    if grant:
        bill.waived += waiver.cents
        if bill.payable == 0:
            settle(bill, Bill.State.WAIVED, moment)
        bill.save(update_fields=["waived", "state", "settled_at"])
    kind = "bill.waived" if grant else "bill.waiver_refused"
    append(bill.stream, signed, [Entry(kind, {"cents": waiver.cents, "ground": waiver.ground})], at=moment)
    tell_payer(bill, "减免已同意" if grant else "减免未获同意", waiver.answer)
    return waiver


def _require_open(bill: Bill) -> None:
    if bill.state != Bill.State.NOTIFIED:
        raise Conflict("bill-state", f"缴费通知现为“{bill.get_state_display()}”，不能减免", "the bill is closed")
    if bill.payments.filter(state="started").exists():
        raise Conflict("paying", "正在支付，请先完成或放弃支付", "a payment is under way")
