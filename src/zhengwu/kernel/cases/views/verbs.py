"""更多操作: the verbs besides completing a step, each with its small form; what was given to read; the jump."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.selectors import holder
from zhengwu.kernel.cases.services.circulate import circulated_to, mark_read, unread_circulations
from zhengwu.kernel.cases.services.jump import access_case_to_jump
from zhengwu.kernel.cases.services.verb import Scene
from zhengwu.kernel.cases.services.verbs import VERBS, perform
from zhengwu.kernel.cases.views.desk import refused_page
from zhengwu.kernel.cases.views.menu import menu_item
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.api import chart_of
from zhengwu.lib.numbers import whole
from zhengwu.lib.paging import Cursor, decode, encode
from zhengwu.lib.problem import Invalid, NotFound, Problem

PAGE = 50

def _filled(post: QueryDict, code: str) -> dict[str, Any]:
    """What the form of a verb sends, by the names of its fields."""
    start = f"{code}-"
    names = {name.removeprefix(start): name for name in post if name.startswith(start)}
    return {name: post.getlist(sent) if name == "readers" else post.get(sent, "") for name, sent in names.items()}


@require_POST
@require_role()
def use_verb(request: HttpRequest, step_id: int, verb: str) -> HttpResponse:
    """/desk/steps/<id>/verbs/<verb>/ — carries one out; refused, the step comes back with what was typed."""
    actor, data = request_actor(request), _filled(request.POST, verb)
    try:
        if "sure" in request.POST and not data.get("sure"):
            raise Invalid({"sure": "请勾选确认"})
        done = perform(verb, step_id=step_id, by=actor, data=data, revision=whole(request.POST.get("revision")))
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        if actor.has_role(Role.SECADMIN):
            messages.error(request, "；".join(getattr(problem, "errors", {}).values()) or problem.zh)
            return redirect(f"/desk/jump/?number={request.POST.get('number', '')}")
        return refused_page(request, actor, step_id, problem, verb)
    messages.success(request, f"已{done.words}：{done.case.title}（{done.case.number}）")
    if actor.has_role(Role.SECADMIN):
        return redirect(f"/desk/jump/?number={done.case.number}")
    still = Step.objects.filter(pk=step_id, closed_at=None).for_actor(actor).exists()
    if request.POST.get("from") == "desk":
        return redirect(f"/desk/?step={step_id}" if still else "cases:desk")
    return redirect("cases:case", number=done.case.number)


@require_GET
@require_role()
def circulations(request: HttpRequest) -> HttpResponse:
    """/desk/circulations/ — what I was given to read, unread first."""
    actor = request_actor(request)
    rows = circulated_to(actor)
    if request.GET.get("read") == "no":
        rows = rows.filter(read_at=None)
    elif request.GET.get("read") == "yes":
        rows = rows.filter(read_at__isnull=False)
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(case__title__icontains=words) | rows.filter(case__number__istartswith=words)
    rows = rows.order_by("-id")
    if before := request.GET.get("cursor", ""):
        (pk,) = decode(before, int)
        rows = rows.filter(pk__lt=pk)
    found = list(rows[: PAGE + 1])
    unread = unread_circulations(actor)
    return render(
        request,
        "cases/circulations.html",
        {
            "rows": found[:PAGE],
            "cursor_page": Cursor(next=encode(found[PAGE - 1].pk) if len(found) > PAGE else None),
            "groups": [{"name": "read", "label": "状态", "options": [("no", "未读", unread), ("yes", "已读")]}],
            "filtered": bool(request.GET.get("read") or request.GET.get("q")),
        },
    )


@require_POST
@require_role()
def read_circulation(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/circulations/<id>/read/ — the receipt."""
    try:
        row = mark_read(circulation_id=pk, by=request_actor(request), answer=request.POST.get("answer", ""))
        messages.success(request, f"已标记为已读：{row.case.title}")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, "；".join(getattr(problem, "errors", {}).values()) or problem.zh)
    return redirect("cases:circulations")


@require_GET
@require_role(Role.SECADMIN)
def jump_page(request: HttpRequest) -> HttpResponse:
    """/desk/jump/ — where a case stands, for the security administrator who sees nothing else of it."""
    actor = request_actor(request)
    context: dict[str, Any] = {"number": request.GET.get("number", "").strip()[:50]}
    if context["number"]:
        try:
            case = access_case_to_jump(actor, context["number"])
        except NotFound as problem:
            context["problem"] = problem
        else:
            steps = list(case.steps.select_related("unit").order_by("id"))
            still = [s for s in steps if s.closed_at is None]
            scenes = [Scene(actor, case, s, steps, chart_of(case.version_id)) for s in still]
            items = [menu_item(s.step, made) for s in scenes if (made := VERBS["jump"].offer(s)) is not None]
            context |= {"case": case, "items": items, "standing": [(s.name, holder(s)) for s in still]}
    return render(request, "cases/jump.html", context)


def unread_badge(request: HttpRequest) -> int | None:
    """How many circulations whoever asks has not read; for the navigation."""
    actor = request_actor(request)
    return unread_circulations(actor) or None if actor.account_id is not None else None
