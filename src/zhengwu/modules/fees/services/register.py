"""Keeping the fee register: drafting, publishing, changing a standard, abolishing. The finance office alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Invalid
from zhengwu.modules.fees.models import Charge, Standard
from zhengwu.modules.fees.policies import require_finance

CENTS_MAX = 100_000_000
"""A million yuan a unit: what is above is a slip of the finger."""


@dataclass(frozen=True)
class Rate:
    """A standard as it is entered: ``cents`` per ``per``."""

    item: str
    cents: int
    per: str = "件"


@transaction.atomic
def draft_charge(
    *,
    by: Actor,
    code: str,
    name: str,
    category: str,
    payer: str,
    unit: Unit,
    basis: str,
    rates: Iterable[Rate],
    valid_from: date,
    matters: Iterable[Matter] = (),
    note: str = "",
) -> Charge:
    """Writes an entry that is not in force yet. Raises Denied, Invalid by field, Conflict for a code in use."""
    require_finance(by, unit.division)
    rows = list(rates)
    errors = _faults(code=code, name=name, category=category, payer=payer, basis=basis, rates=rows)
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            charge = Charge.objects.create(
                code=code.strip(), name=name.strip(), category=category, payer=payer, division=unit.division,
                unit=unit, basis=basis.strip(), valid_from=valid_from, note=note.strip(),
            )
    except IntegrityError:
        raise Conflict("charge-code", f"项目编码{code}已经在目录里", "this code is in use") from None
    Standard.objects.bulk_create(
        [Standard(charge=charge, item=r.item.strip(), per=r.per, cents=r.cents, valid_from=valid_from) for r in rows]
    )
    charge.matters.set(matters)
    append(charge.stream, by.by(), [Entry("charge.drafted", facts(charge))])
    return charge


def facts(charge: Charge) -> dict[str, object]:
    """What the ledger keeps of an entry."""
    return {
        "code": charge.code,
        "name": charge.name,
        "unit": charge.unit.name,
        "basis": charge.basis,
        "standards": [[s.item, s.per, s.cents] for s in charge.standards.filter(valid_to=None)],
    }


def _faults(*, code: str, name: str, category: str, payer: str, basis: str, rates: list[Rate]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 3 <= len(code.strip()) <= 20 or not code.strip().isalnum():
        errors["code"] = "项目编码为3–20位字母或数字"
    if not 2 <= len(name.strip()) <= 120:
        errors["name"] = "请写明收费项目名称，2–120字"
    if category not in Charge.Category.values:
        errors["category"] = "请选择类别"
    if payer not in Charge.Payer.values:
        errors["payer"] = "请选择缴费对象"
    if "〔" not in basis and "法" not in basis and "条例" not in basis:
        errors["basis"] = "请写明收费依据的文件名称和文号（如 发改价格规〔2019〕914号）或法律条款"
    elif len(basis.strip()) > 400:
        errors["basis"] = "收费依据不超过400字"
    if not rates:
        errors["item"] = "至少写一条收费标准"
    for rate in rates:
        if not rate.item.strip() or len(rate.item) > 120:
            errors["item"] = "请写明收费标准，不超过120字"
        if not 0 < rate.cents <= CENTS_MAX:
            errors["amount"] = "金额须大于0，最多两位小数"
    return errors


@transaction.atomic
def publish_charge(*, charge_id: int, by: Actor) -> Charge:
    """From now on it may be notified. Raises Denied, Conflict when it is not a draft."""
    charge = _locked(charge_id, by)
    if charge.state != Charge.State.DRAFT:
        raise Conflict("charge-state", f"“{charge.name}”现为{charge.get_state_display()}，不能再公布", "not a draft")
    charge.state = Charge.State.PUBLISHED
    charge.save(update_fields=["state"])
    append(charge.stream, by.by(), [Entry("charge.published", facts(charge))])
    return charge


@transaction.atomic
def change_standard(*, standard_id: int, cents: int, on: date, by: Actor) -> Standard:
    """A new amount from ``on``: the old row ends the day before, bills of the past keep theirs.

    Raises Denied, Invalid, Conflict when the standard has been replaced already.
    """
    old = Standard.objects.select_related("charge__unit", "charge__division").filter(pk=standard_id).first()
    if old is None:
        raise Conflict("standard-gone", "没有这条收费标准", "no such standard")
    charge = _locked(old.charge_id, by)
    if not 0 < cents <= CENTS_MAX:
        raise Invalid({"amount": "金额须大于0，最多两位小数"})
    if on < today() or on <= old.valid_from:
        raise Invalid({"on": "执行日期不能早于今天，也不能早于原标准的执行日期"})
    if old.valid_to is not None:
        raise Conflict("standard-replaced", "这条标准已经有新的标准接替", "the standard has been replaced")
    old.valid_to = on
    old.save(update_fields=["valid_to"])
    new = Standard.objects.create(charge=charge, item=old.item, per=old.per, cents=cents, valid_from=on)
    append(charge.stream, by.by(), [Entry("charge.standard", {
        "item": old.item, "before": old.cents, "after": cents, "from": on.isoformat()})])
    return new


@transaction.atomic
def abolish_charge(*, charge_id: int, on: date, reason: str, by: Actor) -> Charge:
    """No bill from ``on``; bills notified before stay. Raises Denied, Invalid, Conflict."""
    charge = _locked(charge_id, by)
    if not reason.strip():
        raise Invalid({"reason": "请写明取消依据"})
    if on < today():
        raise Invalid({"on": "停止执行日期不能早于今天"})
    if charge.state != Charge.State.PUBLISHED or charge.valid_to is not None:
        raise Conflict("charge-state", f"“{charge.name}”不在执行中，或者已经定了停止执行的日期", "not in force")
    charge.valid_to = max(on, charge.valid_from + timedelta(days=1))
    if charge.valid_to <= today():
        charge.state = Charge.State.ABOLISHED
    charge.note = reason.strip()[:300]
    charge.save(update_fields=["valid_to", "state", "note"])
    append(charge.stream, by.by(), [Entry("charge.abolished", {"from": charge.valid_to.isoformat(),
                                                               "reason": charge.note})])
    return charge


def _locked(charge_id: int, by: Actor) -> Charge:
    charge = (Charge.objects.select_for_update(of=("self",)).select_related("unit", "division")
              .filter(pk=charge_id).first())
    if charge is None:
        raise Conflict("charge-gone", "目录里没有这个项目", "no such charge")
    require_finance(by, charge.division)
    return charge


def end_lapsed() -> int:
    """Marks what stopped being charged as abolished; returns how many."""
    lapsed = Charge.objects.filter(state=Charge.State.PUBLISHED, valid_to__lte=today())
    return lapsed.update(state=Charge.State.ABOLISHED)
