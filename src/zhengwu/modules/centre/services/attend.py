"""Signing in and out at a window: attendance, and who may call numbers there."""

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.now import CN, now, today
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict, Denied
from zhengwu.modules.centre.models import Sitting, Ticket

OPENS, CLOSES = time(9), time(17)
"""Where a point has no office hours of its own."""


def hours_of(point: ServicePoint, day: "datetime | None" = None) -> tuple[datetime, datetime] | None:
    """When the point opens and closes on the day of ``day`` (today); None on a day it does not work."""
    when = (day or now()).astimezone(CN).date()
    if not book().calendar.is_working(when.toordinal()):
        return None
    hours = book().hours_of(point.unit_id)
    spans = hours.on(when) if hours is not None else []
    if spans:
        return spans[0][0], spans[-1][1]
    return datetime.combine(when, OPENS, CN), datetime.combine(when, CLOSES, CN)


@transaction.atomic
def sign_in(*, window: Window, by: Actor) -> Sitting:
    """A clerk of the window's point takes the seat. Raises Denied for others, Conflict when it is taken or the clerk
    sits elsewhere."""
    if not by.has_role(Role.CLERK, unit_id=window.point.unit_id) or by.account_id is None:
        raise Denied("not-a-clerk", "只有本大厅的窗口人员可以签到", "only clerks of this hall sign in")
    moment = now()
    try:
        with transaction.atomic():
            row = Sitting.objects.create(window=window, clerk_id=by.account_id, day=today(), begun_at=moment)
    except IntegrityError as error:
        if "sitting_one_of_clerk" in str(error):
            raise Conflict("seated-elsewhere", "您已在另一个窗口签到，请先签退", "you sit at another window") from error
        raise Conflict("seat-taken", f"{window.number}号窗口已有人上岗", "somebody sits at this window") from error
    append(f"sitting:{row.pk}", by.by(), [Entry("sitting.begun", {"window": window.pk})])
    return row


@transaction.atomic
def sign_out(*, by: Actor) -> Sitting:
    """Leaves the seat; the number being served counts as served. Raises Conflict when not signed in."""
    row = Sitting.objects.select_for_update().filter(clerk_id=by.account_id, ended_at=None).first()
    if row is None:
        raise Conflict("not-seated", "您没有在窗口签到", "you do not sit at a window")
    for ticket in Ticket.objects.select_for_update().filter(window_id=row.window_id, state=Ticket.State.CALLED):
        ticket.state, ticket.closed_at = Ticket.State.SERVED, now()
        ticket.save(update_fields=["state", "closed_at"])
        append(f"ticket:{ticket.pk}", by.by(), [Entry("ticket.served", {"window": row.window_id})])
    row.ended_at = now()
    row.save(update_fields=["ended_at"])
    append(f"sitting:{row.pk}", by.by(), [Entry("sitting.ended", {"window": row.window_id})])
    return row


def close_forgotten() -> int:
    """Ends the sittings of earlier days at the hour the point closed then. Returns how many."""
    rows = Sitting.objects.filter(ended_at=None, day__lt=today()).select_related("window__point")
    return each(list(rows), _close, name="centre.sittings")


@transaction.atomic
def _close(row: Sitting) -> None:
    hours = hours_of(row.window.point, row.begun_at)
    closing = hours[1] if hours else row.begun_at + timedelta(hours=1)
    row.ended_at, row.forgotten = max(closing, row.begun_at), True
    row.save(update_fields=["ended_at", "forgotten"])
    Ticket.objects.filter(day=row.day, window_id=row.window_id, state=Ticket.State.CALLED).update(
        state=Ticket.State.SERVED, closed_at=row.ended_at)
