"""Pages of those who manage the hall: today at a glance, the windows, the queue's set-up."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.lib.now import now, today
from zhengwu.modules.centre.access import kiosk_key, point_of
from zhengwu.modules.centre.models import Booking, Complaint, Sheet, Ticket
from zhengwu.modules.centre.selectors import board, by_hour, lanes_with_waiting, times
from zhengwu.modules.centre.services.attend import hours_of

VIEWERS = (Role.CENTRE, Role.RECEPTION)
BOARD_REFRESH = 30
TALL = 60
"""Height of the picture's bars."""


@require_GET
@require_role(*VIEWERS)
def home(request: HttpRequest) -> HttpResponse:
    """/desk/hall/ — today's hall at a glance; every number opens its list."""
    point = point_of(request_actor(request), request.GET.get("point"), *VIEWERS)
    day, moment = today(), now()
    tickets = Ticket.objects.filter(point=point, day=day).aggregate(
        all=Count("id"), waiting=Count("id", filter=Q(state="waiting")), served=Count("id", filter=Q(state="served")),
        skipped=Count("id", filter=Q(state="skipped")), long=Count("id", filter=Q(
            state="waiting", taken_at__lt=moment - timedelta(minutes=30))))
    seats = board(point)
    hours = by_hour(point, day)
    most = max([1, *(max(taken, served) for _, taken, served in hours)])
    return render(request, "centre/home.html", {
        "point": point, "tickets": tickets, "seats": seats, "open": sum(s.open for s in seats),
        "times": times(point, day, day), "lanes": lanes_with_waiting(point), "hours": hours_of(point),
        "bookings": Booking.objects.filter(lane__point=point, day=day, state__in=("booked", "arrived")).count(),
        "complaints": Complaint.objects.filter(point=point, case__closed_at=None).count(),
        "objections": Sheet.objects.filter(point=point, state=Sheet.State.OBJECTED).count(),
        "rectifying": Case.objects.filter(kind="rectification", point=point, closed_at=None).count(),
        "bars": [{"hour": h, "taken": t, "served": s, "x": 20 + n * 46, "th": round(TALL * t / most),
                  "ty": TALL - round(TALL * t / most) + 8, "sh": round(TALL * s / most),
                  "sy": TALL - round(TALL * s / most) + 8} for n, (h, t, s) in enumerate(hours)],
        "kiosk": reverse("centre:kiosk", args=[point.pk, kiosk_key(point)]),
    })


@require_GET
@require_role(*VIEWERS, Role.CLERK)
def windows(request: HttpRequest) -> HttpResponse:
    """/desk/hall/windows/ — which window is open, who sits there, the number being served, today's counts."""
    point = point_of(request_actor(request), request.GET.get("point"), *VIEWERS, Role.CLERK)
    seats = board(point)
    wanted = request.GET.get("open", "")
    shown = [s for s in seats if not wanted or s.open is (wanted == "1")]
    answer = render(request, "centre/board.html", {
        "point": point, "seats": shown, "open": sum(s.open for s in seats), "total": len(seats),
        "narrow": [{"name": "open", "label": "窗口", "options": [("1", "在岗"), ("0", "无人")]}],
        "manages": request_actor(request).has_role(*VIEWERS)})
    answer["Refresh"] = str(BOARD_REFRESH)
    return answer


@require_GET
@require_role(*VIEWERS)
def tickets(request: HttpRequest) -> HttpResponse:
    """/desk/hall/tickets/ — today's numbers by state and lane."""
    point = point_of(request_actor(request), request.GET.get("point"), *VIEWERS)
    rows = Ticket.objects.filter(point=point, day=today()).select_related("lane", "window", "clerk")
    if (state := request.GET.get("state", "")) in Ticket.State.values:
        rows = rows.filter(state=state)
    if letter := request.GET.get("lane", "")[:2]:
        rows = rows.filter(lane__letter=letter)
    page = Paginator(rows.order_by("-taken_at", "-id"), 100).get_page(request.GET.get("page"))
    return render(request, "centre/tickets.html", {
        "point": point, "page": page,
        "narrow": [{"name": "state", "label": "状态", "options": list(Ticket.State.choices)},
                   {"name": "lane", "label": "业务", "options": [(x.letter, str(x)) for x in point.lanes.all()]}]})


@require_GET
@require_role(*VIEWERS)
def bookings(request: HttpRequest) -> HttpResponse:
    """/desk/hall/appointments/ — who is expected today, without identity: code, time, matter."""
    point = point_of(request_actor(request), request.GET.get("point"), *VIEWERS)
    rows = Booking.objects.filter(lane__point=point, day=today()).select_related("slot", "lane", "matter", "ticket")
    if (state := request.GET.get("state", "")) in Booking.State.values:
        rows = rows.filter(state=state)
    return render(request, "centre/bookings.html", {
        "point": point, "rows": list(rows.order_by("slot__begins", "id")[:500]),
        "narrow": [{"name": "state", "label": "状态", "options": list(Booking.State.choices)}]})
