"""Registering agencies, suspending and removing them: the centre's management."""

from django.db import IntegrityError, transaction

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import now
from zhengwu.lib.identifiers import check_uscc
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem
from zhengwu.modules.intermediaries.models import Agency

State = Agency.State
_NEXT = {State.REGISTERED: {State.SUSPENDED, State.REMOVED}, State.SUSPENDED: {State.REGISTERED, State.REMOVED},
         State.REMOVED: {State.REGISTERED}}


def manages(actor: Actor, division_id: str) -> bool:
    """The management of the centre of that division, or of one above it."""
    return any(division_id.startswith(prefix) for prefix in actor.division_prefixes(Role.CENTRE))


@transaction.atomic
def register_agency(*, by: Actor, division: Division, name: str, uscc: str, trade: str, promised_days: int,
                    fee_text: str, phone: str) -> Agency:
    """Raises Denied, Invalid by field, Conflict when it is registered for this trade already."""
    _require(by, division.code)
    errors: dict[str, str] = {}
    try:
        code = check_uscc(uscc, field="uscc")
    except Problem as problem:
        errors["uscc"], code = problem.zh, ""
    if not 4 <= len(name.strip()) <= 100:
        errors["name"] = "请填写机构全称，4–100字"
    if trade not in Agency.Trade.values:
        errors["trade"] = "请选择服务类别"
    if not 1 <= promised_days <= 180:
        errors["promised_days"] = "承诺时限为1–180个工作日"
    if not 2 <= len(fee_text.strip()) <= 200:
        errors["fee_text"] = "请写明收费标准，不收费的写“不收费”"
    if not 5 <= len(phone.strip()) <= 40:
        errors["phone"] = "请填写联系电话"
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            agency = Agency.objects.create(name=name.strip(), uscc=code, trade=trade, division=division,
                                           promised_days=promised_days, fee_text=fee_text.strip(),
                                           phone=phone.strip(), registered_at=now.now())
    except IntegrityError:
        raise Conflict("agency-registered", "这家机构的这类服务已经登记", "registered already") from None
    append(agency.stream, by.by(), [Entry("agency.registered", {
        "name": agency.name, "uscc": code, "trade": trade, "days": promised_days, "fee": agency.fee_text})])
    return agency


@transaction.atomic
def change_agency(*, agency_id: int, to: str, reason: str, by: Actor) -> Agency:
    """Suspends, removes or takes back. Work under way goes on. Raises NotFound, Denied, Conflict, Invalid."""
    agency = Agency.objects.select_for_update().filter(pk=agency_id).first()
    if agency is None:
        raise NotFound("no-such-agency", "没有这家机构", "no such agency")
    _require(by, agency.division_id)
    if to not in _NEXT[State(agency.state)]:
        raise Conflict("agency-state", f"机构现为“{agency.get_state_display()}”，不能这样变更", "not from this state")
    if not 2 <= len(reason.strip()) <= 200:
        raise Invalid({"reason": "请写明原因，2–200字"})
    agency.state, agency.reason = to, "" if to == State.REGISTERED else reason.strip()
    agency.save(update_fields=["state", "reason"])
    append(agency.stream, by.by(), [Entry(f"agency.{to}", {"reason": reason.strip()})])
    return agency


def _require(by: Actor, division_id: str) -> None:
    if not manages(by, division_id):
        raise Denied("centre-only", "中介机构由政务服务中心管理人员登记", "the centre's management alone")
