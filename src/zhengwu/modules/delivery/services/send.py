"""The clerk hands the parcel over; the carrier's signature completes the step."""

from django.db import transaction

from zhengwu.kernel.cases.api import act
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, NotFound
from zhengwu.modules.delivery import carriers
from zhengwu.modules.delivery.models import Parcel, Trace

BATCH = 200


def deliver_step(case: Case) -> Step | None:
    """The open step of delivery."""
    return case.steps.filter(kind="deliver", closed_at=None).first()


def may_send(actor: Actor, parcel: Parcel) -> bool:
    """Who holds the delivery step of the case."""
    step = deliver_step(parcel.case)
    return step is not None and step.unit_id is not None and actor.has_role(step.role, unit_id=step.unit_id)


@transaction.atomic
def send_parcel(*, parcel_id: int, by: Actor) -> Parcel:
    """Books the carrier. Raises NotFound, Denied (not the holder of the step), Conflict (not waiting)."""
    found = Parcel.objects.visible_to(by).filter(pk=parcel_id).first()
    if found is None:
        raise NotFound("no-such-parcel", "没有这份邮件", "no such parcel for you")
    Case.objects.select_for_update(of=("self",)).get(pk=found.case_id)
    parcel = Parcel.objects.select_for_update(of=("self",)).select_related("case").get(pk=parcel_id)
    if not may_send(by, parcel):
        raise Denied("not-the-holder", "只有办理送达环节的人员可以寄出，且办件须已到送达环节", "not at delivery")
    if parcel.state != Parcel.State.WANTED:
        raise Conflict("parcel-state", f"邮件{parcel.get_state_display()}，不能再寄出", "not waiting")
    code = carriers.current()
    parcel.carrier, parcel.tracking = code, carriers.get(code).book(parcel)
    parcel.state, parcel.sent_at = Parcel.State.SENT, now.now()
    parcel.save()
    append(parcel.case.number, by.by(), [Entry("parcel.sent", {"carrier": code, "tracking": parcel.tracking})])
    if parcel.case.applicant_id:
        notify(account_id=parcel.case.applicant_id, title=f"证照已寄出：{parcel.case.title}",
               body=f"运单号 {parcel.tracking}", url=f"/my/cases/{parcel.case.number}/",
               key=f"parcel:{parcel.pk}:sent", channels=("in_app", "sms"))
    return parcel


def follow(parcel: Parcel) -> None:
    """Asks the carrier; new events are kept, a signature completes the delivery step, once."""
    events = carriers.get(parcel.carrier).track(parcel)
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=parcel.case_id)
        row = Parcel.objects.select_for_update(of=("self",)).select_related("case").get(pk=parcel.pk)
        if row.state != Parcel.State.SENT:
            return
        Trace.objects.bulk_create([Trace(parcel=row, at=e.at, words=e.words[:120]) for e in events],
                                  ignore_conflicts=True)
        row.looked_at = now.now()
        end = next((e for e in events if e.end), None)
        if end is not None:
            row.state, row.ended_at = end.end, end.at
            append(row.case.number, SYSTEM.by(), [Entry(f"parcel.{end.end}", {"tracking": row.tracking})])
        row.save()
        step = deliver_step(row.case)
        if end is not None and end.end == Parcel.State.SIGNED and step is not None:
            act(step_id=step.pk, action="deliver", by=SYSTEM, form={"way": "邮寄送达"},
                opinion=f"运单号 {row.tracking}，{end.words}", key=f"parcel:{row.pk}")


def under_way() -> list[Parcel]:
    """Parcels to be asked after, longest not looked at first."""
    return list(Parcel.objects.filter(state=Parcel.State.SENT).order_by("looked_at", "id")[:BATCH])


