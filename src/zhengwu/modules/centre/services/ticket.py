"""Numbers of the queue: taking one, calling, calling again, passing over, moving on, finishing.

Every change locks the ticket and writes the ledger stream ``ticket:<id>``. Calling the next one takes the first
waiting ticket nobody else is taking at this moment (``FOR UPDATE SKIP LOCKED``): two clerks never get the same.
"""

import secrets
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.matters.models import Window
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import Conflict, Denied, NotFound
from zhengwu.modules.centre.models import Lane, Sitting, Ticket

VISITOR = By(id="visitor", label="办事人")
_NUMBER = (
    "insert into centre_laneday (lane_id, day, last) values (%s, %s, 1) "
    "on conflict (lane_id, day) do update set last = centre_laneday.last + 1 returning last"
)


@transaction.atomic
def take(*, lane: Lane, by: Actor = SYSTEM, source: str = Ticket.Source.KIOSK, front: bool = False,
         account_id: int | None = None) -> Ticket:
    """Gives out the next number of a lane. Raises Conflict for a lane that is closed, or when the account waits in it
    already."""
    if not (lane.active and lane.point.active):
        raise Conflict("lane-closed", f"“{lane.name}”现在不取号", "this lane gives out no numbers")
    day = today()
    if account_id is not None and _waits(lane, day, account_id):
        raise Conflict("waiting-already", f"您已经取了“{lane.name}”的号，请等候叫号", "you have a number already")
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [lane.pk, day])
        (number,) = cursor.fetchone()
    ticket = Ticket.objects.create(
        point_id=lane.point_id, lane=lane, day=day, label=f"{lane.letter}{number:03d}", code=secrets.token_urlsafe(9),
        source=source, account_id=account_id, front=front, taken_at=now(),
    )
    who = by.by() if by.is_staff else VISITOR
    append(_stream(ticket), who, [Entry("ticket.taken", {"point": lane.point_id, "lane": lane.letter, "by": source,
                                                         "front": front})], at=ticket.taken_at)
    return ticket


def _waits(lane: Lane, day: date, account_id: int) -> bool:
    open_states = (Ticket.State.WAITING, Ticket.State.CALLED)
    return Ticket.objects.filter(lane=lane, day=day, account_id=account_id, state__in=open_states).exists()


def waiting_for(window: Window) -> QuerySet[Ticket]:
    """Today's waiting tickets of the lanes this window serves, in the order they will be called."""
    return Ticket.objects.filter(
        lane__in=Lane.objects.filter(windows=window), day=today(), state=Ticket.State.WAITING
    ).order_by("-front", "taken_at", "id")


@transaction.atomic
def call_next(*, window: Window, by: Actor) -> Ticket:
    """Finishes what the window has open and calls the first who waits. Raises Conflict when nobody does."""
    sitting = require_sitting(window, by)
    for open_one in Ticket.objects.select_for_update().filter(window=window, state=Ticket.State.CALLED):
        _close(open_one, Ticket.State.SERVED, by)
    ticket = waiting_for(window).select_for_update(skip_locked=True, of=("self",)).first()
    if ticket is None:
        return _nobody(window)
    ticket.state, ticket.window, ticket.clerk_id = Ticket.State.CALLED, window, sitting.clerk_id
    ticket.unit_id, ticket.called_at, ticket.calls = window.unit_id, now(), 1
    try:
        with transaction.atomic():
            ticket.save(update_fields=["state", "window", "clerk", "unit", "called_at", "calls"])
    except IntegrityError as error:
        raise Conflict("window-busy", "本窗口刚刚叫了另一个号，请刷新", "another was called here") from error
    _tell(ticket, "ticket.called", by)
    return ticket


def _nobody(window: Window) -> Ticket:
    raise Conflict("nobody-waits", f"{window.number}号窗口现在没有人等候", "nobody is waiting")


@transaction.atomic
def call_again(*, window: Window, by: Actor) -> Ticket:
    """Calls the open ticket once more."""
    ticket = _open_at(window, by)
    ticket.calls += 1
    ticket.save(update_fields=["calls"])
    _tell(ticket, "ticket.called-again", by)
    return ticket


