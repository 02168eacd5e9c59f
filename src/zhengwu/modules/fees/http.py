"""/api/v1/fees: the fee register as everybody may read it, and the bills of a case for whoever sees it."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from zhengwu.kernel.cases.api import access_case
from zhengwu.kernel.directory.http import actor, anyone, signed_in
from zhengwu.lib.paging import decode, encode
from zhengwu.modules.fees.models import Charge
from zhengwu.modules.fees.selectors import access_charge, of_case, register

router = Router(tags=["fees"])


class StandardOut(Schema):
    item: str
    per: str = Field(description="what the amount is for: 件, 本 …")
    cents: int
    valid_from: date
    valid_to: date | None = Field(description="first day it is no longer charged; null without end")


class ChargeOut(Schema):
    code: str
    name: str
    category: str
    payer: str = Field(description="person, enterprise or both")
    unit: str = Field(description="who collects (执收单位)")
    division: str
    basis: str
    treasury: str
    state: str = Field(description="published or abolished")
    valid_from: date
    valid_to: date | None
    standards: list[StandardOut]


class ChargePage(Schema):
    items: list[ChargeOut]
    next: str | None = Field(None, description="cursor of the next page")


class Filters(Schema):
    division: str = Field("", max_length=12)
    payer: str = Field("", max_length=12, description="person or enterprise: what that payer may be charged")
    q: str = Field("", max_length=80)
    cursor: str = Field("", max_length=200)
    limit: int = Field(20, ge=1, le=100)


class BillOut(Schema):
    number: str
    unit: str
    total_cents: int
    waived_cents: int
    payable_cents: int
    state: str = Field(description="notified, paid, waived or cancelled")
    notified_at: datetime
    due_at: datetime
    settled_at: datetime | None
    lines: list[dict[str, Any]] = Field(description="charge, item, cents, quantity, amount_cents")


def _charge(charge: Charge) -> dict[str, Any]:
    names = ("code", "name", "category", "payer", "basis", "treasury", "state", "valid_from", "valid_to")
    facts = {name: getattr(charge, name) for name in names}
    return facts | {"unit": charge.unit.name, "division": charge.division_id, "standards": [
        {"item": s.item, "per": s.per, "cents": s.cents, "valid_from": s.valid_from, "valid_to": s.valid_to}
        for s in charge.standards.all()]}


@router.get("fees", response=ChargePage, auth=anyone, summary="收费目录清单", operation_id="listFees")
def fees(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    rows = register(division=filters.division, payer=filters.payer, text=filters.q)
    if filters.cursor:
        (code,) = decode(filters.cursor, str)
        rows = rows.filter(code__gt=code)
    found = list(rows[: filters.limit + 1])
    return {"items": [_charge(c) for c in found[: filters.limit]],
            "next": encode(found[filters.limit - 1].code) if len(found) > filters.limit else None}


@router.get("fees/{code}", response=ChargeOut, auth=anyone, summary="一项收费的依据和标准", operation_id="getFee")
def fee(request: HttpRequest, code: str) -> dict[str, Any]:
    return _charge(access_charge(code))


@router.get("cases/{number}/bills", response=list[BillOut], auth=signed_in, summary="办件的缴费通知",
            operation_id="listBills")
def bills(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """For whoever may see the case; 404 otherwise."""
    case = access_case(actor(request), number)
    return [{
        "number": b.number, "unit": b.unit.name, "total_cents": b.total, "waived_cents": b.waived,
        "payable_cents": b.payable, "state": b.state, "notified_at": b.notified_at, "due_at": b.due_at,
        "settled_at": b.settled_at, "lines": [
            {"charge": x.charge_code, "item": x.item, "cents": x.cents, "quantity": x.quantity,
             "amount_cents": x.amount} for x in b.lines.all()]} for b in of_case(case)]
