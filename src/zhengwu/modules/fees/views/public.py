"""The fee register as everybody reads it (收费目录清单)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.models import Division
from zhengwu.lib.now import today
from zhengwu.lib.problem import NotFound
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.fees.models.register import ChargeQuerySet
from zhengwu.modules.fees.selectors import access_charge, register

PAGE = 30
COLUMNS = ("项目编码", "收费项目", "类别", "缴费对象", "执收单位", "收费标准", "收费依据", "缴入", "执行日期", "状态")


def _filtered(request: HttpRequest) -> ChargeQuerySet:
    get = request.GET.get
    return register(division=get("division", ""), payer=get("payer", ""), state=get("state", ""), text=get("q", ""))


@require_GET
def register_page(request: HttpRequest) -> HttpResponse:
    """/fees/"""
    divisions = Division.objects.filter(charges__isnull=False).distinct().order_by("code").values_list("code", "name")
    groups = [
        {"name": "division", "label": "地区", "options": list(divisions)},
        {"name": "payer", "label": "缴费对象", "options": [("person", "自然人"), ("enterprise", "企业")]},
        {"name": "state", "label": "状态", "options": [("published", "执行中"), ("abolished", "已取消")]},
    ]
    page = Paginator(_filtered(request), PAGE).get_page(request.GET.get("page"))
    return render(request, "fees/register.html", {"page": page, "groups": groups, "query": request.GET.urlencode()})


@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list as CSV or Excel."""
    rows = ([c.code, c.name, c.get_category_display(), c.get_payer_display(), c.unit.name, "；".join(c.current),
             c.basis, c.treasury, c.valid_from.isoformat(), c.get_state_display()] for c in _filtered(request))
    attachment = {"Content-Disposition": f'attachment; filename="fees-{today():%Y%m%d}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(COLUMNS, rows)), content_type=CSV, headers=attachment)
    if kind == "xlsx":
        return HttpResponse(xlsx("收费目录清单", COLUMNS, rows), content_type=XLSX, headers=attachment)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


@require_GET
def charge_page(request: HttpRequest, code: str) -> HttpResponse:
    """/fees/<code>/ — basis, standards now and before, matters it belongs to."""
    charge = access_charge(code)
    day = today()
    standards = list(charge.standards.all())
    return render(request, "fees/charge.html", {
        "charge": charge, "now": [s for s in standards if s.in_force(day)],
        "other": [s for s in standards if not s.in_force(day)], "matters": charge.matters.all()[:50]})
