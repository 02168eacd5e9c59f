"""The register (证照台账) of the units one works in: list, export, one certificate, change of its status."""

from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import WORKERS, request_actor, require_role
from zhengwu.lib.now import local, today
from zhengwu.lib.paging import decode, encode
from zhengwu.lib.paper import unprintable
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.certificates.models import EVENT_WORDS, Certificate, CertificateQuerySet
from zhengwu.modules.certificates.selectors import access_certificate, history, register
from zhengwu.modules.certificates.services.seal import shown_code
from zhengwu.modules.certificates.services.status import change_status, choices, may_change

PAGE = 50
EXPORT_MAX = 20_000
COLUMNS = ("证照名称", "证照编号", "电子证照标识", "持证主体", "颁发机构", "颁发日期", "有效期起", "有效期止", "状态",
           "状态日期", "状态原因", "办件编号")


def _filtered(request: HttpRequest) -> CertificateQuerySet:
    return register(request_actor(request), state=request.GET.get("status", ""), text=request.GET.get("q", ""))


@require_GET
@require_role(*WORKERS)
def register_page(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/ — newest first, by cursor."""
    rows = _filtered(request)
    if cursor := request.GET.get("cursor", ""):
        (last_id,) = decode(cursor, int)
        rows = rows.filter(pk__lt=last_id)
    found = list(rows[: PAGE + 1])
    page = SimpleNamespace(next=encode(found[PAGE - 1].pk) if len(found) > PAGE else None, previous=None)
    query = request.GET.copy()
    query.pop("cursor", None)
    return render(request, "certificates/register.html", {
        "rows": found[:PAGE], "page": page, "query": query.urlencode(),
        "narrow": [{"name": "status", "label": "状态", "options": list(Certificate.Status.choices)}]})


@require_GET
@require_role(*WORKERS)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list with the same filters as CSV (UTF-8 with BOM) or Excel, at most EXPORT_MAX rows."""
    cells = (_cells(row) for row in _filtered(request)[:EXPORT_MAX].iterator(chunk_size=1000))
    attachment = {"Content-Disposition": f'attachment; filename="certificates-{today():%Y%m%d}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(COLUMNS, cells)), content_type=CSV, headers=attachment)
    if kind == "xlsx":
        return HttpResponse(xlsx("证照台账", COLUMNS, cells), content_type=XLSX, headers=attachment)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


def _cells(row: Certificate) -> list[str]:
    return [row.title, row.number, row.identifier, row.holder_name, row.unit.name, f"{local(row.issued_at):%Y-%m-%d}",
             row.valid_from.isoformat(), row.valid_to.isoformat() if row.valid_to else "长期", row.state_label,
             f"{local(row.status_at):%Y-%m-%d}", row.status_reason, row.case.number]


@require_GET
@require_role()
def detail(request: HttpRequest, identifier: str) -> HttpResponse:
    """/desk/certificates/<identifier>/ — face, history, and what may be done to it."""
    return _detail(request, access_certificate(request_actor(request), identifier), {})


def _detail(request: HttpRequest, found: Certificate, more: dict[str, Any], status: int = 200) -> HttpResponse:
    events = [{"at": e.at, "title": EVENT_WORDS.get(e.kind, e.kind), "unit": e.unit or e.by_label,
               "note": e.data.get("reason", "")} for e in history(found)]
    actions = choices(found) if may_change(request_actor(request), found) else []
    printed = "".join([found.title, found.holder_name, found.unit.name, *(f"{a}{b}" for a, b in found.face)])
    return render(request, "certificates/detail.html", {
        "certificate": found, "code": shown_code(found), "events": events, "unprintable": unprintable(printed),
        "actions": [(value, f"{label}（{basis}）") for value, label, basis in actions], **more}, status=status)


@require_POST
@require_role()
def status(request: HttpRequest, identifier: str) -> HttpResponse:
    """Carries out a change of status; a refusal is shown at its field with what was typed."""
    actor = request_actor(request)
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
    try:
        changed = change_status(identifier=identifier, to=to, reason=reason, by=actor)
    except NotFound:
        raise
    except Problem as problem:
        found = access_certificate(actor, identifier)
        return _detail(request, found, {"problem": problem, "to": to, "reason": reason,
                                       "errors": problem.extra.get("errors", {})}, problem.status)
    messages.success(request, f"“{changed.title}”现为{changed.state_label}，已通知持证主体")
    return redirect("certificates:detail", identifier=changed.identifier)
