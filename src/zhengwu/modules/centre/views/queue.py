"""What people in the hall see: the kiosk, the number on their phone, the screen on the wall."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import address_of, count_attempt, request_actor
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.lib.now import now, today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, NotFound, Problem
from zhengwu.lib.qr import svg
from zhengwu.modules.centre.access import open_point, require_kiosk
from zhengwu.modules.centre.models import Lane, Ticket
from zhengwu.modules.centre.selectors import ahead_of, called, lanes_with_waiting
from zhengwu.modules.centre.services.book import arrive
from zhengwu.modules.centre.services.ticket import leave, take
from zhengwu.ui.registry import address

SCREEN_REFRESH, TICKET_REFRESH, KIOSK_REFRESH = 5, 15, 30
CODES_AN_HOUR = 60


@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """/centre/<point>/kiosk/<key>/ — the machine at the door: one button a lane, a field for the appointment's code."""
    point = require_kiosk(pk, key)
    problem = None
    if request.method == "POST":
        try:
            if "code" in request.POST:
                count_attempt(key=f"booking-code:{point.pk}", limit=CODES_AN_HOUR, minutes=60)
                ticket = arrive(point=point, code=request.POST["code"][:10], by=request_actor(request))
            else:
                ticket = take(lane=_lane(point, request.POST.get("lane")))
            return redirect(f"{reverse('centre:ticket', args=[ticket.code])}?from={key}")
        except Problem as refused:
            problem = refused
    shown = {"point": point, "lanes": lanes_with_waiting(point), "problem": problem}
    answer = render(request, "centre/kiosk.html", shown, status=problem.status if problem else 200)
    answer["Refresh"] = f"{KIOSK_REFRESH}; url={request.path}"
    return answer


def _lane(point: ServicePoint, wanted: str | None) -> Lane:
    lane = point.lanes.select_related("point").filter(pk=whole(wanted) or 0).first()
    if lane is None:
        raise NotFound("no-such-lane", "请选择要办的业务", "no such lane")
    return lane


@require_GET
def halls(request: HttpRequest) -> HttpResponse:
    """/centre/ — every hall with how many wait, for looking before one sets out."""
    points = list(ServicePoint.objects.filter(active=True, lanes__active=True).distinct()
                  .select_related("division").order_by("division_id", "id"))
    for point in points:
        point.rows = lanes_with_waiting(point)  # type: ignore[attr-defined]
        point.waiting = sum(lane.waiting for lane in point.rows)  # type: ignore[attr-defined]
    return render(request, "centre/halls.html", {"points": points})


@login_required
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """/centre/<point>/take/ — a number by phone, one a lane and person."""
    point, actor, problem = open_point(pk), request_actor(request), None
    if request.method == "POST":
        try:
            if actor.is_staff:
                raise Denied("citizens-only", "工作账号不能取号，请用个人账号", "staff take no numbers")
            ticket = take(lane=_lane(point, request.POST.get("lane")), by=actor, source=Ticket.Source.PHONE,
                          account_id=actor.account_id)
            return redirect("centre:ticket", code=ticket.code)
        except Problem as refused:
            problem = refused
    mine = Ticket.objects.filter(point=point, day=today(), account_id=actor.account_id or 0,
                                 state__in=(Ticket.State.WAITING, Ticket.State.CALLED)).select_related("lane")
    shown = {"point": point, "lanes": lanes_with_waiting(point), "problem": problem, "mine": list(mine)}
    return render(request, "centre/phone.html", shown, status=problem.status if problem else 200)


@require_GET
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """/centre/t/<code>/ — the paper of a number and, on a phone, where it stands; draws itself anew."""
    row = get_object_or_404(Ticket.objects.select_related("lane", "point", "window"), code=code)
    url = f"{settings.PUBLIC_URL.rstrip('/')}{request.path}"
    evaluate = address_of_evaluation(row.code) if row.state == Ticket.State.SERVED else ""
    kiosk_key = request.GET.get("from", "")[:20]
    return render(request, "centre/ticket.html", {
        "ticket": row, "ahead": ahead_of(row) if row.state == Ticket.State.WAITING else 0, "evaluate": evaluate,
        "qr": mark_safe(svg(url, label="扫码看叫号进度")),  # noqa: S308 - made of digits by ourselves
        "refresh": TICKET_REFRESH if row.day == today() and row.state in ("waiting", "called") else None,
        "back": reverse("centre:kiosk", args=[row.point_id, kiosk_key]) if len(kiosk_key) == 20 else "",
        "today": row.day == today(),
    })


def address_of_evaluation(code: str) -> str:
    """Where a ticket is evaluated, "" where this installation evaluates nothing."""
    start = address("evaluation:public")
    return reverse("evaluation:ticket", args=[code]) if start else ""


@require_POST
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """The holder needs the number no more."""
    count_attempt(key=f"ticket-code:{address_of(request)}", limit=300, minutes=60)
    try:
        leave(code=code)
        messages.success(request, "号码已取消")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("centre:ticket", code=code)


@require_GET
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """/centre/<point>/screen/ — the wall: whom which window calls, how many wait; new every few seconds."""
    point = open_point(pk)
    rows = called(point)
    return render(request, "centre/screen.html", {
        "point": point, "called": rows, "newest": rows[0] if rows else None, "rest": rows[1:],
        "lanes": lanes_with_waiting(point), "now": now(), "refresh": SCREEN_REFRESH,
    })
