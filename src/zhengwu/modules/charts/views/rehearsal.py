"""The dry run of a draft or a version: every way as a list, the chosen one drawn."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.api import ChartError
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.charts import dryrun
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.pictures import picture
from zhengwu.modules.charts.policies import READERS
from zhengwu.modules.charts.scenarios import MAX_BYTES, checked
from zhengwu.modules.charts.selectors import draft_of, version_of
from zhengwu.modules.charts.services.drafts import save_scenarios, scenarios_of
from zhengwu.modules.charts.views.definitions import sent_file


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def of_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """/desk/charts/drafts/<id>/rehearsal/ — GET walks; POST takes a scenarios.json, or removes the one kept."""
    actor = request_actor(request)
    draft = draft_of(draft_id, actor)
    more: dict[str, Any] = {"draft": draft, "editing": draft.state == Draft.State.EDITING}
    if request.method == "POST":
        try:
            given = [] if "remove" in request.POST else checked(sent_file(request, "scenarios", MAX_BYTES)[1])
            revision = whole(request.POST.get("revision", "")) or 0
            save_scenarios(draft_id=draft_id, revision=revision, scenarios=given, by=actor)
        except NotFound:
            raise
        except Problem as problem:
            return _page(request, draft.xml, draft.scenarios, more | {"problem": problem}, problem.status)
        messages.success(request, f"已保存 {len(given)} 个情景" if given else "已移除情景")
        return redirect(request.path + ("?by=scenarios" if given else ""))
    if "download" in request.GET:
        return _scenarios_file(draft.scenarios, draft.definition.key)
    return _page(request, draft.xml, draft.scenarios, more)


@require_GET
@require_role(*READERS)
def of_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """/desk/charts/of/<key>/<number>/rehearsal/."""
    version = version_of(key, number)
    scenarios = scenarios_of(version)
    if "download" in request.GET:
        return _scenarios_file(scenarios, f"{key}-{number}")
    return _page(request, version.xml, scenarios, {"version": version})


def _scenarios_file(scenarios: list[dict[str, Any]], name: str) -> HttpResponse:
    body = json.dumps({"scenarios": scenarios}, ensure_ascii=False, indent=1)
    return HttpResponse(body, content_type="application/json",
                        headers={"Content-Disposition": f'attachment; filename="{name}.scenarios.json"'})


def _page(request: HttpRequest, xml: str, scenarios: list[dict[str, Any]], more: dict[str, Any],
          status: int = 200) -> HttpResponse:
    by = "scenarios" if request.GET.get("by") == "scenarios" and scenarios else "ways"
    subject = more.get("draft") or more["version"]
    context = {"definition": subject.definition, "scenarios": scenarios, "by": by, **more}
    try:
        found = dryrun.play(xml, scenarios) if by == "scenarios" else dryrun.explore(xml)
    except ChartError as error:
        context |= {"unfit": error.zh, "picture": ""}
        return render(request, "charts/rehearsal.html", context, status=status)
    chosen = whole(request.GET.get("way", "")) or 0
    run = found.runs[chosen - 1] if 1 <= chosen <= len(found.runs) else None
    walked = {f for r in found.runs for f in r.flows}
    failures = sum(bool(r.failure) for r in found.runs)
    what = "个情景" if by == "scenarios" else "条路径"
    context |= {
        "found": found, "chosen": chosen if run else 0, "failures": failures,
        "failure_words": f"有 {failures} 个情景走不通，原因见下表。",
        "covered": f"{len(found.runs)} {what}走遍了全部 {found.lines} 条流程线，都能走到结束。",
        "picture_title": f"{run.name}走过的路" if run else "走到过的全部流程线",
        "way_title": f"{what[1:]}（{len(found.runs)}）",
        "picture": picture(xml, passed=_gone(run.flows if run else sorted(walked), xml))}
    return render(request, "charts/rehearsal.html", context, status=status)


def _gone(flows: list[str], xml: str) -> set[str]:
    """Flows with the nodes at both their ends."""
    from zhengwu.kernel.flow.api import parse

    ends = {flow.id: (flow.source, flow.target) for flow in parse(xml).flows()}
    return {*flows, *(node for f in flows for node in ends[f])}
