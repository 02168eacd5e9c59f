"""What the editor and the duty officer find first: the matters they answer for, the day as it stands."""

from datetime import datetime, time
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN, now, today

PAGE = 50


def _divisions(actor: Actor, role: str) -> list[str]:
    """Codes of the areas in which the actor holds ``role``."""
    return sorted({p.division for p in actor.posts if p.role == role})


@require_GET
@require_role(Role.EDITOR)
def matters(request: HttpRequest) -> HttpResponse:
    """/desk/matters/ — every matter of the editor's area, drafts and withdrawn ones too, with what its guide lacks."""
    areas = _divisions(request_actor(request), Role.EDITOR)
    rows = Matter.objects.filter(division_id__in=areas).select_related("unit", "division")
    lacking = Q(conditions="") | Q(phone="") | Q(complaint_phone="")
    counts = rows.order_by().aggregate(
        all=Count("id"),
        published=Count("id", filter=Q(status=Matter.Status.PUBLISHED)),
        online=Count("id", filter=Q(status=Matter.Status.PUBLISHED, online=True)),
        lacking=Count("id", filter=lacking),
    )
    if (status := request.GET.get("status", "")) in Matter.Status.values:
        rows = rows.filter(status=status)
    if request.GET.get("gap") == "1":
        rows = rows.filter(lacking)
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(Q(name__icontains=words) | Q(unit__name__icontains=words) | Q(code=words))
    page = Paginator(rows.order_by("sort_key", "id"), PAGE).get_page(request.GET.get("page"))
    for matter in page:
        gaps = (("受理条件", matter.conditions), ("咨询电话", matter.phone), ("监督电话", matter.complaint_phone))
        matter.gaps = "、".join(name for name, value in gaps if not value)  # type: ignore[attr-defined]
    return render(
        request,
        "cases/matters.html",
        {
            "page": page,
            "counts": counts,
            "areas": "、".join(Division.objects.filter(code__in=areas).values_list("name", flat=True)),
            "groups": [
                {"name": "status", "label": "状态", "options": list(Matter.Status.choices)},
                {"name": "gap", "label": "要素", "options": [("1", "有缺项")]},
            ],
        },
    )


@require_GET
@require_role(Role.DUTY)
def duty(request: HttpRequest) -> HttpResponse:
    """/desk/duty/ — today in the area: office day or not, what came in, what is late, and whom to ring up.

    Numbers only: who is on duty is not shown whose cases they are.
    """
    actor, moment, day = request_actor(request), now(), today()
    areas = _divisions(actor, Role.DUTY)
    works = book().calendar.is_working(day.toordinal())
    words = request.GET.get("q", "").strip()[:60]
    units = Unit.objects.valid_on(day).filter(division_id__in=areas).exclude(phone="")
    if words:
        units = units.filter(Q(name__icontains=words) | Q(short_name__icontains=words))
    return render(
        request,
        "cases/duty.html",
        {
            "areas": "、".join(Division.objects.filter(code__in=areas).values_list("name", flat=True)),
            "today_title": f"今天是{day.month}月{day.day}日，{'工作日' if works else '休息日'}",
            "counts": _today(areas, moment),
            "page": Paginator(units.order_by("sort_key", "id"), PAGE).get_page(request.GET.get("page")),
            "no_groups": [],
        },
    )


def _today(areas: list[str], moment: datetime) -> dict[str, Any]:
    """Cases of the areas: come in and closed since midnight, open, near their limit, over it; one query."""
    midnight = datetime.combine(today(), time(), CN)
    still = Q(closed_at=None)
    return Case.objects.filter(Q(closed_at=None) | Q(closed_at__gte=midnight), division_id__in=areas).aggregate(
        came=Count("id", filter=Q(opened_at__gte=midnight)),
        closed=Count("id", filter=Q(closed_at__gte=midnight)),
        open=Count("id", filter=still),
        yellow=Count("id", filter=still & Q(warn_at__lte=moment, due_at__gt=moment)),
        red=Count("id", filter=still & Q(due_at__lte=moment)),
    )
