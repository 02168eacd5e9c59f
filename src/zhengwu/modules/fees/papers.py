"""The papers of a bill, set from what is stored: notice and receipt."""

from typing import Any

from zhengwu.lib.now import local
from zhengwu.lib.numbers import capital, yuan
from zhengwu.lib.paper import chinese_date, render
from zhengwu.lib.problem import Conflict
from zhengwu.lib.workdays import Unit, last_day
from zhengwu.modules.fees.models import Bill
from zhengwu.modules.fees.selectors import paid


def _facts(bill: Bill) -> dict[str, Any]:
    lines = list(bill.lines.select_related("standard__charge"))
    return {
        "unit": bill.unit.name,
        "payer": bill.payer_name,
        "matter": bill.case.title,
        "case_number": bill.case.number,
        "lines": [{"charge": x.charge_name, "item": x.item, "price": yuan(x.cents), "quantity": f"{x.quantity}{x.per}",
                   "amount": yuan(x.amount)} for x in lines],
        "basis": "；".join(dict.fromkeys(x.basis for x in lines)),
        "treasury": lines[0].standard.charge.treasury,
        "payable": yuan(bill.payable),
        "capital": capital(bill.payable),
        "waived": yuan(bill.waived) if bill.waived else "",
    }


def notice(bill: Bill) -> bytes:
    """缴费通知书 as PDF."""
    more = {"number": bill.number, "date": chinese_date(local(bill.notified_at).date()),
            "due": chinese_date(last_day(bill.due_at, Unit.WORKING_DAY))}
    return render("modules/fees/paper/notice.typ", _facts(bill) | more, at=bill.notified_at)


def receipt(bill: Bill) -> bytes:
    """电子缴费凭证 as PDF. Raises Conflict when it is not paid."""
    payment = paid(bill)
    if payment is None or payment.finished_at is None:
        raise Conflict("not-paid", "还没有缴费，没有凭证", "not paid yet")
    moment = payment.finished_at
    more = {"number": payment.receipt, "reference": payment.reference, "date": chinese_date(local(moment).date()),
            "paid_at": f"{local(moment):%Y-%m-%d %H:%M}"}
    return render("modules/fees/paper/receipt.typ", _facts(bill) | more, at=moment)
