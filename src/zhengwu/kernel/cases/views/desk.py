"""The one to-do list: rows by time to the limit, one step open beside them, acted on without leaving the list."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.models.step import StepQuerySet
from zhengwu.kernel.cases.selectors import access_step, done_by, light, todo
from zhengwu.kernel.cases.services.act import act
from zhengwu.kernel.cases.services.open import new_key
from zhengwu.kernel.cases.views.presenting import case_facts, clock_panels, left_words, opinions, submitted
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Actor, request_actor, require_role
from zhengwu.kernel.flow.api import chart_of
from zhengwu.lib.now import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.paging import Cursor, aware_or_none, decode, encode
from zhengwu.lib.problem import Problem

PAGE = 100
BLANK = {"material": "", "fault": "", "wanted": "", "given": ""}
"""An empty row of the correction form; ``given`` marks a material that was handed in."""
WAYS = [(way, way) for way in ("电子送达", "窗口领取", "邮寄送达")]


def _wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page to put into it; a boosted link wants the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


@require_GET
@require_role()
def desk(request: HttpRequest) -> HttpResponse:
    """/desk/ — the list; ``?step=`` opens one beside it, so every state of the page has an address."""
    actor = request_actor(request)
    context = _list(request, actor)
    if (chosen := whole(request.GET.get("step"))) is not None:
        context |= pane_context(actor, chosen)
    return render(
        request, "cases/_todo.html" if _wants_part(request) else "cases/desk.html", context
    )


def _list(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    base = todo(actor)
    rows = _filtered(base, request)
    if cursor := request.GET.get("cursor", ""):
        rows = rows.after(*decode(cursor, aware_or_none, int))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    moment, calendar = now(), book().calendar
    for step in found:
        step.light = light(step.warn_at, step.due_at, moment)  # type: ignore[attr-defined]
        step.left_words = left_words(step.due_at, moment, calendar)  # type: ignore[attr-defined]
    return {
        "rows": found[:PAGE],
        "light_groups": _light_groups(actor),
        "done_url": reverse("cases:done"),
        "next": encode(last.due_at.isoformat() if last.due_at else None, last.pk) if last else None,
        "chosen": request.GET.get("step", ""),
        "filtered": bool(request.GET.get("light") or request.GET.get("q")),
        "list_query": _list_query(request),
    }


def _list_query(request: HttpRequest) -> str:
    """The filters of the list as they stand in its address; they go with every row and every act."""
    kept = QueryDict(mutable=True)
    for name in ("light", "q"):
        if value := request.GET.get(name, "").strip():
            kept[name] = value[:100]
    return kept.urlencode()


def _light_groups(actor: Actor) -> list[dict[str, Any]]:
    counts = _counts(actor)
    options = [
        ("red", "■ 超期", counts["red"]),
        ("yellow", "▲ 预警", counts["yellow"]),
        ("green", "● 正常", counts["all"] - counts["red"] - counts["yellow"] - counts["none"]),
        ("none", "○ 不计时", counts["none"]),
    ]
    return [{"name": "light", "label": "亮灯", "options": options}]


def _filtered(rows: StepQuerySet, request: HttpRequest) -> StepQuerySet:
    moment = now()
    match request.GET.get("light", ""):
        case "red":
            rows = rows.filter(due_at__lte=moment)
        case "yellow":
            rows = rows.filter(due_at__gt=moment, warn_at__lte=moment)
        case "green":
            rows = rows.filter(Q(due_at__gt=moment) & (Q(warn_at__gt=moment) | Q(warn_at=None)))
        case "none":
            rows = rows.filter(due_at=None)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(
            Q(case__number__istartswith=words)
            | Q(case__applicant_name__icontains=words)
            | Q(case__title__icontains=words)
            | Q(name__icontains=words)
        )
    return rows


def _counts(actor: Actor) -> dict[str, int]:
    """How many of the open steps show which light; one aggregate over the actor's partial index."""
    moment = now()
    red, yellow = Q(due_at__lte=moment), Q(due_at__gt=moment, warn_at__lte=moment)
    return (
        Step.objects.open()
        .for_actor(actor)
        .aggregate(
            all=Count("id"),
            red=Count("id", filter=red),
            yellow=Count("id", filter=yellow),
            none=Count("id", filter=Q(due_at=None)),
        )
    )


def pane_context(actor: Actor, step_id: int) -> dict[str, Any]:
    """What one sees beside the list: facts, materials, clocks, opinions so far, and the actions of the chart."""
    step = access_step(actor, step_id)
    case = step.case
    node = chart_of(case.version_id).node(step.node)
    mine = step.closed_at is None and Step.objects.filter(pk=step.pk).for_actor(actor).exists()
    return {
        "step": step,
        "case": case,
        "node": node,
        "mine": mine,
        "actions": node.actions if mine else (),
        "facts": case_facts(case),
        "state": kinds.state_label(case.kind, case.state),
        "materials": submitted(case),
        "clocks": clock_panels(case),
        "opinions": opinions(case),
        "key": new_key(),
        "light": light(step.warn_at, step.due_at),
        "can_correct": not case.steps.filter(kind="correct").exists(),
        "ways": WAYS,
        "correction_rows": _rows(case, []),
        "left": left_words(step.due_at, now()),
        "closed_words": f"这个环节已由{step.closed_label or '流程'}办理：{step.outcome_label}",
    }


