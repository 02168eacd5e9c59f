"""Reading the register, bills, reports and the month's figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor
from zhengwu.lib.now import CN
from zhengwu.lib.problem import NotFound
from zhengwu.modules.fees.models import Bill, Charge, Line, Payment, Report
from zhengwu.modules.fees.models.bill import BillQuerySet
from zhengwu.modules.fees.models.register import ChargeQuerySet
from zhengwu.modules.fees.models.report import ReportQuerySet


def register(*, division: str = "", payer: str = "", state: str = "", text: str = "",
             drafts: bool = False) -> ChargeQuerySet:
    """Entries of the register in order of code. ``text``: part of name, basis or unit, or the code."""
    rows = Charge.objects.all() if drafts else Charge.objects.public()
    if division:
        rows = rows.filter(division_id=division)
    if payer in ("person", "enterprise"):
        rows = rows.filter(payer__in=(payer, "both"))
    if state in Charge.State.values:
        rows = rows.filter(state=state)
    if words := text.strip()[:80]:
        rows = rows.filter(Q(name__icontains=words) | Q(basis__icontains=words) | Q(unit__name__icontains=words)
                           | Q(code=words))
    return rows.with_facts()


def access_charge(code: str, *, drafts: bool = False) -> Charge:
    """An entry by its code; drafts only for who keeps the register."""
    rows = Charge.objects.all() if drafts else Charge.objects.public()
    found = rows.with_facts().prefetch_related("matters").filter(code=code).first()
    if found is None:
        raise NotFound("no-such-charge", "收费目录里没有这个项目", "no such charge in the register")
    return found


def access_bill(actor: Actor, bill_id: int, *, lock: bool = False) -> Bill:
    """The bill, if ``actor`` may see it; else NotFound whether it exists or not. ``lock``: its row until the commit."""
    if not Bill.objects.visible_to(actor).filter(pk=bill_id).exists():
        raise NotFound("no-such-bill", "没有这份缴费通知，或者您无权查看", "no such bill for you")
    rows = Bill.objects.select_for_update(of=("self",)) if lock else Bill.objects.all()
    return rows.select_related("unit", "case__matter", "case__unit", "payer", "division").get(pk=bill_id)


def bills(actor: Actor, *, state: str = "", text: str = "") -> BillQuerySet:
    """What the actor's units collect or the finance office watches, newest first."""
    rows = Bill.objects.visible_to(actor).with_facts().order_by("-id")
    if state in Bill.State.values:
        rows = rows.filter(state=state)
    if words := text.strip()[:80]:
        rows = rows.filter(Q(number=words) | Q(case__number=words) | Q(payer_name__icontains=words))
    return rows


def my_bills(actor: Actor) -> BillQuerySet:
    """What the actor's own account was asked to pay, or takes part in: open first, then newest."""
    mine = actor.account_id or 0
    rows = Bill.objects.filter(Q(payer_id=mine) | Q(case__parties__account_id=mine, case__parties__until=None))
    return rows.distinct().with_facts().order_by(F("settled_at").desc(nulls_first=True), "-id")


def of_case(case: Case) -> list[Bill]:
    """The bills of a case the caller may see, oldest first."""
    return list(Bill.objects.filter(case=case).select_related("unit").prefetch_related("lines", "waivers")
                .order_by("id"))


def paid(bill: Bill) -> Payment | None:
    """The payment that settled the bill."""
    return bill.payments.filter(state=Payment.State.DONE).first()


def reports(actor: Actor, *, state: str = "") -> ReportQuerySet:
    """Reports the actor may see, those that are due first."""
    rows = Report.objects.visible_to(actor).select_related("unit", "account", "file").order_by("answered_at", "due_at")
    return rows.filter(state=state) if state in Report.State.values else rows


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the month's statement, in cents; ``remitted`` equals ``collected``: nothing stays with the unit."""

    unit: str
    code: str
    name: str
    bills: int
    notified: int
    waived: int
    collected: int
    remitted: int
    open: int

    def cells(self) -> list[Any]:
        return [self.unit, self.code, self.name, self.bills, self.notified, self.waived, self.collected, self.remitted,
                self.open]


def bounds(month: date) -> tuple[datetime, datetime]:
    """First moment of the month and of the next, in China."""
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return datetime.combine(month, time(), CN), datetime.combine(following, time(), CN)


def statement_rows(division_prefix: str, month: date) -> list[Row]:
    """The month by collecting unit and charge, from bills notified in it; cents, exact.

    Waivers and payments are of the whole bill; they are shared to its lines in order, so that each column adds up.
    """
    start, end = bounds(month)
    found = (Bill.objects.filter(division__code__startswith=division_prefix, notified_at__gte=start,
                                 notified_at__lt=end)
             .exclude(state=Bill.State.CANCELLED).select_related("unit").prefetch_related("lines"))
    sums: dict[tuple[str, str, str], list[int]] = {}
    for bill in found:
        _share(bill, list(bill.lines.all()), sums)
    return [Row(*key, *values) for key, values in sorted(sums.items())]


def _share(bill: Bill, lines: Iterable[Line], sums: dict[tuple[str, str, str], list[int]]) -> None:
    waived = bill.waived
    for line in lines:
        off = min(waived, line.amount)
        waived -= off
        due = line.amount - off
        got = due if bill.state == Bill.State.PAID else 0
        row = sums.setdefault((bill.unit.name, line.charge_code, line.charge_name), [0] * 6)
        for index, value in enumerate((1, line.amount, off, got, got, due - got)):
            row[index] += value


def figures(actor: Actor) -> dict[str, Any]:
    """Counts and cents for the head of the desk list."""
    rows = Bill.objects.visible_to(actor)
    totals: QuerySet[Any, Any] = rows.values("state").annotate(n=Count("pk"), cents=Sum("total") - Sum("waived"))
    return {row["state"]: row for row in totals}
