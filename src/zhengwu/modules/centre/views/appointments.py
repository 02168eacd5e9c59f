"""Appointments of citizens: halls and free slots, my appointments."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import request_actor
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.centre.access import open_point
from zhengwu.modules.centre.models import Booking, Lane
from zhengwu.modules.centre.services.book import arrive_own, book, cancel, days_ahead, free_slots

LISTED = 50


@require_http_methods(["GET", "POST"])
def slots(request: HttpRequest, pk: int) -> HttpResponse:
    """/appointments/<point>/?lane=&day=&matter= — lanes, then days, then times; booking asks who one is."""
    point, days = open_point(pk), days_ahead()
    lanes = list(point.lanes.filter(active=True, slots__active=True).distinct())
    matter = Matter.objects.filter(code=request.GET.get("matter", "")[:31]).first()
    lane = _chosen(lanes, request.GET.get("lane"), matter)
    day = next((d for d in days if d.isoformat() == request.GET.get("day")), None)
    shown: dict[str, Any] = {"point": point, "lanes": lanes, "lane": lane, "days": days, "day": day, "matter": matter}
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            row = book(slot_id=whole(request.POST.get("slot")) or 0, day=_day(request.POST.get("day")),
                       by=request_actor(request), matter=matter)
            messages.success(request, f"预约成功，签到码 {row.code}，请在时段开始前半小时内到场签到")
            return redirect("centre:appointments")
        except Problem as problem:
            shown |= {"problem": problem, "next": problem.extra.get("next", [])}
    if lane is not None:
        shown["free"] = free_slots(lane, days)
        shown["per_day"] = [(d, sum(f.left for f in shown["free"] if f.day == d)) for d in days]
        shown["times"] = [f for f in shown["free"] if f.day == day]
    return render(request, "centre/slots.html", shown, status=shown["problem"].status if "problem" in shown else 200)


def _chosen(lanes: list[Lane], wanted: str | None, matter: Matter | None) -> Lane | None:
    if wanted:
        return next((lane for lane in lanes if lane.pk == whole(wanted)), None)
    if matter is not None and matter.window_id is not None:
        return Lane.objects.filter(pk__in=[lane.pk for lane in lanes], windows=matter.window_id).first()
    return lanes[0] if len(lanes) == 1 else None


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return date.min


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """/my/appointments/ — what is coming, what was."""
    rows = list(Booking.objects.filter(account_id=request.user.pk or 0)
                .select_related("slot", "lane__point", "matter", "ticket").order_by("-day", "-id")[:LISTED])
    coming = [r for r in rows if r.state == Booking.State.BOOKED and r.day >= today()]
    return render(request, "centre/appointments.html", {
        "coming": sorted(coming, key=lambda r: (r.day, r.slot.begins)), "past": [r for r in rows if r not in coming],
        "today": today()})


@login_required
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancels one's appointment, or says "I am here"."""
    actor = request_actor(request)
    try:
        if request.POST.get("do") == "arrive":
            return redirect("centre:ticket", code=arrive_own(pk=pk, by=actor).code)
        cancel(pk=pk, by=actor)
        messages.success(request, "预约已取消")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("centre:appointments")
