"""The yearly clean-up: board of departments, one department's four pieces, the three tables, comparison."""

from collections.abc import Callable, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.files.api import StoredFile, store
from zhengwu.kernel.matters.models import Power
from zhengwu.kernel.matters.powers import GROUNDS
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.lib.tables import CSV as CSV_TYPE
from zhengwu.lib.tables import XLSX, csv_lines, xlsx
from zhengwu.modules.powers import policies
from zhengwu.modules.powers.comparing import Entry, compare, entries_of, entries_outside
from zhengwu.modules.powers.models import Campaign, Decision, OutsideList, Task
from zhengwu.modules.powers.selectors import lapsed_rule
from zhengwu.modules.powers.services.campaign import (
    PIECES,
    decide,
    finish,
    gate,
    open_campaign,
    pieces,
    send,
    standing,
)
from zhengwu.modules.powers.services.outside import take_outside

READERS = (*policies.DRAFTERS, Role.LEGAL, Role.STAFFING, Role.INSPECTOR)
PURPOSE = "powers.cleanup"
DAYS = ("fill_by", "legal_by", "staffing_by", "publish_by")
FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "kept": ("保留的权力事项目录", ("keep",)),
    "cut": ("取消、合并和转为备案的权力事项目录", ("cancel", "merge", "file")),
    "down": ("下放的权力事项目录", ("delegate",)),
}
"""The three tables a county's plan asks for."""
COLUMNS = ("序号", "权力名称", "类型", "实施主体", "清理意见", "理由代码", "理由", "说明", "并入或承接", "设定依据")


def _visible(actor: Actor) -> Any:
    """Clean-ups of the divisions the actor works in or watches."""
    divisions = {p.division for p in actor.posts if p.role in READERS}
    rule = Q(division_id__in=divisions)
    for prefix in actor.division_prefixes(Role.INSPECTOR):
        rule |= Q(division__code__startswith=prefix)
    return Campaign.objects.filter(rule).select_related("division")


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found: Campaign | None = _visible(request_actor(request)).filter(pk=pk).first()
    if found is None:
        raise NotFound("no-such-cleanup", "没有这次清理，或者您无权查看", "no such clean-up for you")
    return found


