"""Window autonomy: the units' shares, and what each matter leaves to its window."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Problem
from zhengwu.lib.tables import XLSX, xlsx
from zhengwu.modules.centre.access import point_of
from zhengwu.modules.centre.autonomy import UnitLine, by_unit, conflicts, set_authority

PAGE = 50
COLUMNS = ("单位", "事项", "进驻大厅", "进驻率", "窗口有权限", "授权率", "窗口终审", "到场次数（平均）", "已决定办件",
           "大厅办结", "大厅办结率")


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.1f}%"


@require_GET
@require_role(Role.CENTRE)
def page(request: HttpRequest) -> HttpResponse:
    """/desk/autonomy/ — by unit; ``?format=xlsx`` the same as a table."""
    point = point_of(request_actor(request), request.GET.get("point"), Role.CENTRE)
    rows = by_unit(point)
    if request.GET.get("format") == "xlsx":
        head = {"Content-Disposition": f'attachment; filename="autonomy-{today():%Y%m%d}.xlsx"'}
        return HttpResponse(xlsx("窗口权限", COLUMNS, [_cells(r) for r in rows]), content_type=XLSX, headers=head)
    total = UnitLine(0, "合计")
    for row in rows:
        for name in ("matters", "present", "authority", "deciding", "decided", "in_hall"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return render(request, "centre/autonomy.html", {"point": point, "rows": rows, "total": total,
                                                    "conflicts": conflicts(point)})


def _cells(r: UnitLine) -> list[str]:
    return [r.name, str(r.matters), str(r.present), _percent(r.presence), str(r.authority), _percent(r.power),
            str(r.deciding), f"{float(r.journeys):.1f}", str(r.decided), str(r.in_hall), _percent(r.on_the_spot)]


@require_http_methods(["GET", "POST"])
@require_role(Role.CENTRE)
def matters(request: HttpRequest) -> HttpResponse:
    """/desk/autonomy/matters/?unit= — each matter's window and authority, set here."""
    actor = request_actor(request)
    point = point_of(actor, request.GET.get("point"), Role.CENTRE)
    if request.method == "POST":
        try:
            row = set_authority(matter_id=whole(request.POST.get("matter")) or 0,
                                authority=request.POST.get("authority", ""), by=actor)
            messages.success(request, f"“{row.name}”窗口权限已定为：{row.get_window_authority_display()}")
        except Problem as problem:
            messages.error(request, problem.zh)
        return redirect(request.get_full_path())
    rows = Matter.objects.in_force(today()).applied_for().filter(division_id=point.division_id)
    rows = rows.select_related("unit", "window")
    if (unit := whole(request.GET.get("unit"))) is not None:
        rows = rows.filter(unit_id=unit)
    if (authority := request.GET.get("authority", "")) in Matter.WindowAuthority.values:
        rows = rows.filter(window_authority=authority)
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(name__icontains=words)
    return render(request, "centre/authority.html", {
        "point": point, "page": Paginator(rows.order_by("unit__sort_key", "sort_key", "id"), PAGE).get_page(
            request.GET.get("page")),
        "choices": list(Matter.WindowAuthority.choices),
        "narrow": [{"name": "authority", "label": "权限", "options": list(Matter.WindowAuthority.choices)}]})
