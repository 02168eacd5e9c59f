"""Publication with a day on which it takes effect, and what then happens to the power."""

from datetime import date
from typing import Any

from django.db import transaction

from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.matters.models import Matter, Power, PowerVersion
from zhengwu.kernel.matters.powers import apply_content, content_of
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.lib import now
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.modules.powers.policies import may_publish
from zhengwu.modules.powers.services.draft import digest, signed
from zhengwu.modules.powers.services.review import locked

Change, State = PowerVersion.Change, PowerVersion.State
ENDS = {Change.MERGE: Power.Status.MERGED, Change.DELEGATE: Power.Status.DELEGATED,
        Change.CANCEL: Power.Status.CANCELLED, Change.FILE: Power.Status.FILED}
"""Change that ends a power → what it then is."""


@transaction.atomic
def publish(*, version_id: int, effective: date, by: Actor) -> PowerVersion:
    """Publishes an approved change; it takes effect on ``effective``, today at the earliest. Raises Denied, Conflict,
    Invalid."""
    version = locked(version_id, by)
    if version.state != State.APPROVED:
        raise Conflict("not-approved", f"现为{version.get_state_display()}，还不能公布", "it has not been approved")
    if not may_publish(by, version):
        raise Denied("staffing-needed", "由编办公布", "the staffing office publishes")
    if effective < now.today():
        raise Invalid({"effective": "生效日期不能早于今天：权力变动不溯及既往"})
    if effective.year > now.today().year + 3:
        raise Invalid({"effective": "生效日期太远，最多三年"})
    return settle(version, effective, signed(by))


def settle(version: PowerVersion, effective: date, by: By) -> PowerVersion:
    """Writes the publication of ``version``; the caller has checked who and when. Inside a transaction."""
    power = Power.objects.select_for_update(of=("self",)).get(pk=version.power_id)
    version.power = power
    if power.valid_to is not None:
        raise Conflict("power-ended", f"“{power.name}”已经终止", "the power has ended")
    version.state, version.effective, version.changed_at = State.PUBLISHED, effective, now.now()
    version.applied = version.change != Change.CHANGE
    if version.change == Change.NEW:
        power.valid_from, power.status = effective, Power.Status.PUBLISHED
        power.save(update_fields=["valid_from", "status"])
        # Matters that came in as drafts with the power begin with it.
        Matter.objects.filter(power=power, status=Matter.Status.DRAFT).update(
            status=Matter.Status.PUBLISHED, valid_from=effective)
    elif version.change in ENDS:
        # A power that has not begun yet ends on the day it would have begun.
        begun = power.valid_from or effective
        power.valid_to, power.status = max(effective, begun), ENDS[Change(version.change)]
        power.into = version.target if version.change == Change.MERGE else None
        power.save(update_fields=["valid_to", "status", "into"])
        _hand_over(version, power, by)
    version.save(update_fields=["state", "effective", "changed_at", "applied"])
    append(power.stream, by, [Entry("power.published", {
        "power": power.code, "version": version.number, "change": version.change, "ground": version.ground,
        "effective": effective.isoformat(), "sm3": digest(version.content)})])
    if version.change == Change.CHANGE and effective <= now.today():
        take_effect(version)
    _tell(version)
    return version


def _hand_over(version: PowerVersion, power: Power, by: By) -> None:
    """What goes on elsewhere: a delegated power with its receivers, a filing with the unit itself, the matters of a
    merged power under the other one when it is the same unit's."""
    if version.change == Change.DELEGATE:
        for unit in Unit.objects.filter(pk__in=version.receivers).order_by("pk"):
            _successor(power, version, unit, by, suffix=f"-{unit.pk}", content=content_of(power))
    elif version.change == Change.FILE:
        content = content_of(power) | {"type": "10", "name": f"{power.name}备案"[:200]}
        _successor(power, version, power.unit, by, suffix="-B", content=content)
    elif version.change == Change.MERGE and version.target and version.target.unit_id == power.unit_id:
        Matter.objects.filter(power=power).update(power=version.target)


def _successor(power: Power, version: PowerVersion, unit: Unit, by: By, *, suffix: str,
               content: dict[str, Any]) -> None:
    on = power.valid_to
    new = Power(code=f"{power.code[:40 - len(suffix)]}{suffix}", unit=unit, division_id=unit.division_id,
                origin=power, valid_from=on, status=Power.Status.PUBLISHED, type=content["type"])
    apply_content(new, content)
    PowerVersion.objects.create(power=new, number=1, change=Change.NEW, state=State.PUBLISHED, content=content,
                                ground="A2", reason=version.reason, changed_at=now.now(), effective=on, applied=True)
    append(new.stream, by, [Entry("power.received", {
        "power": new.code, "from": power.code, "effective": on.isoformat() if on else "", "sm3": digest(content)})])


@transaction.atomic
def take_effect(version: PowerVersion) -> None:
    """Makes the power read as its published change says; harmless when repeated."""
    row = PowerVersion.objects.select_for_update(of=("self",)).select_related("power").get(pk=version.pk)
    if row.applied:
        return
    apply_content(row.power, row.content)
    row.applied = version.applied = True
    row.save(update_fields=["applied"])
    append(row.power.stream, SYSTEM.by(), [Entry("power.took_effect", {"version": row.number})])


def take_due() -> int:
    """Changes whose day has come; returns how many took effect."""
    due = PowerVersion.objects.filter(state=State.PUBLISHED, applied=False, effective__lte=now.today())
    return each(list(due.order_by("effective", "pk")[:500]), take_effect, name="powers.effect")


def _tell(version: PowerVersion) -> None:
    if version.drafted_by_id:
        notify_many([Message(version.drafted_by_id, f"“{version.power.name}”的{version.get_change_display()}已公布",
                             f"{version.power.stream}:{version.number}:published",
                             f"{version.effective}起生效", f"/desk/powers/changes/{version.pk}/")])