@require_http_methods(["GET", "POST"])
@require_role(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """/desk/powers/cleanups/ — all years; the staffing office opens a new one."""
    actor = request_actor(request)
    divisions = list(Division.objects.filter(code__in=policies.staffing_divisions(actor)))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            days = [date.fromisoformat(request.POST.get(key, "")) for key in DAYS]
            division = get_object_or_404(Division, pk=request.POST.get("division", ""))
            made = open_campaign(division=division, year=whole(request.POST.get("year", "")) or 0,
                                 days=(days[0], days[1], days[2], days[3]), by=actor)
            return redirect("powers:cleanup", made.pk)
        except ValueError:
            errors["fill_by"] = "请填写四个截止日期，如2027-01-01"
        except Problem as problem:
            errors = problem.extra.get("errors") or {"year": problem.zh}
    rows = _visible(actor).annotate(all=Count("tasks"), passed=Count("tasks", filter=Q(tasks__state="passed")))
    return render(request, "powers/cleanups.html", {
        "campaigns": list(rows.order_by("-year", "-pk")[:50]), "errors": errors,
        "divisions": [(d.code, d.name) for d in divisions],
        "typed": {"year": today().year, **request.POST.dict()}}, status=422 if errors else 200)


@require_GET
@require_role(*READERS)
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/powers/cleanups/<id>/ — who is where, who is late, what comes out."""
    return _board(request, _campaign(request, pk), None)


def _board(request: HttpRequest, campaign: Campaign, problem: Problem | None) -> HttpResponse:
    tasks = list(campaign.tasks.select_related("unit").annotate(decided=Count("decisions", distinct=True), cuts=Count(
        "decisions", filter=~Q(decisions__kind="keep"), distinct=True)))
    counted = dict(_owned(tasks))
    for task in tasks:
        task.campaign, task.powers = campaign, counted.get(task.unit_id, 0)  # type: ignore[attr-defined]
    outcome = Decision.objects.filter(task__campaign=campaign).values_list("kind").annotate(n=Count("pk"))
    counts = dict(outcome)
    state = request.GET.get("state", "")
    shown = [t for t in tasks if (state == "late" and t.late) or state in ("", t.state)]
    lapsed = standing_in(campaign).filter(lapsed_rule()).count()
    return render(request, "powers/cleanup.html", {
        "campaign": campaign, "tasks": shown, "problem": problem, "lapsed": lapsed, "today": today(),
        "forms": [(key, title) for key, (title, _) in FORMS.items()], "mine": _mine(request, tasks),
        "stats": [(label, counts.get(value, 0), value) for value, label in Decision.Kind.choices],
        "late": sum(t.late for t in tasks), "passed": sum(t.state == "passed" for t in tasks), "all": len(tasks),
        "may_finish": campaign.state == "running" and campaign.division_id in policies.staffing_divisions(
            request_actor(request)),
        "groups": [{"name": "state", "label": "进度", "options": [*Task.State.choices, ("late", "逾期")]}],
        "open": {t.pk for t in tasks} if campaign.division_id in policies.gate_divisions(request_actor(request)) else
        {t.pk for t in _mine(request, tasks)},
    }, status=problem.status if problem else 200)


def standing_in(campaign: Campaign) -> Any:
    return Power.objects.filter(division_id=campaign.division_id, valid_from__isnull=False, valid_to=None)


def _owned(tasks: Sequence[Task]) -> Any:
    rows = Power.objects.filter(unit__in=[t.unit_id for t in tasks], valid_from__isnull=False, valid_to=None)
    return rows.values_list("unit").annotate(n=Count("pk")).order_by()


def _mine(request: HttpRequest, tasks: Sequence[Task]) -> list[Task]:
    own = request_actor(request).unit_ids(*policies.DRAFTERS)
    return [t for t in tasks if t.unit_id in own]


@require_POST
@require_role(Role.STAFFING)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes the outcome of a clean-up."""
    campaign = _campaign(request, pk)
    try:
        effective = date.fromisoformat(request.POST.get("effective", ""))
        count = finish(campaign_id=pk, effective=effective, by=request_actor(request))
    except ValueError:
        return _board(request, campaign, Invalid({"effective": "请填写生效日期，如2027-01-01"}))
    except Problem as problem:
        return _board(request, campaign, problem)
    messages.success(request, f"清理结果已公布，{count}项权力作了变动")
    return redirect("powers:cleanup", pk)


def _task(request: HttpRequest, pk: int) -> Task:
    actor = request_actor(request)
    rule = Q(unit_id__in=actor.unit_ids(*policies.DRAFTERS)) | Q(
        campaign__division_id__in=policies.gate_divisions(actor))
    task = Task.objects.select_related("campaign", "unit", "report", "charts", "basis").filter(rule, pk=pk).first()
    if task is None:
        raise NotFound("no-such-task", "没有这项填报任务，或者您无权查看", "no such task for you")
    return task


@require_http_methods(["GET", "POST"])
@require_role(*READERS)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/powers/cleanups/tasks/<id>/ — a department's decisions, power by power, and its four pieces."""
    found = _task(request, pk)
    if request.method == "GET":
        return _show(request, found, None)
    actor = request_actor(request)
    asked = {n: {key: request.POST.get(f"{key}-{n}", "") for key in ("kind", "ground", "note", "target")}
             | {"receivers": [m for t in request.POST.getlist(f"receivers-{n}") if (m := whole(t)) is not None]}
             for text in request.POST.getlist("power") if (n := whole(text)) is not None}
    try:
        files = {key: store(name=file.name or "", stream=file, owner=actor, purpose=PURPOSE, subject=str(pk))
                 for key in PIECES if (file := request.FILES.get(key)) is not None}
        decide(task_id=pk, decisions=asked, files=files, by=actor)
    except Problem as problem:
        return _show(request, found, problem, asked)
    messages.success(request, "已保存")
    return redirect("powers:task", pk)


def _show(request: HttpRequest, found: Task, problem: Problem | None,
          asked: dict[int, Any] | None = None) -> HttpResponse:
    actor = request_actor(request)
    mine = found.state == "filling" and actor.has_role(*policies.DRAFTERS, unit_id=found.unit_id)
    done = {d.power_id: d for d in found.decisions.select_related("target")}
    powers = standing(found.unit_id).annotate(gone=lapsed_rule(), laws=Count("bases")).order_by("sort_key")
    errors = problem.extra.get("errors", {}) if problem else {}
    rows = [SimpleNamespace(power=p, decision=done.get(p.pk), typed=(asked or {}).get(p.pk) or _typed(done.get(p.pk)),
                            error=errors.get(f"decision-{p.pk}", ""))
            for p in powers]
    if found.campaign.state == "finished":
        rows = [SimpleNamespace(power=d.power, decision=d, typed={}, error="")
                for d in found.decisions.select_related("power", "target")]
    keeper = {"legal": policies.justice_divisions(actor), "staffing": policies.staffing_divisions(actor)}
    towns = Unit.objects.filter(kind="township", path__startswith=found.unit.parent.path if found.unit.parent else "x")
    return render(request, "powers/task.html", {
        "task": found, "campaign": found.campaign, "rows": rows, "pieces": pieces(found), "problem": problem,
        "mine": mine, "kinds": Decision.Kind.choices, "grounds": [
            (code, f"{code} {words}") for code, (words, allowed) in GROUNDS.items() if allowed - {"new", "change"}],
        "targets": [(r.power.pk, r.power.name) for r in rows], "towns": [(u.pk, u.short_name) for u in towns[:60]],
        "steps": [label for _, label in Task.State.choices], "files": list(PIECES.items()),
        "may_send": mine and actor.has_role(Role.HEAD, Role.LEADER, unit_id=found.unit_id),
        "may_gate": found.campaign.division_id in keeper.get(found.state, []) and actor.account_id not in (
            found.filed_by_id, found.legal_person_id)}, status=problem.status if problem else 200)


def may_open(actor: Actor, stored: StoredFile) -> bool:
    """A piece opens for its department and the gates of its division."""
    number = whole(stored.subject)
    rule = Q(unit_id__in=actor.unit_ids(*policies.DRAFTERS)) | Q(
        campaign__division_id__in=policies.gate_divisions(actor))
    return number is not None and Task.objects.filter(rule, pk=number).exists()


def _typed(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {}
    return {"kind": decision.kind, "ground": decision.ground, "note": decision.note, "target": decision.target_id,
            "receivers": decision.receivers}


@require_POST
@require_role(*READERS)
def act(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Sends the pieces, or lets them through a gate or back."""
    actor, words = request_actor(request), request.POST.get("opinion", "")
    deeds: dict[str, Callable[[], Task]] = {
        "send": lambda: send(task_id=pk, by=actor),
        "pass": lambda: gate(task_id=pk, passes=True, opinion=words, by=actor),
        "return": lambda: gate(task_id=pk, passes=False, opinion=words, by=actor),
    }
    if deed not in deeds:
        raise NotFound("no-such-deed", "没有这个操作", "no such deed")
    try:
        done = deeds[deed]()
    except NotFound:
        raise
    except Problem as problem:
        return _show(request, _task(request, pk), problem)
    messages.success(request, f"{done.unit.short_name}：{done.get_state_display()}")
    return redirect("powers:task", pk)


@require_GET
@require_role(*READERS)
def form(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """/desk/powers/cleanups/<id>/forms/<name>/ — one of the three tables, as a page to print."""
    campaign = _campaign(request, pk)
    if name not in FORMS:
        raise NotFound("no-such-form", "没有这张表", "no such form")
    return render(request, "powers/form_table.html", {
        "campaign": campaign, "title": FORMS[name][0], "name": name, "rows": _cells(campaign, name)})


@require_GET
@require_role(*READERS)
def form_file(request: HttpRequest, pk: int, name: str, kind: str) -> HttpResponse:
    """The same table as Excel or CSV."""
    campaign = _campaign(request, pk)
    if name not in FORMS or kind not in ("xlsx", "csv"):
        raise NotFound("no-such-form", "没有这张表", "no such form")
    rows = _cells(campaign, name)
    headers = {"Content-Disposition": f'attachment; filename="cleanup-{campaign.year}-{name}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(COLUMNS, rows)), content_type=CSV_TYPE, headers=headers)
    return HttpResponse(xlsx(FORMS[name][0][:30], COLUMNS, rows), content_type=XLSX, headers=headers)


def _cells(campaign: Campaign, name: str) -> list[list[str]]:
    rows = (Decision.objects.filter(task__campaign=campaign, kind__in=FORMS[name][1])
            .select_related("power__unit", "target").prefetch_related("power__bases__law")
            .order_by("power__unit__sort_key", "power__sort_key"))
    units = dict(Unit.objects.filter(kind="township").values_list("pk", "short_name")) if name == "down" else {}
    return [[str(n), d.power.name, d.power.get_type_display(), d.power.unit.name, d.get_kind_display(), d.ground,
             GROUNDS[d.ground][0] if d.ground in GROUNDS else "", d.note,
             d.target.name if d.target else "、".join(units.get(pk, "") for pk in d.receivers),
             "；".join(str(b) for b in d.power.bases.all())] for n, d in enumerate(rows, 1)]


@require_http_methods(["GET", "POST"])
@require_role(*READERS)
def comparison(request: HttpRequest) -> HttpResponse:
    """/desk/powers/compare/ — our list beside another county's, the city's, or one taken in from a file."""
    actor = request_actor(request)
    own = sorted({p.division for p in actor.posts if p.role in READERS})
    mine = get_object_or_404(Division, pk=own[0])
    errors: dict[str, str] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Invalid({"file": "请选择文件"})
            made = take_outside(division=mine, title=request.POST.get("title", ""), name=file.name or "",
                                source=request.POST.get("source", ""), by=actor,
                                data=file.read(settings.UPLOAD_MAX_BYTES + 1))
            return redirect(f"{request.path}?with=list-{made.pk}")
        except Problem as problem:
            errors = problem.extra.get("errors") or {problem.field: problem.zh}
    others = list(Division.objects.filter(powers__isnull=False).exclude(pk=mine.pk).distinct().order_by("code"))
    lists = list(OutsideList.objects.filter(division=mine).defer("rows")[:50])
    chosen = request.GET.get("with", "")
    found, title = _other(chosen, others, lists)
    if request.GET.get("export") and found is not None:
        return _comparison_file(mine, title, found)
    return render(request, "powers/compare.html", {
        "mine": mine, "title": title, "errors": errors, "typed": request.POST.dict(),
        "may_enter": mine.pk in policies.gate_divisions(actor), "chosen": chosen,
        "result": compare(entries_of(mine), found) if found is not None else None,
        "groups": [{"name": "with", "label": "比对", "options": [*((d.pk, d.name) for d in others),
                                                               *((f"list-{x.pk}", x.title) for x in lists)]}],
    }, status=422 if errors else 200)


def _other(chosen: str, others: list[Division], lists: list[OutsideList]) -> tuple[list[Entry] | None, str]:
    for division in others:
        if chosen == division.pk:
            return entries_of(division), division.name
    for row in lists:
        if chosen == f"list-{row.pk}":
            return entries_outside(row), row.title
    return None, ""


def _comparison_file(mine: Division, title: str, found: list[Entry]) -> HttpResponse:
    result = compare(entries_of(mine), found)
    rows = [["对方有、我方没有", e.name, e.type, e.unit] for e in result.theirs]
    rows += [["我方有、对方没有", e.name, e.type, e.unit] for e in result.ours]
    return HttpResponse(xlsx("比对", ("比对结果", "权力名称", "类型", "实施主体"), rows), content_type=XLSX, headers={
        "Content-Disposition": f'attachment; filename="compare-{today():%Y%m%d}.xlsx"'})
