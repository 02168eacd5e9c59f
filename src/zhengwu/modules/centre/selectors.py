"""Reading the hall: who waits, who is served where, how long it took — from the events of the ledger."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, Q

from zhengwu.kernel.cases.visits import Visit
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.now import today
from zhengwu.modules.centre.models import Lane, Sitting, Ticket

SHOWN = 12
"""How many called numbers the screen shows."""


@dataclass(slots=True)
class Seat:
    """A window on the board: who sits there, the number being served, today's counts."""

    window: Window
    sitting: Sitting | None = None
    ticket: Ticket | None = None
    served: int = 0
    skipped: int = 0
    waiting: int = 0
    lanes: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.sitting is not None


def lanes_with_waiting(point: ServicePoint) -> list[Lane]:
    """The open lanes with ``waiting`` (people) and ``seats`` (windows at work), one query each."""
    rows = list(point.lanes.filter(active=True).prefetch_related("windows"))
    counts = dict(Ticket.objects.filter(point=point, day=today(), state=Ticket.State.WAITING)
                  .order_by().values_list("lane_id").annotate(Count("id")))
    seated = set(Sitting.objects.filter(window__point=point, ended_at=None).values_list("window_id", flat=True))
    for lane in rows:
        lane.waiting = counts.get(lane.pk, 0)  # type: ignore[attr-defined]
        lane.seats = sum(w.pk in seated for w in lane.windows.all())  # type: ignore[attr-defined]
    return rows


def ahead_of(ticket: Ticket) -> int:
    """How many wait in front of a ticket in its lane."""
    same = Q(front=ticket.front)
    before = same & (Q(taken_at__lt=ticket.taken_at) | Q(taken_at=ticket.taken_at, pk__lt=ticket.pk))
    if not ticket.front:
        before |= Q(front=True)
    return Ticket.objects.filter(before, lane_id=ticket.lane_id, day=ticket.day, state=Ticket.State.WAITING).count()


def called(point: ServicePoint) -> list[Ticket]:
    """What the screen shows: numbers being served, the one called last on top."""
    return list(Ticket.objects.filter(point=point, day=today(), state=Ticket.State.CALLED)
                .select_related("window", "lane").order_by("-called_at")[:SHOWN])


def board(point: ServicePoint) -> list[Seat]:
    """All windows of a point today: five queries, however many windows."""
    windows = Window.objects.filter(point=point).select_related("unit").prefetch_related("lanes").order_by("number")
    sittings = {s.window_id: s for s in Sitting.objects.filter(window__point=point, ended_at=None)
                .select_related("clerk")}
    current = {t.window_id: t for t in Ticket.objects.filter(point=point, day=today(), state=Ticket.State.CALLED)}
    done = {
        window: (served, skipped)
        for window, served, skipped in Ticket.objects.filter(point=point, day=today(), window__isnull=False)
        .order_by().values_list("window_id").annotate(
            served=Count("id", filter=Q(state=Ticket.State.SERVED)),
            skipped=Count("id", filter=Q(state=Ticket.State.SKIPPED)))
    }
    waiting = {lane.pk: lane.waiting for lane in lanes_with_waiting(point)}  # type: ignore[attr-defined]
    return [
        Seat(w, sittings.get(w.pk), current.get(w.pk), *done.get(w.pk, (0, 0)),
             sum(waiting.get(lane.pk, 0) for lane in w.lanes.all()), [lane.letter for lane in w.lanes.all()])
        for w in windows
    ]


@dataclass(slots=True)
class Times:
    """Minutes of a set of tickets; None where there is nothing to measure."""

    waits: list[float] = field(default_factory=list)
    services: list[float] = field(default_factory=list)

    @property
    def wait(self) -> float | None:
        return round(median(self.waits), 1) if self.waits else None

    @property
    def longest(self) -> float | None:
        return round(max(self.waits), 1) if self.waits else None

    @property
    def service(self) -> float | None:
        return round(median(self.services), 1) if self.services else None


def times(point: ServicePoint, first: date, last: date) -> Times:
    """Waiting (taken until first called) and serving (last called until served) between two days, from the events of
    the tickets: what the rows say is not asked."""
    streams = [f"ticket:{pk}" for pk in
               Ticket.objects.filter(point=point, day__range=(first, last)).values_list("pk", flat=True)]
    found, seen = Times(), dict[str, dict[str, datetime]]()
    events = Event.objects.filter(stream__in=streams).order_by("stream", "seq").values_list("stream", "kind", "at")
    for stream, kind, at in events.iterator(chunk_size=5000):
        marks = seen.setdefault(stream, {})
        match kind:
            case "ticket.taken":
                marks["taken"] = at
            case "ticket.called":
                if "taken" in marks:
                    found.waits.append(_minutes(at - marks.pop("taken")))
                marks["called"] = at
            case "ticket.served" if "called" in marks:
                found.services.append(_minutes(at - marks.pop("called")))
            case "ticket.moved" | "ticket.skipped":
                marks.pop("called", None)
    return found


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def by_hour(point: ServicePoint, day: date) -> list[tuple[int, int, int]]:
    """(hour, taken, served) of ten hours that hold what happened, from 8 on a usual day, for the picture."""
    taken, served = [0] * 24, [0] * 24
    for at, closed, state in Ticket.objects.filter(point=point, day=day).values_list("taken_at", "closed_at", "state"):
        taken[(at.hour + 8) % 24] += 1
        if closed is not None and state == Ticket.State.SERVED:
            served[(closed.hour + 8) % 24] += 1
    first = min([8, *(hour for hour in range(24) if taken[hour])])
    return [(hour, taken[hour], served[hour]) for hour in range(first, first + 10)]


def _visit(ticket: Ticket | None) -> Visit | None:
    if ticket is None or ticket.closed_at is None or ticket.unit_id is None:
        return None
    return Visit(
        key=f"ticket:{ticket.pk}", title=f"{ticket.label} {ticket.lane.name}", unit_id=ticket.unit_id,
        division=ticket.point.division_id, at=ticket.closed_at, point_id=ticket.point_id, window_id=ticket.window_id,
        clerk_id=ticket.clerk_id,
    )


_SERVED = Ticket.objects.filter(state=Ticket.State.SERVED).select_related("lane", "point")


def visit_at_window(window: Window) -> Visit | None:
    """The ticket served last at this window today, for the evaluation device."""
    return _visit(_SERVED.all().filter(window=window, day=today()).order_by("-closed_at").first())


def visit_by_code(code: str) -> Visit | None:
    """The visit of a ticket's code, for the QR on its paper."""
    return _visit(_SERVED.all().filter(code=code).first())

