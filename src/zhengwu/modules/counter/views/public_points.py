"""Where to go: the service points of a county, township and village, when open and for what."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.matters.models import Matter, ServicePoint
from zhengwu.lib.now import local, now, today
from zhengwu.lib.problem import NotFound
from zhengwu.modules.counter.points import CENTRES, offered
from zhengwu.modules.counter.services.points import hours_words
from zhengwu.modules.counter.trees import in_order

PAGE = 30


def open_now(point: ServicePoint) -> str:
    """Whether it is open at this moment, by the point's hours and the working calendar; "" without hours."""
    if not point.open_hours:
        return ""
    moment = local(now())
    time = f"{moment:%H:%M}"
    works = book().calendar.is_working(moment.date().toordinal())
    day = moment.isoweekday()
    if not works and day <= 5:
        return "今天放假"
    if works and day > 5 and not any(str(day) in row["days"] for row in point.open_hours):
        day = 5  # a working weekend (调休) keeps the hours of a weekday
    inside = any(str(day) in row["days"] and row["from"] <= time < row["to"] for row in point.open_hours)
    return "现在开放" if inside else "现在不开放"


@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """/points/ — by county, township and words; with ``matter`` only where that may be asked for."""
    query = request.GET
    code, words = query.get("division", "")[:12], query.get("q", "").strip()[:40]
    rows = ServicePoint.objects.filter(active=True).select_related("division", "unit")
    matter = Matter.objects.filter(code=query.get("matter", "")[:31]).select_related("division").first()
    if matter is not None:
        rows = rows.filter(Q(offered=matter) | Q(offered=None, level__in=CENTRES, division_id=matter.division_id))
        code = code or matter.division_id
    if code:
        rows = rows.filter(Q(division__code__startswith=code) | Q(division_id=code[:6], level__in=CENTRES))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(address__icontains=words) | Q(division__name__icontains=words))
    rows = rows.annotate(n_offered=Count("offered", distinct=True))
    page = Paginator(in_order(rows), PAGE).get_page(query.get("page"))
    for _, row in page:
        row.state = open_now(row)  # type: ignore[attr-defined]
        row.all_of = row.level in CENTRES and not row.n_offered  # type: ignore[attr-defined]
    counties = Division.objects.filter(level=Division.Level.COUNTY, service_points__isnull=False).distinct()
    towns = Division.objects.filter(level=Division.Level.TOWNSHIP, code__startswith=code[:6]) if code else []
    groups = [{"name": "division", "label": "地区", "options": [(d.code, d.name) for d in counties.order_by("code")]}]
    if code:
        here = [(d.code, d.name) for d in towns if any(p.division_id.startswith(d.code) for _, p in in_order(rows))]
        if len(code) == 6 and here:
            groups = [*groups, {"name": "division", "label": "乡镇", "options": here}]
    return render(request, "counter/points.html", {"page": page, "groups": groups, "matter": matter, "words": words})


@require_GET
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """/points/<pk>/ — where, when, what may be asked there, and its windows."""
    row = ServicePoint.objects.filter(pk=pk, active=True).select_related("division", "unit", "parent").first()
    if row is None:
        raise NotFound("no-such-point", "没有这个服务点，或者已经停用", "no such point")
    words = request.GET.get("q", "").strip()[:40]
    matters = offered(row).select_related("unit").order_by("sort_key")
    if words:
        matters = matters.filter(name__icontains=words)
    above = row.parent if row.parent is not None and row.parent.active else None
    return render(request, "counter/point.html", {
        "point": row,
        "above": above,
        "state": open_now(row),
        "facts": [("层级", row.get_level_display()), ("地址", row.address), ("电话", row.phone),
                  ("设立单位", row.unit.name)],
        "hours": hours_words(row.open_hours) or [row.hours_text],
        "below": row.children.filter(active=True).select_related("division").order_by("division_id", "pk"),
        "windows": row.windows.select_related("unit").order_by("number"),
        "page": Paginator(matters, 60).get_page(request.GET.get("page")),
        "words": words,
        "today": today(),
    })
