"""Paying: started by the payer, settled once by the provider's signed message, to the cent."""

import secrets

from django.db import transaction

from zhengwu.kernel.cases.api import next_number
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, NotFound, Problem
from zhengwu.modules.fees import providers
from zhengwu.modules.fees.models import Bill, Payment
from zhengwu.modules.fees.policies import may_pay
from zhengwu.modules.fees.selectors import access_bill
from zhengwu.modules.fees.services.bill import settle, tell_payer

OUTCOMES = ("paid", "failed")


@transaction.atomic
def start_payment(*, bill_id: int, provider: str, by: Actor) -> Payment:
    """A payment under way for the whole amount due; one that is already under way is given again.

    Raises NotFound, Denied, Conflict when there is nothing to pay, Problem for an unknown provider.
    """
    bill = access_bill(by, bill_id, lock=True)
    if not may_pay(by, bill):
        raise Denied("not-the-payer", "这份缴费通知不是发给您的", "not your bill")
    if bill.state != Bill.State.NOTIFIED:
        raise Conflict("bill-state", f"缴费通知现为“{bill.get_state_display()}”，不需要再缴费", "nothing to pay")
    if bill.waivers.filter(state="asked").exists():
        raise Conflict("waiver-asked", "减免申请正在审批，审批后再缴费", "a waiver is being decided")
    if provider not in dict(providers.offered()):
        raise Problem("no-such-provider", "没有这个支付渠道", "no such provider", field="provider")
    under_way = bill.payments.filter(state=Payment.State.STARTED, provider=provider, cents=bill.payable).first()
    if under_way is not None:
        return under_way
    return Payment.objects.create(bill=bill, provider=provider, reference=secrets.token_hex(12), cents=bill.payable,
                                  started_at=now.now())


@transaction.atomic
def settle_payment(*, reference: str, outcome: str, cents: int, signature: str) -> Payment:
    """What the provider tells: ``outcome`` paid or failed. The same message twice changes nothing.

    Raises NotFound, Denied (signature), Conflict (another amount than asked: nothing is booked, the provider keeps it).
    """
    known = Payment.objects.filter(reference=reference).values_list("bill_id", flat=True).first()
    if known is None:
        raise NotFound("no-such-payment", "没有这笔支付", "no such payment")
    bill = Bill.objects.select_for_update(of=("self",)).select_related("unit", "case").get(pk=known)
    payment = Payment.objects.select_for_update().get(reference=reference)
    message = f"{reference}:{outcome}:{cents}"
    if outcome not in OUTCOMES or not providers.get(payment.provider).genuine(message, signature):
        raise Denied("not-genuine", "支付结果的签名不正确", "the provider's signature is wrong")
    if payment.state != Payment.State.STARTED:
        return payment
    moment = now.now()
    payment.finished_at = moment
    if outcome == "failed":
        payment.state = Payment.State.FAILED
        payment.save(update_fields=["state", "finished_at"])
        return payment
    if bill.state != Bill.State.NOTIFIED or cents != payment.cents or cents != bill.payable:
        raise Conflict("wrong-amount", "缴费通知已经变化，这笔款没有入账，请在支付渠道退回后重新缴费", "amount differs")
    payment.state = Payment.State.DONE
    payment.receipt = next_number(f"{bill.unit.short_name}票", moment)
    payment.save(update_fields=["state", "finished_at", "receipt"])
    settle(bill, Bill.State.PAID, moment)
    bill.save(update_fields=["state", "settled_at"])
    append(bill.stream, SYSTEM.by(), [Entry("bill.paid", {
        "cents": cents, "provider": payment.provider, "reference": reference, "receipt": payment.receipt,
        "case": bill.case.number})], at=moment)
    tell_payer(bill, "缴费成功", f"电子票据号 {payment.receipt}")
    return payment
