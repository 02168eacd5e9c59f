"""Publishing, on a day; taking it back; withdrawing what is published."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.api import rehearse
from zhengwu.kernel.flow.models import VersionState
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.charts import selectors
from zhengwu.modules.charts.comparing import compare
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.reading import read
from zhengwu.modules.charts.services.release import call_off, release, withdraw


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def publish_page(request: HttpRequest, draft_id: int) -> HttpResponse:
    """/desk/charts/drafts/<id>/publish/ — what will change, then the day and the reason."""
    actor = request_actor(request)
    if request.method != "POST":
        return _page(request, selectors.draft_of(draft_id, actor), {})
    typed = {"note": request.POST.get("note", ""), "on": request.POST.get("on", "")}
    try:
        draft = release(draft_id=draft_id, revision=whole(request.POST.get("revision", "")) or 0,
                        note=typed["note"], on=_day(typed["on"]), by=actor)
    except NotFound:
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _page(request, selectors.draft_of(draft_id, actor),
                     {"problem": problem, "errors": errors, "typed": typed}, problem.status)
    if draft.published:
        messages.success(request, f"已发布为第 {draft.published.number} 版，从现在起新收的办件按它办理")
    else:
        messages.success(request, f"已安排在 {draft.effective_on:%Y-%m-%d} 零时起生效，生效前可以撤回")
    return redirect("charts:definition", draft.definition.key)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({"on": "请填写生效日期，例如 2026-03-01"}) from None


def _page(request: HttpRequest, draft: Draft, more: dict[str, Any], status: int = 200) -> HttpResponse:
    reading = read(draft.xml)
    current = draft.definition.versions.filter(state=VersionState.PUBLISHED).first()
    found = compare(current.xml, draft.xml) if current and reading.runs else None
    failures = rehearse(draft.xml, draft.scenarios).failures if reading.runs and draft.scenarios else []
    running = next((v.running for v in selectors.versions_of(draft.definition) if current and v.pk == current.pk), 0)
    return render(request, "charts/publish.html", {
        "draft": draft, "definition": draft.definition, "reading": reading, "current": current, "found": found,
        "failures": failures, "running": running, "today": today().isoformat(),
        "ready": reading.runs and not failures and draft.state == Draft.State.EDITING,
        "typed": {"note": draft.note, "on": today().isoformat()}, **more}, status=status)


@require_POST
@require_role(Role.DESIGNER)
def call_off_plan(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Takes a publication on a day to come back."""
    call_off(draft_id=draft_id, by=request_actor(request))
    messages.success(request, "已撤回，草稿可以继续编辑")
    return redirect("charts:draft", draft_id)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DESIGNER)
def withdraw_page(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/charts/of/<key>/withdraw/ — what stops, then the reason."""
    definition = selectors.definition_of(key)
    rows = selectors.definitions().get(pk=definition.pk)
    context: dict[str, Any] = {"definition": definition, "row": rows}
    if request.method != "POST":
        return render(request, "charts/withdraw.html", context)
    reason = request.POST.get("reason", "")
    try:
        version = withdraw(key=key, reason=reason, by=request_actor(request))
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return render(request, "charts/withdraw.html",
                      context | {"problem": problem, "errors": errors, "reason": reason}, status=problem.status)
    messages.success(request, f"第 {version.number} 版已停用；它上面的办件继续办理，新的申请暂不能提交")
    return redirect("charts:definition", key)
