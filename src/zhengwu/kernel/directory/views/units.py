"""The tree of units, one level at a time."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.actor import request_actor, require_role
from zhengwu.kernel.directory.models import Appointment, Unit
from zhengwu.kernel.directory.roles import Role
from zhengwu.kernel.directory.services.appoint import units_kept_by
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole

PAGE = 50


@require_GET
@require_role(Role.SYSADMIN)
def units(request: HttpRequest) -> HttpResponse:
    """/desk/units/ — ``?unit=`` what is below one unit and who works there; ``?q=`` by name, code or short name."""
    kept, words, day = units_kept_by(request_actor(request)), request.GET.get("q", "").strip()[:60], today()
    chosen = whole(request.GET.get("unit"))
    unit = kept.select_related("division", "parent").filter(pk=chosen).first() if chosen is not None else None
    if words:
        rows = kept.filter(Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code=words.upper()))
    elif unit is not None:
        rows = kept.filter(parent=unit)
    else:
        rows = kept.exclude(parent__in=kept)
    rows = rows.select_related("division").annotate(below=Count("children", distinct=True)).order_by("sort_key", "id")
    people = []
    if unit is not None and not words:
        held = Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), unit=unit, valid_from__lte=day)
        people = list(held.select_related("account").order_by("role", "account__name"))
    above = list(kept.filter(pk__in=[int(p) for p in unit.path.split(".") if p]).order_by("path")) if unit else []
    return render(
        request,
        "directory/units.html",
        {
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "unit": unit,
            "above": above[:-1],
            "people": people,
            "words": words,
            "facts": _facts(unit) if unit else [],
        },
    )


def _facts(unit: Unit) -> list[tuple[str, str]]:
    return [
        ("统一社会信用代码", unit.code or ""),
        ("系统", unit.get_family_display()),
        ("类别", unit.get_kind_display()),
        ("行政区划", f"{unit.division.name}（{unit.division_id}）"),
        ("电话", unit.phone),
        ("地址", unit.address),
        ("设立日期", unit.valid_from.isoformat()),
        ("撤销日期", unit.valid_to.isoformat() if unit.valid_to else ""),
    ]
