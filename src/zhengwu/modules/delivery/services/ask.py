"""The applicant chooses the post, or changes their mind before it is sent."""

from django.db import transaction

from zhengwu.kernel.cases.api import access_case
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor, seal_text
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import now
from zhengwu.lib.identifiers import check_mobile
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.delivery.models import Parcel

CONTEXT = "delivery.parcel"
"""Names our columns to the vault."""


def may_ask(actor: Actor, case: Case) -> bool:
    """The applicant, or who takes part for them, until the case is closed or delivered."""
    if actor.account_id is None or actor.is_staff or case.closed_at is not None:
        return False
    if case.state in {"refused", "withdrawn"} or case.steps.filter(kind="deliver", closed_at__isnull=False).exists():
        return False
    return case.applicant_id == actor.account_id or case.parties.filter(
        account_id=actor.account_id, until=None, role__in=("agent", "applicant", "joint")).exists()


@transaction.atomic
def ask_post(*, number: str, recipient: str, phone: str, address: str, by: Actor) -> Parcel:
    """Chooses the post; asking again before it is sent changes the address.

    Raises NotFound, Denied, Conflict (sent already), Invalid by field.
    """
    case = _locked(by, number)
    if not may_ask(by, case):
        raise Denied("not-the-applicant", "只有申请人在送达前可以选择邮寄", "only the applicant, before delivery")
    errors: dict[str, str] = {}
    if not 2 <= len(recipient.strip()) <= 40:
        errors["recipient"] = "请填写收件人姓名，2–40字"
    if not 6 <= len(address.strip()) <= 120:
        errors["address"] = "请填写完整的收件地址，6–120字"
    try:
        checked = check_mobile(phone, field="phone")
    except Problem as problem:
        errors["phone"] = problem.zh
    if errors:
        raise Invalid(errors)
    refuse_secret_text(address, field="address")
    open_ = Parcel.objects.select_for_update().filter(case=case, state__in=("wanted", "sent")).first()
    if open_ is not None and open_.state == Parcel.State.SENT:
        raise Conflict("parcel-sent", f"已经寄出，运单号{open_.tracking}，不能再改地址", "sent already")
    parcel = open_ or Parcel(case=case, wanted_at=now.now())
    parcel.recipient_sealed = seal_text(recipient.strip(), CONTEXT)
    parcel.phone_sealed, parcel.address_sealed = seal_text(checked, CONTEXT), seal_text(address.strip(), CONTEXT)
    parcel.save()
    append(case.number, by.by(), [Entry("parcel.wanted", {"changed": open_ is not None})])
    return parcel


@transaction.atomic
def cancel_post(*, number: str, by: Actor) -> Parcel:
    """Will be fetched at the window after all. Raises NotFound, Denied, Conflict."""
    case = _locked(by, number)
    parcel = Parcel.objects.select_for_update().filter(case=case, state=Parcel.State.WANTED).first()
    if parcel is None:
        raise Conflict("nothing-to-cancel", "没有待寄出的邮件，不能改为自取", "nothing waits to be sent")
    if not may_ask(by, case):
        raise Denied("not-the-applicant", "只有申请人可以改为自取", "only the applicant")
    parcel.state, parcel.ended_at = Parcel.State.CANCELLED, now.now()
    parcel.save(update_fields=["state", "ended_at"])
    append(case.number, by.by(), [Entry("parcel.cancelled", {})])
    return parcel


def _locked(by: Actor, number: str) -> Case:
    found = access_case(by, number)
    case = Case.objects.select_for_update(of=("self",)).filter(pk=found.pk).first()
    if case is None:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return case
