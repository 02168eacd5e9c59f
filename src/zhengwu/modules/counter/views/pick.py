"""Where the clerk begins: which matter, at which window; what lies half done."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import Window
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, Problem
from zhengwu.modules.counter.models import Taking
from zhengwu.modules.counter.points import Place, pick, place_of, serving
from zhengwu.modules.counter.readers import read_card
from zhengwu.modules.counter.selectors import WAITING, late_papers
from zhengwu.modules.counter.services.taking import drop_taking

WINDOW = "counter.window"


def signed_in(request: HttpRequest) -> Account:
    """Who is signed in; the views let nobody else through."""
    if not isinstance(request.user, Account):
        raise Denied("sign-in-needed", "请先登录", "sign in first")
    return request.user


def chosen_place(request: HttpRequest) -> Place:
    """The window chosen in this session, or the first point the clerk serves at."""
    return place_of(request_actor(request), whole(str(request.session.get(WINDOW, ""))))


@require_GET
@require_role(Role.CLERK)
def front(request: HttpRequest) -> HttpResponse:
    """/counter/ — type a matter; Enter takes the first found, a digit the one with that number."""
    actor, place = request_actor(request), chosen_place(request)
    words = request.GET.get("q", "").strip()[:40]
    late = late_papers(actor).filter(WAITING)
    windows = Window.objects.filter(point__in=serving(actor)).select_related("point").order_by("point", "number")
    return render(request, "counter/front.html", {
        "place": place,
        "words": words,
        "found": pick(place.point, words, actor),
        "windows": [(w.pk, f"{w.point.name} {w.number}号 {w.name}") for w in windows],
        "window": place.window.pk if place.window else "",
        "drafts": Taking.objects.filter(account=signed_in(request), mandate=None).select_related("matter")[:20],
        "late_count": late.count(),
        "late_due": late.filter(due_on__lte=today()).count(),
    })


@require_GET
@require_role(Role.CLERK)
def found(request: HttpRequest) -> HttpResponse:
    """/counter/found/ — the list alone, as one types."""
    actor, place = request_actor(request), chosen_place(request)
    words = request.GET.get("q", "").strip()[:40]
    return render(request, "counter/_found.html", {"found": pick(place.point, words, actor), "words": words})


@require_POST
@require_role(Role.CLERK)
def choose_window(request: HttpRequest) -> HttpResponse:
    """Remembers the window for this session."""
    place = place_of(request_actor(request), whole(request.POST.get("window", "")))
    request.session[WINDOW] = place.window.pk if place.window else ""
    messages.success(request, f"已到{place.label}")
    return redirect("counter:front")


@require_POST
@require_role(Role.CLERK)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws a draft away."""
    drop_taking(account=signed_in(request), taking_id=pk)
    messages.success(request, "没办完的录入已删除")
    return redirect("counter:front")


@require_POST
@require_role(Role.CLERK, Role.AGENT)
def card(request: HttpRequest) -> JsonResponse:
    """/counter/card/ — what lies on the card reader now, for the page to fill in."""
    station: Any = request.session.get(WINDOW, "")
    try:
        read = read_card(str(station))
    except Problem as problem:
        return JsonResponse({"error": problem.zh}, status=problem.status)
    return JsonResponse({"name": read.name, "number": read.number, "address": read.address})
