"""/powers/: the list anybody may read, one power with basis, limits, chart and history; export and print."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.api import ANONYMOUS, request_actor
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.flow.api import draw
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.matters.api import MatterType
from zhengwu.kernel.matters.models import Power
from zhengwu.kernel.matters.models.power import PowerQuerySet
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.powers.selectors import access_power, divisions_with_lists, history, listed, units_with_powers
from zhengwu.ui.registry import address

PAGE = 50
EXPORT_MAX = 20_000
COLUMNS = ("权力编码", "权力名称", "类型", "实施主体", "行政区划", "子项", "设定依据", "法定时限", "责任事项",
           "追责情形", "流程图", "状态", "生效日期", "终止日期")


def _filters(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET.get(key, "") for key in ("q", "division", "unit", "type", "state")}


def _public(request: HttpRequest) -> PowerQuerySet:
    """The same list for everybody: what stands, unless ended ones are asked for."""
    filters = _filters(request)
    return listed(ANONYMOUS, filters | {"state": filters["state"] or "force"})


def page_of(request: HttpRequest, rows: Any) -> Any:
    return Paginator(rows, PAGE).get_page(whole(request.GET.get("page", "1")) or 1)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """/powers/ — by division, unit and type, by words; ended powers on request."""
    rows = _public(request)
    division = request.GET.get("division", "")
    units = units_with_powers(listed(ANONYMOUS, {"division": division, "state": "force"})) if division else []
    types = [c for c in MatterType.choices if c[0] < "61"]
    inner = [c for c in MatterType.choices if c[0] >= "61"]
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "powers/index.html", {
        "page": page_of(request, rows), "units": units, "unit": request.GET.get("unit", ""),
        "division": Division.objects.filter(code=division.replace("\0", "")).first() if division else None,
        "query": query.urlencode(),
        "groups": [
            {"name": "division", "label": "地区", "options": [(d.code, d.name) for d in divisions_with_lists()]},
            {"name": "type", "label": "类型", "options": [*types, *inner]},
            {"name": "state", "label": "状态", "options": [("ended", "已终止"), ("later", "尚未生效")]},
        ]})


@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list with the same filters as CSV or Excel."""
    return table_answer("power-list", "权责清单", _public(request), kind)


def table_answer(name: str, title: str, rows: PowerQuerySet, kind: str) -> HttpResponse:
    """At most EXPORT_MAX powers as a file of ``kind`` csv or xlsx; bases in three queries however many rows."""
    found = rows.prefetch_related("bases__law")[:EXPORT_MAX]
    cells = (_cells(row) for row in found.iterator(chunk_size=1000))
    headers = {"Content-Disposition": f'attachment; filename="{name}-{today():%Y%m%d}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(COLUMNS, cells)), content_type=CSV, headers=headers)
    if kind == "xlsx":
        return HttpResponse(xlsx(title, COLUMNS, cells), content_type=XLSX, headers=headers)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


def _cells(power: Power) -> list[str]:
    return [power.code, power.name, power.get_type_display(), power.unit.name, power.division.name,
            "；".join(power.sub_items), "；".join(str(b) for b in power.bases.all()),
            power.limit_label or power.limit_note, power.duties, power.accountability,
            power.chart.title if power.chart else "", power.state_label,
            power.valid_from.isoformat() if power.valid_from else "",
            power.valid_to.isoformat() if power.valid_to else ""]


@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """/powers/<code>/ — basis, subject, limits, chart drawn, duties, matters, history."""
    actor = request_actor(request)
    power = access_power(actor, code)
    return render(request, "powers/power.html", power_facts(power, inner=actor.is_staff))


def power_facts(power: Power, *, inner: bool) -> dict[str, Any]:
    """What the page of a power shows, outside and on the desk."""
    published = Version.objects.filter(state=VersionState.PUBLISHED)
    version = published.filter(definition=power.chart).first() if power.chart else None
    matters = power.matters.exclude(status="draft").select_related("unit").order_by("sort_key")[:50]
    leader = f"{power.leader_unit.name} {power.leader_title}" if power.leader_unit else power.leader_title
    return {
        "power": power, "bases": list(power.bases.select_related("law")), "inner": inner,
        "svg": mark_safe(draw(version.xml)) if version else "",  # noqa: S308 - drawn by ourselves
        "version": version, "matters": list(matters), "guides": bool(address("hall:matters")),
        "chapters": history(power), "received": list(power.received.select_related("unit")),
        "merged": list(power.merged.all()), "runs": power.runs_on(today()),
        "about": [(label, value) for label, value in (
            ("权力编码", power.code), ("类型", power.get_type_display()), ("类别", power.get_family_display()),
            ("实施主体", power.unit.name), ("行政区划", power.division.name), ("行使内容", power.exercise),
            ("子项", "；".join(power.sub_items)), ("法定时限", power.limit_label or power.limit_note),
            ("层级", "政府层级权力" if power.government else "部门权力"), ("审批的分管领导", leader),
            ("公开范围", power.get_openness_display()), ("状态", power.state_label),
            ("生效日期", power.valid_from.isoformat() if power.valid_from else ""),
            ("终止日期", power.valid_to.isoformat() if power.valid_to else "")) if value],
    }


@require_GET
def compare(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """/powers/<code>/versions/<n>/ — one version beside the one before it, field by field."""
    power = access_power(request_actor(request), code)
    version = get_object_or_404(power.versions.filter(state="published"), number=number)
    found = next(c for c in history(power) if c.version.pk == version.pk)
    return render(request, "powers/version.html", {"power": power, "chapter": found})
