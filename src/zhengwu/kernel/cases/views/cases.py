"""The list of cases an office may see, and one case in full."""

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.models.case import CaseQuerySet
from zhengwu.kernel.cases.selectors import access_case, light, todo, visible_to
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.kernel.cases.views.presenting import (
    case_facts,
    chart_panel,
    clock_panels,
    events,
    opinions,
    state_words,
    submitted,
)
from zhengwu.kernel.directory.api import request_actor, require_role
from zhengwu.lib.now import CN, local, now
from zhengwu.lib.paging import Cursor, aware, decode, encode
from zhengwu.lib.problem import NotFound
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx

PAGE = 50
EXPORT_MAX = 20_000
COLUMNS = ("办件编号", "事项", "申请人", "主办单位", "状态", "申请时间", "受理时间", "承诺办结", "办结时间")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def filtered(rows: CaseQuerySet, request: HttpRequest) -> CaseQuerySet:
    """By state, open or closed, light, day of application, and words (number, applicant, matter)."""
    query = request.GET
    if state := query.get("state", ""):
        rows = rows.filter(state=state)
    if query.get("phase") == "open":
        rows = rows.filter(closed_at=None)
    elif query.get("phase") == "closed":
        rows = rows.filter(closed_at__isnull=False)
    if query.get("light") == "red":
        rows = rows.filter(closed_at=None, due_at__lte=now())
    elif query.get("light") == "yellow":
        rows = rows.filter(closed_at=None, due_at__gt=now(), warn_at__lte=now())
    if since := _day(query.get("from", "")):
        rows = rows.filter(opened_at__gte=datetime.combine(since, time(), CN))
    if until := _day(query.get("to", "")):
        rows = rows.filter(opened_at__lte=datetime.combine(until, time.max, CN))
    if words := query.get("q", "").strip()[:100]:
        by_number = rows.filter(number=words.upper())
        rows = (
            by_number
            if by_number.exists()
            else rows.filter(applicant_name__startswith=words) | rows.filter(title__icontains=words)
        )
    return rows


@require_GET
@require_role()
def case_list(request: HttpRequest) -> HttpResponse:
    """/desk/cases/ — newest first, by cursor."""
    rows = filtered(visible_to(request_actor(request)), request).select_related("unit").order_by("-opened_at", "-id")
    if cursor := request.GET.get("cursor", ""):
        opened, pk = decode(cursor, aware, int)
        rows = rows.filter(opened_at__lte=opened).exclude(opened_at=opened, pk__gte=pk)
    found = list(rows[: PAGE + 1])
    for case in found:
        case.light = light(case.warn_at, case.due_at) if case.closed_at is None else "none"  # type: ignore[attr-defined]
        case.words = state_words(case)  # type: ignore[attr-defined]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return render(
        request,
        "cases/list.html",
        {
            "rows": found[:PAGE],
            "groups": _groups(),
            "cursor_page": Cursor(next=encode(last.opened_at.isoformat(), last.pk) if last else None),
        },
    )


def _groups() -> list[dict[str, Any]]:
    states = {code: label for kind in sorted(kinds.codes()) for code, label in kinds.get(kind).states.items()}
    return [
        {"name": "phase", "label": "阶段", "options": [("open", "在办"), ("closed", "办结")]},
        {"name": "light", "label": "亮灯", "options": [("red", "■ 超期"), ("yellow", "▲ 预警")]},
        {"name": "state", "label": "状态", "options": list(states.items())},
    ]


@require_GET
@require_role()
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """/desk/cases/<number>/ — everything about one case."""
    actor = request_actor(request)
    case = access_case(actor, number)
    return render(
        request,
        "cases/case.html",
        {
            "my_steps": list(todo(actor).filter(case=case)),
            "case": case,
            "state": state_words(case),
            "facts": case_facts(case),
            "chart": chart_panel(case),
            "clocks": clock_panels(case),
            "opinions": opinions(case),
            "events": events(case),
            "materials": submitted(case),
            "documents": list(case.documents.all()),
            "light": light(case.warn_at, case.due_at) if case.closed_at is None else "none",
        },
    )


def document(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A paper of a case as PDF, for whoever may see the case."""
    case = access_case(request_actor(request), number)
    paper = Document.objects.filter(case=case, pk=pk).first()
    if paper is None:
        raise NotFound("no-such-paper", "没有这份文书", "no such paper")
    pdf = render_document(paper, case)
    return FileResponse(BytesIO(pdf), filename=f"{paper.title}-{case.number}.pdf", content_type="application/pdf")


def _cells(case: Case) -> list[str]:
    def moment(value: datetime | None) -> str:
        return f"{local(value):%Y-%m-%d %H:%M}" if value else ""

    return [
        case.number,
        case.title,
        case.applicant_name,
        case.unit.name,
        state_words(case),
        moment(case.opened_at),
        moment(case.accepted_at),
        moment(case.due_at),
        moment(case.closed_at),
    ]


@require_GET
@require_role()
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The same list with the same filters as CSV (UTF-8 with BOM) or Excel, at most EXPORT_MAX rows."""
    rows = filtered(visible_to(request_actor(request)), request).select_related("unit").order_by("-opened_at", "-id")
    found = rows[:EXPORT_MAX].iterator(chunk_size=1000)
    stamp = f"{local(now()):%Y%m%d}"
    attachment = {"Content-Disposition": f'attachment; filename="cases-{stamp}.{kind}"'}
    cells = (_cells(case) for case in found)
    if kind == "csv":
        return StreamingHttpResponse(csv_lines(COLUMNS, cells), content_type=CSV, headers=attachment)
    if kind == "xlsx":
        return HttpResponse(xlsx("办件", COLUMNS, cells), content_type=XLSX, headers=attachment)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")
