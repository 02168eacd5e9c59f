"""The centre's pages for its service points: the tree, one point, its windows."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import Matter, ServicePoint
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, Problem
from zhengwu.modules.counter.points import CENTRES
from zhengwu.modules.counter.services.points import PointFacts, access_kept, add_window, save_point, switch_point
from zhengwu.modules.counter.trees import in_order

OFFICE_HOURS = "12345 09:00-12:00\n12345 14:00-17:00"


@require_GET
@require_role(Role.CENTRE)
def tree(request: HttpRequest) -> HttpResponse:
    """/counter/points/ — all points of my area as a tree."""
    actor = request_actor(request)
    rows = ServicePoint.objects.none()
    for prefix in actor.division_prefixes(Role.CENTRE):
        rows |= ServicePoint.objects.filter(division__code__startswith=prefix)
    found = rows.select_related("division").annotate(
        n_windows=Count("windows", distinct=True), n_offered=Count("offered", distinct=True))
    return render(request, "counter/points_desk.html", {"nodes": in_order(found), "centres": CENTRES})


@require_http_methods(["GET", "POST"])
@require_role(Role.CENTRE)
def new(request: HttpRequest) -> HttpResponse:
    """/counter/points/new/?parent= — one more point below another."""
    actor = request_actor(request)
    parent = access_kept(actor, whole(request.GET.get("parent", "")) or 0)
    return _form(request, actor, None, parent)


@require_http_methods(["GET", "POST"])
@require_role(Role.CENTRE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """/counter/points/<pk>/ — what it is called, where, when open, what may be asked there."""
    actor = request_actor(request)
    return _form(request, actor, access_kept(actor, pk), None)


def _form(request: HttpRequest, actor: Actor, point: ServicePoint | None, parent: ServicePoint | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, point, parent, _typed_of(point, parent))
    sent = request.POST
    typed: dict[str, Any] = {k: sent.get(k, "").strip()[:2000] for k in ("name", "level", "division", "unit",
                                                                          "address", "phone", "hours")}
    typed["offered"] = sent.getlist("offered")
    facts = PointFacts(
        name=typed["name"], level=typed["level"], address=typed["address"], phone=typed["phone"], hours=typed["hours"],
        division=Division.objects.filter(code=typed["division"][:12]).first(),
        unit=Unit.objects.valid_on(today()).filter(pk=whole(typed["unit"]) or 0).first(),
        offered=list(Matter.objects.in_force(today()).filter(code__in=typed["offered"])),
    )
    try:
        saved = save_point(by=actor, facts=facts, point=point, parent=parent)
    except Invalid as problem:
        return _page(request, point, parent, typed, problem.errors)
    messages.success(request, "服务点已保存")
    return redirect("counter:point_edit", pk=saved.pk)


def _typed_of(point: ServicePoint | None, parent: ServicePoint | None) -> dict[str, Any]:
    if point is None:
        return {"division": parent.division_id if parent else "", "level": "", "hours": OFFICE_HOURS}
    hours = "\n".join(f"{row['days']} {row['from']}-{row['to']}" for row in point.open_hours)
    return {"name": point.name, "level": point.level, "division": point.division_id, "unit": point.unit_id,
            "address": point.address, "phone": point.phone, "hours": hours,
            "offered": list(point.offered.values_list("code", flat=True))}


def _page(
    request: HttpRequest, point: ServicePoint | None, parent: ServicePoint | None, typed: dict[str, Any],
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    above = point.division_id if point else parent.division_id if parent else ""
    county = above[:6]
    places = Division.objects.filter(code__startswith=county).order_by("code")
    units = Unit.objects.valid_on(today()).filter(division__code__startswith=county).exclude(
        kind__in=[Unit.Kind.AREA, Unit.Kind.SECTION, Unit.Kind.GROUP]).order_by("sort_key")
    words = request.GET.get("q", "").strip()[:40]
    shown = Matter.objects.in_force(today()).applied_for().filter(division_id=county).order_by("sort_key")
    chosen = list(shown.filter(code__in=typed.get("offered", [])))
    more = list(shown.filter(name__icontains=words).exclude(pk__in=[m.pk for m in chosen])[:60]) if words else []
    return render(request, "counter/point_form.html", {
        "point": point,
        "parent": point.parent if point else parent,
        "typed": typed,
        "errors": errors or {},
        "levels": ServicePoint.Level.choices,
        "divisions": [(d.code, f"{d.name}（{d.code}）") for d in places],
        "units": [(u.pk, u.name) for u in units],
        "chosen": chosen,
        "more": more,
        "words": words,
        "windows": list(point.windows.select_related("unit").order_by("number")) if point else [],
        "everything": bool(point and point.level in CENTRES),
    }, status=422 if errors else 200)


@require_POST
@require_role(Role.CENTRE)
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switches a point off or on."""
    actor = request_actor(request)
    point = access_kept(actor, pk)
    try:
        done = switch_point(by=actor, point=point, active=request.POST.get("active") == "1")
        messages.success(request, f"{done.name}已{'启用' if done.active else '停用，不再收件'}")
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("counter:point_edit", pk=pk)


@require_POST
@require_role(Role.CENTRE)
def windows(request: HttpRequest, pk: int) -> HttpResponse:
    """One more window."""
    actor = request_actor(request)
    point = access_kept(actor, pk)
    sent = {k: request.POST.get(k, "").strip()[:80] for k in ("number", "window_name", "window_unit")}
    unit = Unit.objects.filter(pk=whole(sent["window_unit"]) or 0).first()
    try:
        add_window(by=actor, point=point, number=sent["number"].upper(), name=sent["window_name"], unit=unit)
    except Invalid as problem:
        return _page(request, point, None, _typed_of(point, None) | sent, problem.errors)
    messages.success(request, f"{sent['number']}号窗口已增加")
    return redirect("counter:point_edit", pk=pk)
