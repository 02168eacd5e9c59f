"""双随机抽取: promise, draw, prove."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.cases.api import visible_to
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, Problem
from zhengwu.modules.enforcement.models import Candidate
from zhengwu.modules.enforcement.selectors import access_draw, draws, registers
from zhengwu.modules.enforcement.services.draws import checked, commit_draw, reveal_draw
from zhengwu.modules.enforcement.views.register import READERS

PAGE = 50


def _units(actor: Actor) -> list[Unit]:
    return list(Unit.objects.filter(pk__in=actor.unit_ids(Role.OFFICER, Role.HEAD)).order_by("sort_key"))


@require_http_methods(["GET", "POST"])
@require_role(*READERS)
def listing(request: HttpRequest) -> HttpResponse:
    """/desk/enforcement/draws/ — what was drawn, and a new draw."""
    actor = request_actor(request)
    more: dict[str, Any] = {"typed": {"objects": "5", "inspectors": "2"}}
    status = 200
    if request.method == "POST":
        post = request.POST
        unit = next((u for u in _units(actor) if str(u.pk) == post.get("unit")), None)
        if unit is None:
            raise Denied("not-your-unit", "抽取由本单位承办人或者审核人进行", "not a unit of yours")
        case = visible_to(actor).filter(number=post.get("case", "")).first() if post.get("case") else None
        try:
            made = commit_draw(unit=unit, by=actor, title=post.get("title", ""), case=case,
                               objects=whole(post.get("objects")) or 0, inspectors=whole(post.get("inspectors")) or 0)
        except Problem as problem:
            if problem.status == 403:
                raise
            more = {"problem": problem, "errors": getattr(problem, "errors", {}), "typed": post.dict()}
            status = problem.status
        else:
            messages.success(request, "名录已冻结、种子已承诺并存证，可以抽取")
            return redirect("enforcement:draw", pk=made.pk)
    units = _units(actor)
    counts = registers(actor)
    waiting = Case.objects.filter(kind="inspection", state="approved", draws=None, unit__in=units)
    return render(request, "enforcement/draws.html", {
        "rows": list(draws(actor)[:PAGE]), "units": [(u.pk, u.short_name) for u in units],
        "counts": [(u.short_name, counts.get(u.pk, {}).get("object", 0), counts.get(u.pk, {}).get("inspector", 0))
                   for u in units if u.pk in counts],
        "cases": [(c.number, f"{c.title}（{c.number}）") for c in waiting.order_by("-opened_at")[:30]],
        "errors": {}, **more}, status=status)


@require_GET
@require_role(*READERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/enforcement/draws/<pk>/ — printable: what was promised, what was drawn, computed again."""
    actor = request_actor(request)
    draw = access_draw(actor, pk)
    events = list(Event.objects.filter(stream=draw.stream).order_by("seq"))
    return render(request, "enforcement/draw.html", {
        "draw": draw, "wrong": checked(draw) if draw.drawn_at else [],
        "objects": len(draw.lists[Candidate.Kind.OBJECT]), "inspectors": len(draw.lists[Candidate.Kind.INSPECTOR]),
        "events": [{"at": e.at, "title": "承诺并冻结名录" if e.kind == "draw.committed" else "公开种子并抽取",
                    "who": e.by_label, "unit": e.unit, "note": bytes(e.hash).hex()} for e in events],
        "may_draw": draw.drawn_at is None and actor.has_role(Role.OFFICER, Role.HEAD, unit_id=draw.unit_id)})


@require_POST
@require_role(Role.OFFICER, Role.HEAD)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request_actor(request)
    access_draw(actor, pk)
    try:
        reveal_draw(pk=pk, by=actor)
    except Problem as problem:
        if problem.status == 403:
            raise
        messages.error(request, problem.zh)
    else:
        messages.success(request, "抽取完成，种子已公开，任何人可以重新计算")
    return redirect("enforcement:draw", pk=pk)
