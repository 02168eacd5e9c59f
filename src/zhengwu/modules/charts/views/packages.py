"""Definitions to and from other installations."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.api import ChartError
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.lib.now import today
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.lib.sm import key_id
from zhengwu.modules.charts import selectors
from zhengwu.modules.charts.comparing import compare
from zhengwu.modules.charts.models import Package
from zhengwu.modules.charts.reading import read
from zhengwu.modules.charts.services.packages import KEY, MAX_BYTES, keys, pack, receive, refuse, take
from zhengwu.modules.charts.views.definitions import sent_file

PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def listing(request: HttpRequest) -> HttpResponse:
    """/desk/charts/packages/ — choose what goes out; give what comes in; what came before."""
    if request.method == "POST":
        try:
            name, data = sent_file(request, "file", MAX_BYTES)
            made = receive(name=name, data=data, by=request_actor(request))
        except NotFound:
            raise
        except Problem as problem:
            return _listing(request, {"problem": problem}, problem.status)
        return redirect("charts:package", made.pk)
    return _listing(request, {})


def _listing(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    rows = Package.objects.select_related("uploaded_by").defer("content")
    return render(request, "charts/packages.html", {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "own": key_id(keys().signing(KEY).public_hex),
        "definitions": selectors.definitions(state="published"), **more}, status=status)


@require_POST
@require_role(Role.DESIGNER)
def export(request: HttpRequest) -> HttpResponse:
    """The chosen definitions as one signed file."""
    try:
        data = pack(definitions=request.POST.getlist("definitions"), by=request_actor(request))
    except Invalid as problem:
        return _listing(request, {"problem": problem}, problem.status)
    return HttpResponse(data, content_type="application/json", headers={
        "Content-Disposition": f'attachment; filename="charts-{today():%Y%m%d}.zwcharts.json"'})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def page(request: HttpRequest, package_id: int) -> HttpResponse:
    """/desk/charts/packages/<id>/ — who signed, what differs; then all of it or nothing."""
    actor = request_actor(request)
    package = selectors.package_of(package_id, actor)
    if request.method != "POST":
        return _page(request, package, {})
    if "refuse" in request.POST:
        refuse(package_id=package_id, by=actor)
        messages.success(request, "已拒绝，没有接收任何内容")
        return redirect("charts:packages")
    try:
        made = take(package_id=package_id, vouched="vouched" in request.POST, by=actor)
    except NotFound:
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _page(request, package, {"problem": problem, "errors": errors}, problem.status)
    told = f"已接收，建立草稿 {len(made)} 份；核对、试跑后即可发布" if made else "与本平台完全相同，没有建立草稿"
    messages.success(request, told)
    return redirect("charts:list")


def _page(request: HttpRequest, package: Package, more: dict[str, Any], status: int = 200) -> HttpResponse:
    published = {v.definition.key: v for v in Version.objects.filter(
        state=VersionState.PUBLISHED, definition__key__in=[c["key"] for c in package.content["charts"]],
    ).select_related("definition")}
    return render(request, "charts/package.html", {
        "package": package, "signer": key_id(package.signer), "shown": package.state == Package.State.SHOWN,
        "rows": [_row(chart, published.get(chart["key"])) for chart in package.content["charts"]], **more},
        status=status)


def _row(chart: dict[str, Any], current: Version | None) -> dict[str, Any]:
    """One chart of the package against what is published here."""
    row: dict[str, Any] = {"chart": chart, "current": current, "scenarios": len(chart["scenarios"])}
    reading = read(chart["xml"])
    row |= {"grave": reading.grave, "elements": len(reading.rows)}
    if current is not None and current.xml == chart["xml"]:
        return row | {"verdict": "same"}
    if current is None:
        return row | {"verdict": "new"}
    try:
        return row | {"verdict": "other", "changes": compare(current.xml, chart["xml"]).changes}
    except ChartError as error:
        return row | {"verdict": "other", "changes": [], "unfit": error.zh}
