"""Definitions: the list, one of them with its versions and drafts, a new one, a file from elsewhere."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.models import Definition, VersionState
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import local, today
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.charts import selectors
from zhengwu.modules.charts.pictures import picture
from zhengwu.modules.charts.policies import READERS, is_designer
from zhengwu.modules.charts.reading import read
from zhengwu.modules.charts.services.drafts import MAX_BYTES, begin, begin_from, bring_in, scenarios_of

PAGE = 50
COLUMNS = ("编号", "名称", "当前版本", "发布时间", "使用事项", "在办件", "未完成草稿")


@require_GET
@require_role(*READERS)
def listing(request: HttpRequest) -> HttpResponse:
    """/desk/charts/ — every chart of this installation."""
    rows = selectors.definitions(state=request.GET.get("state", ""), text=request.GET.get("q", "").strip()[:100])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "charts/list.html", {
        "page": page, "designer": is_designer(request_actor(request)),
        "narrow": [{"name": "state", "label": "状态", "options": list(selectors.STATES)}]})


@require_GET
@require_role(*READERS)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list as CSV or Excel."""
    rows = selectors.definitions(state=request.GET.get("state", ""), text=request.GET.get("q", "").strip()[:100])
    cells = [[d.key, d.title, f"第{d.number}版" if d.number else "未发布",
              f"{local(d.since):%Y-%m-%d %H:%M}" if d.since else "", str(d.matter_count), str(d.running),
              str(d.draft_count)] for d in rows]
    return table_file(f"charts-{today():%Y%m%d}", "流程图", COLUMNS, cells, kind)


def table_file(name: str, title: str, columns: tuple[str, ...], cells: list[list[str]], kind: str) -> HttpResponse:
    """A table as a download; NotFound for another kind than csv and xlsx."""
    attachment = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(columns, cells)), content_type=CSV, headers=attachment)
    if kind == "xlsx":
        return HttpResponse(xlsx(title, columns, cells), content_type=XLSX, headers=attachment)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


@require_GET
@require_role(*READERS)
def page(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/charts/of/<key>/ — picture, versions, drafts, matters, migrations, history."""
    definition = selectors.definition_of(key)
    versions = selectors.versions_of(definition)
    current = next((v for v in versions if v.state == VersionState.PUBLISHED), None)
    designer = is_designer(request_actor(request))
    matters = Matter.objects.filter(chart=definition).select_related("unit").order_by("unit__name", "code")
    return render(request, "charts/definition.html", {
        "definition": definition, "versions": versions, "current": current, "designer": designer,
        "picture": picture(current.xml) if current else "",
        "current_title": f"第 {current.number} 版（现行）" if current else "",
        "drafts": selectors.open_drafts(definition) if designer else [],
        "matters": matters[:20], "matter_total": matters.count(),
        "movable": [v for v in versions if v.running and v != current] if current and designer else [],
        "transfers": selectors.transfers_of(definition) if designer else [],
        "events": selectors.history(definition)})


@require_GET
@require_role(*READERS)
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version: picture and the table of its elements."""
    found = selectors.version_of(key, number)
    return render(request, "charts/version.html", {
        "version": found, "title": f"第 {found.number} 版", "definition": found.definition,
        "picture": picture(found.xml), "reading": read(found.xml),
        "designer": is_designer(request_actor(request)), "scenarios": scenarios_of(found)})


@require_GET
@require_role(*READERS)
def file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The BPMN file of a version, byte for byte as it came in if it came as a file."""
    found = selectors.version_of(key, number)
    return bpmn(selectors.file_of(found), f"{key}-{number}")


def bpmn(data: bytes, name: str) -> HttpResponse:
    """A BPMN file as a download."""
    return HttpResponse(data, content_type="application/bpmn+xml",
                        headers={"Content-Disposition": f'attachment; filename="{name}.bpmn"'})


@require_POST
@require_role(Role.DESIGNER)
def draft(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Begins a draft with the file of a version."""
    made = begin_from(version=selectors.version_of(key, number), by=request_actor(request))
    messages.success(request, f"已由第 {number} 版建立草稿")
    return redirect("charts:draft", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def new(request: HttpRequest) -> HttpResponse:
    """/desk/charts/new/ — a new definition."""
    typed = {"key": request.POST.get("key", "").strip(), "title": request.POST.get("title", "").strip()}
    if request.method != "POST":
        return render(request, "charts/new.html", {"typed": typed})
    try:
        made = begin(**typed, by=request_actor(request))
    except Invalid as problem:
        return render(request, "charts/new.html", {"typed": typed, "problem": problem, "errors": problem.errors},
                      status=422)
    return redirect("charts:draft", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def bring(request: HttpRequest) -> HttpResponse:
    """/desk/charts/import/ — a BPMN 2.0 file from another modeller."""
    if request.method != "POST":
        return render(request, "charts/import.html", {})
    try:
        name, data = sent_file(request)
        made = bring_in(name=name, data=data, by=request_actor(request))
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        return render(request, "charts/import.html", {"problem": problem}, status=problem.status)
    reading = read(made.xml)
    known = Definition.objects.filter(pk=made.definition_id, versions__isnull=False).exists()
    if reading.runs:
        messages.success(request, f"“{reading.title}”可以在本平台运行，共 {len(reading.rows)} 个元素，原有的排图已保留")
    else:
        messages.warning(request, f"“{reading.title}”还不能运行，有 {reading.grave} 处须改正，见下面的元素表")
    if known:
        messages.info(request, f"编号“{made.definition.key}”已有版本，这份文件作为它的新草稿")
    return redirect(reverse("charts:draft", args=[made.pk]) + "#elements")


def sent_file(request: HttpRequest, field: str = "file", most: int = MAX_BYTES) -> tuple[str, bytes]:
    """Name and bytes of an uploaded file. Raises Problem when there is none or it is too large to be looked at."""
    sent = request.FILES.get(field)
    if sent is None:
        raise Problem("no-file", "请选择文件", "choose a file", field=field)
    if (sent.size or 0) > most:
        raise Problem("too-large", f"文件超过{most // 1_000_000 or 1}MB，不能接收", "the file is too large",
                      field=field, status=413)
    return sent.name or "", sent.read()
