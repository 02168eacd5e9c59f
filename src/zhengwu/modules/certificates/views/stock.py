"""Bringing in an existing stock from Excel: template, preview of every bad row, confirmation, progress, result."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.directory.models import Unit
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Problem
from zhengwu.lib.tables import XLSX
from zhengwu.modules.certificates.models import CertificateType, StockImport
from zhengwu.modules.certificates.services.stock import access_stock, check_stock, confirm_stock
from zhengwu.modules.certificates.services.stock_sheet import template

ROLES = (Role.OFFICER, Role.HEAD, Role.LEADER)


@require_http_methods(["GET", "POST"])
@require_role(*ROLES)
def stock_list(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/stock/ — earlier imports, and the upload of a new sheet."""
    actor = request_actor(request)
    units = actor.unit_ids(*ROLES)
    kinds = list(CertificateType.objects.filter(state=CertificateType.State.PUBLISHED).order_by("name"))
    context: dict[str, Any] = {"errors": {}, "kinds": kinds, "kind": request.POST.get("kind", ""),
                               "choices": [(str(k.pk), k.name) for k in kinds]}
    status = 200
    if request.method == "POST":
        kind, file = next((k for k in kinds if k.pk == whole(str(context["kind"]))), None), request.FILES.get("file")
        if kind is None or file is None:
            context["errors"] = {"kind": "" if kind else "请选择证照类型", "file": "" if file else "请选择填好的表格"}
            status = 422
        else:
            try:
                found = check_stock(name=file.name or "stock.xlsx", stream=file, unit=Unit.objects.get(pk=units[0]),
                                    kind=kind, by=actor)
            except Problem as problem:
                context |= {"problem": problem, "errors": {problem.field: problem.zh}}
                status = problem.status
            else:
                return redirect("certificates:stock-one", pk=found.pk)
    rows = StockImport.objects.filter(unit_id__in=units).select_related("kind", "file", "by")
    context["page"] = Paginator(rows, 20).get_page(request.GET.get("page"))
    return render(request, "certificates/stock.html", context, status=status)


@require_GET
@require_role(*ROLES)
def template_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The empty sheet of a type."""
    kind = get_object_or_404(CertificateType, pk=pk)
    return HttpResponse(template(kind), content_type=XLSX, headers={
        "Content-Disposition": f'attachment; filename="stock-{kind.code}.xlsx"'})


@require_http_methods(["GET", "POST"])
@require_role(*ROLES)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what is wrong row by row, the confirmation, how far it is, and what came of it."""
    actor = request_actor(request)
    found = access_stock(actor, pk)
    if request.method == "POST":
        try:
            confirm_stock(stock_id=pk, by=actor)
        except Problem as problem:
            messages.error(request, problem.zh)
        return redirect("certificates:stock-one", pk=pk)
    made = found.certificates.select_related("unit").order_by("id")
    answer = render(request, "certificates/stock_one.html", {
        "stock": found, "lines": len({p[0] for p in found.problems}), "waiting": found.state in ("queued", "running"),
        "page": Paginator(made, 50).get_page(request.GET.get("page"))})
    if found.state in ("queued", "running"):
        answer["Refresh"] = "3"
    return answer
