"""Bringing in a list of matters: upload, preview with every fault, confirmation, progress."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import request_actor, require_role
from zhengwu.kernel.directory.models import Division
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.powers.importing.columns import COLUMNS
from zhengwu.modules.powers.models import ImportJob
from zhengwu.modules.powers.policies import staffing_divisions
from zhengwu.modules.powers.services.imports import IMPORTERS, confirm, import_divisions, jobs_of, upload
from zhengwu.modules.powers.views.public import page_of

REFRESH_SECONDS = "2"
FAULT_COLUMNS = ("行号", "列", "哪里不对", "应当怎样")


@require_http_methods(["GET", "POST"])
@require_role(*IMPORTERS)
def index(request: HttpRequest) -> HttpResponse:
    """/desk/powers/imports/ — upload a list; earlier ones and what became of them."""
    actor = request_actor(request)
    divisions = list(Division.objects.filter(code__in=import_divisions(actor)))
    typed = {"division": divisions[0].code if divisions else "", **request.POST.dict()}
    errors: dict[str, str] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            errors = {"file": "请选择要导入的文件"}
        else:
            try:
                job = upload(name=file.name or "", data=file.read(settings.UPLOAD_MAX_BYTES + 1),
                             division=request.POST.get("division", ""),
                             create_units="create_units" in request.POST,
                             ignore_division="ignore_division" in request.POST, by=actor)
                return redirect("powers:import", job.pk)
            except Problem as problem:
                errors = problem.extra.get("errors") or {problem.field: problem.zh}
    return render(request, "powers/imports.html", {
        "page": page_of(request, jobs_of(actor)), "columns": COLUMNS, "errors": errors, "typed": typed,
        "divisions": [(d.code, d.name) for d in divisions]}, status=422 if errors else 200)


@require_GET
@require_role(*IMPORTERS)
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/powers/imports/<id>/ — progress while the worker is at it (the page loads itself anew), then the preview
    with every fault, the confirmation, or the result."""
    return _job(request, _found(request, pk), None)


def _found(request: HttpRequest, pk: int) -> ImportJob:
    found = jobs_of(request_actor(request)).filter(pk=pk).first()
    if found is None:
        raise NotFound("no-such-import", "没有这次导入，或者您无权查看", "no such import for you")
    return found


def _job(request: HttpRequest, found: ImportJob, problem: Problem | None) -> HttpResponse:
    new_units: dict[str, Any] = found.summary.get("new_units", {})
    answer = render(request, "powers/import.html", {
        "job": found, "problem": problem, "new_units": sorted(new_units.items()),
        "may_publish": found.division_id in staffing_divisions(request_actor(request)),
        "total": max(found.total, found.done, 1)}, status=problem.status if problem else 200)
    if found.working:
        answer["Refresh"] = REFRESH_SECONDS
    return answer


@require_POST
@require_role(*IMPORTERS)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms a checked list; ``publish=yes`` puts it into force."""
    found = _found(request, pk)
    try:
        confirm(job_id=pk, publish=request.POST.get("publish") == "yes", by=request_actor(request))
    except Problem as problem:
        return _job(request, found, problem)
    messages.success(request, "已开始导入，可以离开这一页")
    return redirect("powers:import", pk)


@require_GET
@require_role(*IMPORTERS)
def faults(request: HttpRequest, pk: int) -> HttpResponse:
    """The faults as a CSV to work through."""
    found = _found(request, pk)
    rows = ((str(f["row"]), f["column"], f["wrong"], f["right"]) for f in found.faults)
    return HttpResponse("".join(csv_lines(FAULT_COLUMNS, rows)), content_type=CSV, headers={
        "Content-Disposition": f'attachment; filename="import-{pk}-faults.csv"'})


@require_GET
@require_role(*IMPORTERS)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with all columns and one sample row; required ones carry a star."""
    heads = [f"{c.label}*" if c.required else c.label for c in COLUMNS]
    sample = [[c.sample for c in COLUMNS]]
    headers = {"Content-Disposition": f'attachment; filename="matters-template.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(heads, sample)), content_type=CSV, headers=headers)
    if kind == "xlsx":
        return HttpResponse(xlsx("事项", heads, sample), content_type=XLSX, headers=headers)
    raise NotFound("no-such-format", "可以下载csv或xlsx", "csv or xlsx")
