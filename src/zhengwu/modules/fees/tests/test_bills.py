"""Money is exact, comes from the register only, and is settled once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections

from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import today, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.fees import providers
from zhengwu.modules.fees.models import Bill, Payment, Statement, Waiver
from zhengwu.modules.fees.selectors import bills, statement_rows
from zhengwu.modules.fees.services.bill import cancel_bill, issue_bill
from zhengwu.modules.fees.services.close_month import close_month
from zhengwu.modules.fees.services.pay import settle_payment, start_payment
from zhengwu.modules.fees.services.register import abolish_charge, change_standard, draft_charge
from zhengwu.modules.fees.services.report import answer_report, report_charge
from zhengwu.modules.fees.services.waive import ask_waiver, decide_waiver
from zhengwu.modules.fees.tests.conftest import charge

pytestmark = pytest.mark.django_db


def notify(world, case, standard, quantity: int = 2, key: str = "") -> Bill:
    return issue_bill(number=case.number, lines={standard.pk: quantity}, by=world.actor("officer"), key=key)


def tell(payment: Payment, outcome: str = "paid", cents: int | None = None) -> Payment:
    amount = payment.cents if cents is None else cents
    signature = providers.Simulated().sign(f"{payment.reference}:{outcome}:{amount}")
    return settle_payment(reference=payment.reference, outcome=outcome, cents=amount, signature=signature)


def test_the_amount_is_the_registers(world, case, standard):
    bill = notify(world, case, standard)
    assert (bill.total, bill.payable, bill.state) == (24000, 24000, "notified")
    assert bill.number == f"{world.organ.short_name}缴〔{today().year}〕1号"
    assert Event.objects.filter(stream=bill.stream, kind="bill.notified").exists()


def test_the_same_request_twice_is_one_bill(world, case, standard):
    assert notify(world, case, standard, key="a").pk == notify(world, case, standard, key="a").pk
    assert Bill.objects.count() == 1


@pytest.mark.parametrize("how", ["draft", "other payer", "abolished", "not of the matter", "made up"])
def test_nothing_outside_the_register_can_be_notified(world, case, how):
    payer = "enterprise" if how == "other payer" else "both"
    made = charge(world, payer=payer, publish=how != "draft")
    if how == "abolished":
        abolish_charge(charge_id=made.pk, on=today(), reason="国务院取消", by=world.actor("finance"))
    if how == "not of the matter":
        made.matters.clear()
    pk = 999_999 if how == "made up" else made.standards.get().pk
    with pytest.raises(Conflict) as refused:
        issue_bill(number=case.number, lines={pk: 1}, by=world.actor("officer"))
    assert refused.value.code == "fee-not-listed" and not Bill.objects.exists()
    assert Event.objects.filter(stream=case.number, kind="fee.refused").count() == 1


def test_a_new_standard_holds_from_its_day_and_leaves_old_bills(world, case, standard):
    old = notify(world, case, standard)
    tomorrow = today() + timedelta(days=1)
    new = change_standard(standard_id=standard.pk, cents=10000, on=tomorrow, by=world.actor("finance"))
    assert notify(world, case, standard, 1).total == 12000
    from zhengwu.lib.now import now

    with travel(now() + timedelta(days=1)):
        with pytest.raises(Conflict):
            notify(world, case, standard, 1)
        assert notify(world, case, new, 1).total == 10000
    old.refresh_from_db()
    assert old.total == 24000


def test_quantities_out_of_range_and_none_at_all(world, case, standard):
    for lines in ({}, {standard.pk: 0}, {standard.pk: 501}):
        with pytest.raises(Invalid):
            issue_bill(number=case.number, lines=lines, by=world.actor("officer"))


def test_paying_settles_once_to_the_cent(world, case, standard):
    bill = notify(world, case, standard)
    payment = start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen"))
    assert start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen")).pk == payment.pk
    with pytest.raises(Conflict):
        tell(payment, cents=23999)
    assert tell(payment).state == "done" and tell(payment).receipt == tell(payment).receipt != ""
    bill.refresh_from_db()
    assert bill.state == "paid" and Payment.objects.filter(state="done").count() == 1
    assert Event.objects.filter(stream=bill.stream, kind="bill.paid").count() == 1
    with pytest.raises(Conflict):
        start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen"))


def test_a_message_somebody_else_signed_is_refused(world, case, standard):
    bill = notify(world, case, standard)
    payment = start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen"))
    with pytest.raises(Denied):
        settle_payment(reference=payment.reference, outcome="paid", cents=payment.cents, signature="00" * 32)
    payment.refresh_from_db()
    assert payment.state == "started"


def test_a_failed_payment_can_be_tried_again(world, case, standard):
    bill = notify(world, case, standard)
    first = start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen"))
    assert tell(first, "failed").state == "failed"
    assert start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen")).pk != first.pk


def test_a_waiver_lowers_what_is_due_and_is_decided_by_another(world, case, standard):
    bill = notify(world, case, standard)
    waiver = ask_waiver(bill_id=bill.pk, ground="relief", cents=4000, words="低保证明", by=world.actor("citizen"))
    with pytest.raises(Conflict):
        start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen"))
    with pytest.raises(Denied):
        decide_waiver(waiver_id=waiver.pk, grant=True, answer="同意", by=world.actor("officer"))
    decide_waiver(waiver_id=waiver.pk, grant=True, answer="符合规定", by=world.actor("head"))
    bill.refresh_from_db()
    assert (bill.waived, bill.payable, bill.state) == (4000, 20000, "notified")
    rest = ask_waiver(bill_id=bill.pk, ground="policy", cents=20000, words="政策文件", by=world.actor("officer"))
    decide_waiver(waiver_id=rest.pk, grant=True, answer="符合规定", by=world.actor("leader"))
    bill.refresh_from_db()
    assert (bill.payable, bill.state) == (0, "waived") and Waiver.objects.filter(state="granted").count() == 2
    with pytest.raises(Conflict):
        decide_waiver(waiver_id=rest.pk, grant=False, answer="再审", by=world.actor("leader"))


@pytest.mark.parametrize("cents", [0, 24001])
def test_a_waiver_is_never_more_than_what_is_due(world, case, standard, cents):
    bill = notify(world, case, standard)
    with pytest.raises(Invalid):
        ask_waiver(bill_id=bill.pk, ground="relief", cents=cents, words="低保证明", by=world.actor("citizen"))


def test_who_sees_a_bill(world, case, standard):
    bill = notify(world, case, standard)
    seen = {name: bills(world.actor(name)).filter(pk=bill.pk).exists() for name in (
        "citizen", "neighbour", "firm", "officer", "colleague", "clerk", "finance", "stranger", "inspector")}
    assert seen == {"citizen": True, "neighbour": False, "firm": False, "officer": True, "colleague": True,
                    "clerk": True, "finance": True, "stranger": False, "inspector": True}
    for name in ("neighbour", "stranger"):
        with pytest.raises(NotFound):
            start_payment(bill_id=bill.pk, provider="simulated", by=world.actor(name))
        with pytest.raises(NotFound):
            cancel_bill(bill_id=bill.pk, reason="不收了", by=world.actor(name))
    assert Payment.objects.count() == 0


def test_only_finance_keeps_the_register(world):
    with pytest.raises(Denied):
        draft_charge(by=world.actor("officer"), code="X001", name="协调费", category="other", payer="both",
                     unit=world.organ, basis="内部文件〔2026〕1号", rates=[], valid_from=date(2026, 1, 1))


def test_the_statement_adds_up_and_freezes(world, case, standard):
    paid, open_ = notify(world, case, standard), notify(world, case, standard, 1)
    waiver = ask_waiver(bill_id=paid.pk, ground="relief", cents=4000, words="低保证明", by=world.actor("citizen"))
    decide_waiver(waiver_id=waiver.pk, grant=True, answer="同意", by=world.actor("head"))
    tell(start_payment(bill_id=paid.pk, provider="simulated", by=world.actor("citizen")))
    month = today().replace(day=1)
    (row,) = statement_rows("519921", month)
    assert (row.bills, row.notified, row.waived, row.collected, row.remitted, row.open) == (
        2, 36000, 4000, 20000, 20000, 12000)
    with pytest.raises(Conflict):
        close_month(division=world.organ.division, month=month, by=world.actor("finance"))
    from zhengwu.lib.now import now

    with travel(now() + timedelta(days=40)):
        close_month(division=world.organ.division, month=month, by=world.actor("finance"))
        cancel_bill(bill_id=open_.pk, reason="重复", by=world.actor("officer"))
        assert Statement.objects.get().rows[0][4:] == [36000, 4000, 20000, 20000, 12000]


def test_a_report_goes_past_the_unit_complained_of(world):
    made = report_charge(by=world.actor("firm"), unit=world.organ, name="评审协调费", cents=50000,
                         charged_on=today(), words="要求交现金", key="r1")
    again = report_charge(by=world.actor("firm"), unit=world.organ, name="评审协调费", cents=50000,
                          charged_on=today(), words="要求交现金", key="r1")
    assert made.pk == again.pk
    for name in ("officer", "head", "leader", "clerk", "stranger", "citizen"):
        with pytest.raises(NotFound):
            answer_report(report_id=made.pk, state="confirmed", answer="责令退还", by=world.actor(name))
    done = answer_report(report_id=made.pk, state="confirmed", answer="属实，责令退还", by=world.actor("finance"))
    assert done.state == "confirmed"
    with pytest.raises(Conflict):
        answer_report(report_id=made.pk, state="unfounded", answer="改为无据吧", by=world.actor("finance"))


@pytest.mark.django_db(transaction=True)
def test_two_who_pay_at_once_pay_once(world, case, standard):
    bill = notify(world, case, standard)
    payment = start_payment(bill_id=bill.pk, provider="simulated", by=world.actor("citizen"))

    def one(_: int) -> str:
        try:
            return tell(payment).receipt
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        receipts = set(pool.map(one, range(2)))
    assert len(receipts) == 1 and Payment.objects.filter(state="done").count() == 1
