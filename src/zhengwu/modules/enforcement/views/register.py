"""The list of the office's own cases, and its export."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases.api import light, state_label
from zhengwu.kernel.directory.api import WORKERS, Role, request_actor, require_role
from zhengwu.lib.now import local, now
from zhengwu.lib.paging import Cursor, aware, decode, encode
from zhengwu.lib.problem import NotFound
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.selectors import affairs, discretion_of, powers, tally

PAGE, EXPORT_MAX = 50, 20_000
READERS = frozenset({*WORKERS, Role.INSPECTOR}) - {Role.CLERK, Role.CENTRE, Role.RECEPTION}
COLUMNS = ("案件编号", "类别", "案由", "当事人", "权力事项", "办案机关", "状态", "立案时间", "办理期限",
           "结案时间", "线索来源")


def _rows(request: HttpRequest) -> Any:
    query = request.GET
    return affairs(request_actor(request), family=query.get("family", ""), state=query.get("state", ""),
                   light=query.get("phase", ""), text=query.get("q", ""))


@require_GET
@require_role(*READERS)
def listing(request: HttpRequest) -> HttpResponse:
    """/desk/enforcement/ — newest first, by cursor."""
    actor = request_actor(request)
    rows = _rows(request)
    if cursor := request.GET.get("cursor", ""):
        opened, pk = decode(cursor, aware, int)
        rows = rows.filter(case__opened_at__lte=opened).exclude(case__opened_at=opened, pk__gte=pk)
    found = list(rows[: PAGE + 1])
    for affair in found:
        case = affair.case
        affair.words = state_label(case.kind, case.state)
        affair.light = light(case.warn_at, case.due_at) if case.closed_at is None else "none"
        affair.family = FAMILIES[case.kind].title
    last = found[PAGE - 1] if len(found) > PAGE else None
    counts = tally(actor)
    query = request.GET.copy()
    query.pop("cursor", None)
    return render(request, "enforcement/list.html", {
        "rows": found[:PAGE], "query": query.urlencode(), "groups": _groups(request.GET.get("family", ""), counts),
        "cursor_page": Cursor(next=encode(last.case.opened_at.isoformat(), last.pk) if last else None),
        "stats": [(FAMILIES[code].title, counts.get(code, 0), code) for code in FAMILIES],
        "may_open": actor.has_role(Role.OFFICER)})


def _groups(family: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = [
        {"name": "family", "label": "类别", "options": [(f.code, f.title) for f in FAMILIES.values()]},
        {"name": "phase", "label": "阶段", "options": [("open", "在办"), ("red", "■ 超期"), ("closed", "办结")]},
    ]
    if family in FAMILIES:
        groups.append({"name": "state", "label": "状态", "options": list(FAMILIES[family].states.items())})
    return groups


@require_GET
@require_role(*READERS)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The same list with the same filters as CSV (UTF-8 with BOM) or Excel."""
    if kind not in ("csv", "xlsx"):
        raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")
    cells = (_cells(affair) for affair in _rows(request)[:EXPORT_MAX].iterator(chunk_size=1000))
    attachment = {"Content-Disposition": f'attachment; filename="enforcement-{local(now()):%Y%m%d}.{kind}"'}
    if kind == "csv":
        return StreamingHttpResponse(csv_lines(COLUMNS, cells), content_type=CSV, headers=attachment)
    return HttpResponse(xlsx("执法办案", COLUMNS, cells), content_type=XLSX, headers=attachment)


def _cells(affair: Affair) -> list[str]:
    case = affair.case

    def moment(value: Any) -> str:
        return f"{local(value):%Y-%m-%d %H:%M}" if value else ""

    return [case.number, FAMILIES[case.kind].title, affair.subject, case.applicant_name, case.title, case.unit.name,
            state_label(case.kind, case.state), moment(case.opened_at), moment(case.due_at), moment(case.closed_at),
            affair.get_source_display()]


@require_GET
@require_role(*READERS)
def discretion(request: HttpRequest) -> HttpResponse:
    """/desk/enforcement/discretion/ — the discretion tables (裁量基准) of my units' powers, and whether each runs."""
    rows = [(matter, why, list(discretion_of(matter.pk))) for matter, why in powers(request_actor(request))
            if matter.master.type == "02"]
    return render(request, "enforcement/discretion.html", {"rows": [r for r in rows if r[2]]})
