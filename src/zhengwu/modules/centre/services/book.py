"""Appointments: booking a slot, giving it back, coming, not coming."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count

from zhengwu.kernel.clock.api import book as clock_book
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Matter, ServicePoint
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import CN, now, today
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.centre.models import Booking, Lane, Slot, Ticket
from zhengwu.modules.centre.services.ticket import take

AHEAD = 10
"""Working days ahead that can be booked."""
EARLY, LATE = timedelta(minutes=30), timedelta(minutes=15)
"""Checking in is possible from EARLY before the slot begins until LATE after it ends."""
MISSES, LOOK_BACK, BARRED = 3, timedelta(days=90), timedelta(days=30)
"""Who did not come MISSES times within LOOK_BACK books on line no more for BARRED after the last time."""
HELD = (Booking.State.BOOKED, Booking.State.ARRIVED)


@dataclass(frozen=True, slots=True)
class Free:
    """A slot on a day with the places left."""

    slot: Slot
    day: date
    left: int


def days_ahead() -> list[date]:
    """Today and the next working days that can be booked."""
    calendar, day = clock_book().calendar, today()
    found: list[date] = []
    while len(found) < AHEAD:
        if calendar.is_working(day.toordinal()):
            found.append(day)
        day += timedelta(days=1)
    return found


def begins_at(slot: Slot, day: date) -> datetime:
    return datetime.combine(day, slot.begins, CN)


def ends_at(slot: Slot, day: date) -> datetime:
    return datetime.combine(day, slot.ends, CN)


def free_slots(lane: Lane, days: list[date]) -> list[Free]:
    """Every slot of these days that has not begun, with the places left (0 too), in order: two queries."""
    slots = list(lane.slots.filter(active=True))
    taken = {
        (slot, day): number
        for slot, day, number in Booking.objects.filter(lane=lane, day__in=days, state__in=HELD)
        .order_by().values_list("slot_id", "day").annotate(Count("id"))
    }
    moment = now()
    return [
        Free(slot, day, max(0, slot.capacity - taken.get((slot.pk, day), 0)))
        for day in days for slot in slots
        if str(day.isoweekday()) in slot.days and begins_at(slot, day) > moment
    ]


@transaction.atomic
def book(*, slot_id: int, day: date, by: Actor, matter: Matter | None = None) -> Booking:
    """Books a place. The slot's row is locked meanwhile, so the last place goes to one; the other is told the next
    free ones (``extra["next"]``: [[slot id, day, label]]). Raises Denied, Invalid, Conflict."""
    if by.account_id is None or by.is_staff:
        raise Denied("citizens-only", "请用个人或法人账号预约", "citizens and enterprises book")
    slot = Slot.objects.select_for_update(of=("self",)).select_related("lane__point").filter(
        pk=slot_id, active=True, lane__active=True).first()
    if slot is None or day not in days_ahead() or str(day.isoweekday()) not in slot.days:
        raise Invalid({"slot": "请在列出的日期和时段中选择"})
    if begins_at(slot, day) <= now():
        raise Invalid({"slot": "这个时段已经开始，请选后面的时段"})
    _refuse_absent(by)
    if Booking.objects.filter(slot=slot, day=day, state__in=HELD).count() >= slot.capacity:
        raise _full(slot, day)
    try:
        with transaction.atomic():
            row = Booking.objects.create(
                slot=slot, lane=slot.lane, day=day, account_id=by.account_id, matter=matter, code=_code(day), at=now())
    except IntegrityError as error:
        raise Conflict("booked-already", "您当天已约过这类业务，可以先取消再改约", "booked already") from error
    append(f"booking:{row.pk}", by.by(), [Entry("booking.made", {"slot": slot.pk, "day": day.isoformat()})])
    return row


def _code(day: date) -> str:
    taken = set(Booking.objects.filter(day=day).values_list("code", flat=True))
    while (code := f"{secrets.randbelow(1_000_000):06d}") in taken:
        pass
    return code


def _refuse_absent(by: Actor) -> None:
    missed = list(Booking.objects.filter(account_id=by.account_id or 0, state=Booking.State.MISSED,
                                         day__gt=today() - LOOK_BACK).order_by("-day").values_list("day", flat=True))
    if len(missed) >= MISSES and missed[0] + BARRED > today():
        until = missed[0] + BARRED
        raise Conflict("missed-too-often", f"您近期有{len(missed)}次约了没有到，{until.month}月{until.day}日起"
                       "可以再在网上预约；现场取号不受影响", "you missed too many appointments")


def _full(slot: Slot, day: date) -> Conflict:
    days = [d for d in days_ahead() if d >= day]
    free = [f for f in free_slots(slot.lane, days) if f.left > 0][:3]
    words = "、".join(label(f.slot, f.day) for f in free)
    more = f"。最近可约：{words}" if words else "，近期没有空位，可以现场取号"
    return Conflict(
        "slot-full", f"{label(slot, day)}刚刚约满{more}",
        "the slot is full", extra={"next": [[f.slot.pk, f.day.isoformat(), label(f.slot, f.day)] for f in free]})


def label(slot: Slot, day: date) -> str:
    return f"{day.month}月{day.day}日{slot.begins:%H:%M}"


def _own(pk: int, by: Actor) -> Booking:
    row = Booking.objects.select_for_update(of=("self",)).select_related("slot", "lane__point").filter(
        pk=pk, account_id=by.account_id).first() if by.account_id else None
    if row is None:
        raise NotFound("no-such-booking", "没有这个预约", "no such booking")
    return row


@transaction.atomic
def cancel(*, pk: int, by: Actor) -> Booking:
    """Gives the place back before the slot begins."""
    row = _own(pk, by)
    if row.state != Booking.State.BOOKED or begins_at(row.slot, row.day) <= now():
        raise Conflict("too-late", f"这个预约{row.get_state_display()}或者已到时间，不能取消", "too late to cancel")
    row.state, row.closed_at = Booking.State.CANCELLED, now()
    row.save(update_fields=["state", "closed_at"])
    append(f"booking:{row.pk}", by.by(), [Entry("booking.cancelled", {})])
    return row


@transaction.atomic
def arrive(*, point: ServicePoint, code: str, by: Actor) -> Ticket:
    """Checks in with the code at the point, or ``arrive_own`` from one's phone; becomes a ticket in front. Raises
    NotFound for a code that is none of today, Conflict outside the time."""
    row = Booking.objects.select_for_update(of=("self",)).select_related("slot", "lane__point").filter(
        lane__point=point, day=today(), code=code.strip()).first()
    if row is None:
        raise NotFound("no-such-booking", "今天没有这个签到码的预约，请核对或者直接取号", "no such booking today")
    return _check_in(row, by)


@transaction.atomic
def arrive_own(*, pk: int, by: Actor) -> Ticket:
    """As ``arrive``, by the one who booked."""
    return _check_in(_own(pk, by), by)


def _check_in(row: Booking, by: Actor) -> Ticket:
    if row.state == Booking.State.ARRIVED and row.ticket is not None:
        return row.ticket
    if row.state != Booking.State.BOOKED:
        raise Conflict("not-booked", f"这个预约{row.get_state_display()}", "this booking is over")
    begin, end = begins_at(row.slot, row.day), ends_at(row.slot, row.day)
    if not begin - EARLY <= now() <= end + LATE:
        raise Conflict("not-the-time", f"请在{label(row.slot, row.day)}前半小时到{row.slot.ends:%H:%M}之间签到",
                       "not the time to check in")
    row.ticket = take(lane=row.lane, by=by, source=Ticket.Source.BOOKED, front=True, account_id=row.account_id)
    row.state = Booking.State.ARRIVED
    row.save(update_fields=["state", "ticket"])
    append(f"booking:{row.pk}", by.by(), [Entry("booking.arrived", {"ticket": row.ticket.label})])
    return row.ticket


def mark_missed() -> int:
    """Bookings whose time is over without anybody coming. Returns how many."""
    moment = now()
    rows = Booking.objects.filter(state=Booking.State.BOOKED, day__lte=today()).select_related("slot")
    return each([r for r in rows if ends_at(r.slot, r.day) + LATE < moment], _miss, name="centre.missed")


@transaction.atomic
def _miss(row: Booking) -> None:
    row = Booking.objects.select_for_update(of=("self",)).select_related("slot").get(pk=row.pk)
    if row.state != Booking.State.BOOKED:
        return
    row.state, row.closed_at = Booking.State.MISSED, now()
    row.save(update_fields=["state", "closed_at"])
    append(f"booking:{row.pk}", SYSTEM.by(), [Entry("booking.missed", {})])


def remind() -> int:
    """The day before, and on the day itself: once each by key."""
    days = [today(), today() + timedelta(days=1)]
    rows = list(Booking.objects.filter(state=Booking.State.BOOKED, day__in=days).select_related("slot", "lane__point"))
    for row in rows:
        notify(
            account_id=row.account_id,
            title=f"预约提醒：{label(row.slot, row.day)}，{row.lane.point.name}“{row.lane.name}”，签到码{row.code}",
            body="请带齐材料，提前半小时内到场签到；来不了的请取消，让别人可以约。",
            url="/my/appointments/", key=f"booking:{row.pk}:{(row.day - today()).days}", channels=("in_app", "sms"),
        )
    return len(rows)