@transaction.atomic
def finish(*, window: Window, by: Actor) -> Ticket:
    """The person has been served; the window calls nobody yet."""
    return _close(_open_at(window, by), Ticket.State.SERVED, by)


@transaction.atomic
def skip(*, window: Window, by: Actor) -> Ticket:
    """Nobody came: the number is passed over; it can be put back (``put_back``) the same day."""
    return _close(_open_at(window, by), Ticket.State.SKIPPED, by)


@transaction.atomic
def move(*, window: Window, lane: Lane, by: Actor) -> Ticket:
    """Sends the person on to another lane, before those who wait there. Raises Conflict for a lane elsewhere."""
    ticket = _open_at(window, by)
    if lane.point_id != ticket.point_id or not lane.active:
        raise Conflict("other-point", "只能转到本大厅正在取号的业务", "only to an open lane of this hall")
    before, ticket.lane = ticket.lane, lane
    _wait_again(ticket)
    _tell(ticket, "ticket.moved", by, frm=before.letter, to=lane.letter)
    return ticket


@transaction.atomic
def put_back(*, ticket_id: int, window: Window, by: Actor) -> Ticket:
    """A number passed over today waits again, in front. Raises NotFound for one of another day, hall or state."""
    require_sitting(window, by)
    ticket = Ticket.objects.select_for_update().filter(
        pk=ticket_id, point_id=window.point_id, day=today(), state=Ticket.State.SKIPPED).first()
    if ticket is None:
        raise NotFound("no-such-ticket", "没有这个过号，或者已经重新排队", "no such number")
    _wait_again(ticket)
    _tell(ticket, "ticket.put-back", by)
    return ticket


def _wait_again(ticket: Ticket) -> None:
    ticket.state, ticket.front = Ticket.State.WAITING, True
    ticket.window = ticket.clerk = ticket.unit = ticket.called_at = ticket.closed_at = None
    ticket.save(update_fields=["state", "front", "lane", "window", "clerk", "unit", "called_at", "closed_at"])


@transaction.atomic
def leave(*, code: str) -> Ticket:
    """Whoever holds the number gives it back while waiting."""
    ticket = Ticket.objects.select_for_update().filter(code=code).first()
    if ticket is None:
        raise NotFound("no-such-ticket", "没有这个号", "no such number")
    if ticket.state != Ticket.State.WAITING:
        raise Conflict("not-waiting", f"这个号{ticket.get_state_display()}，不能取消", "this number is not waiting")
    ticket.state, ticket.closed_at = Ticket.State.LEFT, now()
    ticket.save(update_fields=["state", "closed_at"])
    append(_stream(ticket), VISITOR, [Entry("ticket.left", {})])
    return ticket


def require_sitting(window: Window, by: Actor) -> Sitting:
    """Only who has signed in at the window calls there. Raises Denied."""
    sitting = Sitting.objects.filter(window=window, clerk_id=by.account_id, ended_at=None).first()
    if sitting is None:
        raise Denied("not-seated", f"请先在{window.number}号窗口签到上岗", "sign in at the window first")
    return sitting


def _open_at(window: Window, by: Actor) -> Ticket:
    require_sitting(window, by)
    ticket = Ticket.objects.select_for_update(of=("self",)).filter(window=window, state=Ticket.State.CALLED).first()
    if ticket is None:
        raise Conflict("nobody-called", "本窗口没有正在办理的号", "no number is open at this window")
    return ticket


def _close(ticket: Ticket, state: str, by: Actor) -> Ticket:
    ticket.state, ticket.closed_at = state, now()
    ticket.save(update_fields=["state", "closed_at"])
    _tell(ticket, f"ticket.{state}", by)
    return ticket


def _tell(ticket: Ticket, kind: str, by: Actor, **more: str) -> None:
    append(_stream(ticket), by.by(), [Entry(kind, {"window": ticket.window_id or 0, **more})])


def _stream(ticket: Ticket) -> str:
    return f"ticket:{ticket.pk}"
