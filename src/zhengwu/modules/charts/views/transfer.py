"""Moving running cases to another version: choose, map, look, confirm, watch."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.cases.api import preview_migration
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.lib.now import local
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.charts import selectors
from zhengwu.modules.charts.models import Transfer, TransferredCase
from zhengwu.modules.charts.services.transfer import start, stop
from zhengwu.modules.charts.views.definitions import table_file

SHOWN = 200
COLUMNS = ("办件编号", "事项", "单位", "结果", "说明", "时间")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def prepare(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/charts/of/<key>/migrate/?from=1&map.old=new — GET looks, POST begins. Target: the published version."""
    definition = selectors.definition_of(key)
    versions = selectors.versions_of(definition)
    target = next((v for v in versions if v.state == VersionState.PUBLISHED), None)
    sources = [v for v in versions if v.running and v != target]
    context: dict[str, Any] = {"definition": definition, "target": target, "sources": sources}
    given = request.POST if request.method == "POST" else request.GET
    number = whole(given.get("from", "")) or (sources[0].number if sources else 0)
    source = next((v for v in versions if v.number == number), None)
    if source is None and number:
        raise NotFound("no-such-version", "没有这个版本", "no such version")
    if target is None or source is None or source == target or not sources:
        return render(request, "charts/migrate.html", context)
    mapping = {k.removeprefix("map."): v for k, v in given.items() if k.startswith("map.") and v}
    context |= {"source": source, "mapping": mapping, "reason": given.get("reason", "")}
    if request.method == "POST":
        return _begin(request, definition, source, target, context)
    return _look(request, source, target, context)


def _begin(request: HttpRequest, definition: Definition, source: Version, target: Version,
           context: dict[str, Any]) -> HttpResponse:
    try:
        made = start(source=source, target=target, mapping=context["mapping"], reason=context["reason"],
                     by=request_actor(request))
    except NotFound:
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _look(request, source, target, context | {"problem": problem, "errors": errors}, problem.status)
    return redirect("charts:transfer", made.pk)


def _look(request: HttpRequest, source: Version, target: Version, context: dict[str, Any],
          status: int = 200) -> HttpResponse:
    """The preview: every case by number with its fate, and a choice for each step that is gone."""
    old, new = chart_of(source.pk), chart_of(target.pk)
    mapping = context["mapping"]
    try:
        fates = preview_migration(version_from=source.pk, version_to=target.pk, mapping=mapping,
                                  by=request_actor(request))
    except Invalid as problem:
        mapping, fates = {}, preview_migration(version_from=source.pk, version_to=target.pk, mapping={},
                                               by=request_actor(request))
        context |= {"problem": problem, "errors": problem.errors, "mapping": mapping}
        status = 422
    standing = Counter(p.node for f in fates for p in f.places)
    gone = [task for task in old.tasks() if task.id not in new or task.id in mapping]
    rows = [{"id": task.id, "name": task.name, "cases": standing[task.id], "chosen": mapping.get(task.id, ""),
             "choices": [(t.id, t.name) for t in new.tasks() if (t.multi is None) == (task.multi is None)]}
            for task in gone]
    return render(request, "charts/migrate.html", context | {
        "fates": fates[:SHOWN], "more": max(0, len(fates) - SHOWN), "total": len(fates), "gone": rows,
        "movable": sum(not f.obstacles for f in fates), "stuck": sum(bool(f.obstacles) for f in fates)},
        status=status)


@require_GET
@require_role(Role.DESIGNER)
def progress(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """/desk/charts/transfers/<id>/ — how far it is; asks again every two seconds while it runs."""
    transfer = selectors.transfer_of(transfer_id, request_actor(request))
    rows = list(transfer.cases.all())
    counts = Counter(row.outcome for row in rows)
    only = request.GET.get("outcome", "")
    template = "charts/_transfer.html" if request.headers.get("HX-Request") else "charts/transfer.html"
    shown = [row for row in rows if not only or row.outcome == only]
    return render(request, template, {
        "title": f"第 {transfer.source.number} 版 → 第 {transfer.target.number} 版",
        "bar": transfer.get_state_display(), "transfer": transfer,
        "definition": transfer.source.definition, "rows": shown[:SHOWN],
        "more": max(0, len(shown) - SHOWN), "total": len(rows),
        "done": len(rows) - counts[TransferredCase.Outcome.WAITING],
        "counts": [(str(o), label, counts[o]) for o, label in TransferredCase.Outcome.choices if counts[o]],
        "narrow": [{"name": "outcome", "label": "结果", "options": list(TransferredCase.Outcome.choices)}],
        "running": transfer.state == Transfer.State.RUNNING})


@require_GET
@require_role(Role.DESIGNER)
def export(request: HttpRequest, transfer_id: int, kind: str) -> HttpResponse:
    """Every case of a migration as CSV or Excel."""
    transfer = selectors.transfer_of(transfer_id, request_actor(request))
    cells = [[row.case.number, row.case.title, row.case.unit.name, row.get_outcome_display(), row.note,
              f"{local(row.at):%Y-%m-%d %H:%M}" if row.at else ""] for row in transfer.cases.all()]
    return table_file(f"transfer-{transfer_id}", "办件迁移", COLUMNS, cells, kind)


@require_POST
@require_role(Role.DESIGNER)
def halt(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Ends a migration half-way."""
    stop(transfer_id=transfer_id, by=request_actor(request))
    messages.success(request, "已停止；已迁移的办件保持在新版本，其余仍在原版本")
    return redirect("charts:transfer", transfer_id)
