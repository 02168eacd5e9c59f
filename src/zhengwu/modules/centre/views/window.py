"""The clerk's page of the queue: sign in at a window, call, call again, pass over, move on — by keyboard."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.matters.models import Window
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.centre.access import point_of, window_of
from zhengwu.modules.centre.models import Lane, Sitting, Ticket
from zhengwu.modules.centre.selectors import board
from zhengwu.modules.centre.services import ticket as queue
from zhengwu.modules.centre.services.attend import hours_of, sign_in, sign_out

REFRESH = 20
LISTED = 12


@require_GET
@require_role(Role.CLERK)
def page(request: HttpRequest) -> HttpResponse:
    """/desk/window/ — the seat one has, or the free seats to choose from."""
    actor = request_actor(request)
    sitting = Sitting.objects.select_related("window__point", "window__unit").filter(
        clerk_id=actor.account_id, ended_at=None).first()
    if sitting is None:
        point = point_of(actor, request.GET.get("point"), Role.CLERK)
        seats = board(point)
        return render(request, "centre/seats.html", {
            "point": point, "free": [s for s in seats if not s.open], "taken": [s for s in seats if s.open],
            "hours": hours_of(point), "usual": _usual(actor)})
    return render(request, "centre/window.html", _seat(sitting))


def _usual(actor: Actor) -> Window | None:
    """The window this clerk sat at last."""
    last = Sitting.objects.filter(clerk_id=actor.account_id).select_related("window").order_by("-begun_at").first()
    return last.window if last else None


def _seat(sitting: Sitting) -> dict[str, Any]:
    window = sitting.window
    mine = Ticket.objects.filter(clerk_id=sitting.clerk_id, day=today())
    return {
        "sitting": sitting, "window": window, "point": window.point,
        "serves": "叫 " + "、".join(str(lane) for lane in window.lanes.filter(active=True)),
        "current": Ticket.objects.filter(window=window, state=Ticket.State.CALLED).select_related("lane").first(),
        "waiting": list(queue.waiting_for(window).select_related("lane")[:LISTED]),
        "waiting_count": queue.waiting_for(window).count(),
        "skipped": list(Ticket.objects.filter(point=window.point, day=today(), state=Ticket.State.SKIPPED,
                                              lane__windows=window).select_related("lane").order_by("-closed_at")[:6]),
        "served": mine.filter(state=Ticket.State.SERVED).count(),
        "lanes": list(Lane.objects.filter(point=window.point, active=True)),
        "refresh": REFRESH,
    }


@require_POST
@require_role(Role.CLERK)
def sit(request: HttpRequest) -> HttpResponse:
    """Signs in at the chosen window."""
    actor = request_actor(request)
    try:
        window = window_of(actor, whole(request.POST.get("window")) or 0)
        sign_in(window=window, by=actor)
        messages.success(request, f"已在{window.number}号窗口上岗")
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("centre:window")


@require_POST
@require_role(Role.CLERK)
def rise(request: HttpRequest) -> HttpResponse:
    """Signs out."""
    try:
        row = sign_out(by=request_actor(request))
        messages.success(request, f"已从{row.window.number}号窗口签退")
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("centre:window")


@require_POST
@require_role(Role.CLERK)
def act(request: HttpRequest) -> HttpResponse:
    """One press: next, again, skip, finish, move, back. Whatever comes out, the page says it."""
    actor = request_actor(request)
    sitting = Sitting.objects.select_related("window__point").filter(clerk_id=actor.account_id, ended_at=None).first()
    if sitting is None:
        raise NotFound("not-seated", "请先在窗口签到上岗", "sign in at a window first")
    try:
        row, words = _do(request.POST.get("do", ""), sitting.window, actor, request)
        messages.success(request, f"{row.label} {words}")
    except Problem as problem:
        messages.error(request, next(iter(problem.extra.get("errors", {}).values()), problem.zh))
    return redirect("centre:window")


def _do(what: str, window: Window, actor: Actor, request: HttpRequest) -> tuple[Ticket, str]:
    simple: dict[str, tuple[Callable[..., Ticket], str]] = {
        "next": (queue.call_next, f"请到{window.number}号窗口"),
        "again": (queue.call_again, "已再次呼叫"),
        "skip": (queue.skip, "已过号"),
        "finish": (queue.finish, "已办完"),
    }
    if what in simple:
        run, words = simple[what]
        return run(window=window, by=actor), words
    if what == "move":
        lane = Lane.objects.filter(point=window.point, pk=whole(request.POST.get("lane")) or 0).first()
        if lane is None:
            raise Invalid({"lane": "请选择转到哪类业务"})
        return queue.move(window=window, lane=lane, by=actor), f"已转到“{lane.name}”，排在最前"
    if what == "back":
        number = whole(request.POST.get("ticket")) or 0
        return queue.put_back(ticket_id=number, window=window, by=actor), "已重新排队，排在最前"
    raise Invalid({"do": "请选择要做的操作"})