def _rows(case: Case, typed: list[dict[str, str]], empty: int = 1) -> list[dict[str, Any]]:
    """The rows of the correction form: one for each material handed in, then others by name, ``empty`` ones to fill."""
    known = {row["material"]: row for row in typed if row["given"]}
    given = [
        {**known.get(name, BLANK), "material": name, "given": "1"}
        for name in dict.fromkeys(case.submissions.values_list("name", flat=True))
    ]
    return [*given, *(row for row in typed if not row["given"]), *(BLANK for _ in range(empty))]


@require_GET
@require_role()
def pane(request: HttpRequest, step_id: int) -> HttpResponse:
    """/desk/steps/<id>/ — the pane alone for htmx; without script the whole desk with it open."""
    actor = request_actor(request)
    if not _wants_part(request):
        return redirect(f"/desk/?step={step_id}")
    context = pane_context(actor, step_id) | {"list_query": _list_query(request), "focus": True}
    return render(request, "cases/_pane.html", context)


def _typed_rows(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of the correction notice as the form sends them; rows nobody wrote in fall away."""
    columns = [request.POST.getlist(name) for name in BLANK]
    rows = [dict(zip(BLANK, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if (row["fault"] + row["wanted"] + ("" if row["given"] else row["material"])).strip()]


def correction_items(request: HttpRequest) -> list[dict[str, str]]:
    """What the correction notice asks for, in the order of the form."""
    return [{name: row[name] for name in ("material", "fault", "wanted")} for row in _typed_rows(request)]


@require_POST
@require_role()
def step_act(request: HttpRequest, step_id: int) -> HttpResponse:
    """/desk/steps/<id>/act/ — one action; the answer is the refreshed list and what to do next."""
    actor = request_actor(request)
    action = request.POST.get("action", "")
    if action == "more":
        return _page(request, actor, step_id, {"correcting": True}, status=200)
    form: dict[str, Any] = {"items": correction_items(request)} if action == "correct" else {}
    if way := request.POST.get("way", "").strip():
        form["way"] = way
    revision = request.POST.get("revision", "")
    try:
        done = act(
            step_id=step_id,
            action=action,
            by=actor,
            opinion=request.POST.get("opinion", ""),
            form=form,
            key=request.POST.get("key", ""),
            revision=whole(revision),
        )
    except Problem as problem:
        return _refused(request, actor, step_id, problem)
    words = f"已办理：{done.case.title}（{done.case.number}）"
    if _wants_part(request):
        context = _list(request, actor) | {
            "done": words,
            "done_url_case": reverse("cases:case", args=[done.case.number]),
        }
        return render(request, "cases/_acted.html", context)
    messages.success(request, words)
    query = _list_query(request)
    return redirect(f"/desk/?{query}" if query else "cases:desk")


def _refused(request: HttpRequest, actor: Actor, step_id: int, problem: Problem) -> HttpResponse:
    """Nothing was changed; the pane comes back with what was typed and what is wrong."""
    if problem.status in (403, 404):
        raise problem
    errors = getattr(problem, "errors", None) or {problem.field: problem.zh}
    more = {"problem": problem, "errors": errors, "correcting": request.POST.get("action") == "correct"}
    return _page(request, actor, step_id, more, status=problem.status)


def _page(request: HttpRequest, actor: Actor, step_id: int, more: dict[str, Any], status: int) -> HttpResponse:
    """The pane again, with everything that was typed; htmx swaps it, without script it is the whole desk."""
    context = pane_context(actor, step_id) | more
    context |= {
        "typed": {"opinion": request.POST.get("opinion", "")},
        "correction_rows": _rows(context["case"], _typed_rows(request)),
        "list_query": _list_query(request),
    }
    if _wants_part(request):
        return render(request, "cases/_pane.html", context)
    return render(request, "cases/desk.html", _list(request, actor) | context | {"chosen": str(step_id)}, status=status)


@require_GET
@require_role()
def done(request: HttpRequest) -> HttpResponse:
    """/desk/done/ — what I have done, newest first."""
    rows = done_by(request_actor(request))
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(
            Q(case__number__istartswith=words)
            | Q(case__applicant_name__icontains=words)
            | Q(case__title__icontains=words)
        )
    before = request.GET.get("cursor", "")
    if before:
        (pk,) = decode(before, int)
        rows = rows.filter(pk__lt=pk)
    found = list(rows.order_by("-id")[: PAGE + 1])
    more = encode(found[PAGE - 1].pk) if len(found) > PAGE else None
    return render(request, "cases/done.html", {"rows": found[:PAGE], "cursor_page": Cursor(next=more), "no_groups": []})
