"""The month's sheets: the centre's list with rules, notes and merits; the clerk's own; paper and Excel."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.lib.now import local, now, today
from zhengwu.lib.numbers import whole
from zhengwu.lib.paper import chinese_date
from zhengwu.lib.paper import render as set_paper
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.lib.tables import XLSX, xlsx
from zhengwu.modules.centre.access import point_of
from zhengwu.modules.centre.models import Merit, Note, Sheet
from zhengwu.modules.centre.models.month import points
from zhengwu.modules.centre.month import ensure_rules, year_of
from zhengwu.modules.centre.services import sheet as services

PAPER = "modules/centre/paper/sheet.typ"


def last_month() -> date:
    return (today().replace(day=1) - timedelta(days=1)).replace(day=1)


def _month(text: str | None) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if text else last_month()
    except ValueError:
        return last_month()


@require_GET
@require_role(Role.CENTRE, Role.CLERK)
def list_page(request: HttpRequest) -> HttpResponse:
    """/desk/months/?month=2026-02 — all sheets for the centre; their own for clerks."""
    actor = request_actor(request)
    if not actor.has_role(Role.CENTRE):
        return _own(request, actor)
    point, month = point_of(actor, request.GET.get("point"), Role.CENTRE), _month(request.GET.get("month"))
    rows = Sheet.objects.filter(point=point, month=month).select_related("clerk", "window__unit")
    counts = dict(rows.order_by().values_list("state").annotate(Count("id")))
    if (state := request.GET.get("state", "")) in Sheet.State.values:
        rows = rows.filter(state=state)
    months = sorted({last_month(), *Sheet.objects.filter(point=point).values_list("month", flat=True)}, reverse=True)
    return render(request, "centre/months.html", {
        "point": point, "month": month, "title": f"{month.year}年{month.month}月考评", "rows": list(rows),
        "counts": counts,
        "code": f"{month:%Y-%m}", "can_show": counts.get("computed", 0), "over": month < today().replace(day=1),
        "narrow": [
            {"name": "month", "label": "月份",
             "options": [(f"{m:%Y-%m}", f"{m.year}年{m.month}月") for m in months[:12]]},
            {"name": "state", "label": "状态", "options": [(v, t, counts.get(v, 0)) for v, t in Sheet.State.choices]}]})


def _own(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = Sheet.objects.filter(clerk_id=actor.account_id).exclude(state=Sheet.State.COMPUTED).select_related("window")
    return render(request, "centre/months_own.html", {"rows": list(rows[:60])})


@require_POST
@require_role(Role.CENTRE)
def run(request: HttpRequest) -> HttpResponse:
    """Computes or shows a month."""
    actor, month = request_actor(request), _month(request.POST.get("month"))
    point = point_of(actor, request.POST.get("point"), Role.CENTRE)
    try:
        if request.POST.get("do") == "show":
            number = services.show(point=point, month=month, by=actor)
            messages.success(request, f"已公示{number}份，窗口人员三个工作日内可以提出异议")
        else:
            number = services.compute(point=point, month=month, by=actor)
            messages.success(request, f"已计算{number}份")
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect(f"{request.path.removesuffix('run/')}?month={month:%Y-%m}")


def _sheet(actor: Actor, pk: int) -> tuple[Sheet, bool]:
    """The sheet and whether the actor manages it: the centre's people, and the clerk once it is shown."""
    row = Sheet.objects.select_related("clerk", "window__unit", "point", "decided_by").filter(pk=pk).first()
    manages = row is not None and actor.has_role(Role.CENTRE, unit_id=row.point.unit_id)
    if row is None or not (manages or (row.clerk_id == actor.account_id and row.state != Sheet.State.COMPUTED)):
        raise NotFound("no-such-sheet", "没有这份考评表", "no such sheet")
    return row, manages


def _shown(row: Sheet) -> list[dict[str, Any]]:
    return [line | {"each": points(line["each"]), "points": points(line["tenths"])} for line in row.lines]


@require_http_methods(["GET", "POST"])
@require_role(Role.CENTRE, Role.CLERK)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/months/<id>/ — the lines; the clerk's objection, the centre's decision."""
    actor = request_actor(request)
    row, manages = _sheet(actor, pk)
    problem, typed = None, {"words": request.POST.get("words", ""), "correction": request.POST.get("correction", "0")}
    if request.method == "POST":
        try:
            if request.POST.get("do") == "decide":
                services.decide(pk=pk, by=actor, words=typed["words"], correction=_tenths(typed["correction"]))
                messages.success(request, "已裁定，考评表确定")
            else:
                services.object_to(pk=pk, by=actor, words=typed["words"])
                messages.success(request, "异议已提交，政务中心五个工作日内裁定")
            return redirect("centre:sheet", pk=pk)
        except Problem as refused:
            problem = refused
    return render(request, "centre/sheet.html", {
        "row": row, "lines": _shown(row), "problem": problem, "typed": typed, "manages": manages,
        "errors": problem.extra.get("errors", {}) if problem else {},
        "can_object": row.clerk_id == actor.account_id and row.state == Sheet.State.SHOWN
        and row.objection_until is not None and now() < row.objection_until,
        "can_decide": manages and row.state == Sheet.State.OBJECTED and row.clerk_id != actor.account_id,
    }, status=problem.status if problem else 200)


def _tenths(text: str) -> int:
    """Points as people write them (-1.5) in whole tenths. Raises Invalid."""
    sign, body = (-1, text.strip()[1:]) if text.strip().startswith("-") else (1, text.strip())
    head, _, tail = body.partition(".")
    number, rest = whole(head, most=1000), whole(tail or "0", most=9)
    if number is None or rest is None or len(tail) > 1:
        raise Invalid({"correction": "请写成0、1.5、-2这样的分值", "tenths": "请写成0、1.5、-2这样的分值"})
    return sign * (number * 10 + rest)


@require_GET
@require_role(Role.CENTRE, Role.CLERK)
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as paper to be signed."""
    row, _ = _sheet(request_actor(request), pk)
    data = {
        "title": f"{row.month.year}年{row.month.month}月窗口人员考评表", "point": row.point.name,
        "clerk": row.clerk.name,
        "window": str(row.window) if row.window else "", "unit": row.window.unit.name if row.window else "",
        "state": row.get_state_display(), "total": row.score, "objection": row.objection, "decision": row.decision,
        "lines": [[str(x["label"]), str(x["count"]), x["each"], x["points"], str(x["note"])] for x in _shown(row)],
        "date": chinese_date(local(row.final_at or row.computed_at).date()),
    }
    name = f"sheet-{row.month:%Y%m}-{row.pk}.pdf"
    return HttpResponse(set_paper(PAPER, data), content_type="application/pdf",
                        headers={"Content-Disposition": f'inline; filename="{name}"'})


@require_GET
@require_role(Role.CENTRE)
def export(request: HttpRequest) -> HttpResponse:
    """A month as Excel: one row a clerk, one column a rule."""
    actor, month = request_actor(request), _month(request.GET.get("month"))
    point = point_of(actor, request.GET.get("point"), Role.CENTRE)
    rules = ensure_rules(point)
    head = ["姓名", "窗口", "单位", "基准分", *(r.label for r in rules), "裁定更正", "得分", "状态"]
    cells = []
    for row in Sheet.objects.filter(point=point, month=month).select_related("clerk", "window__unit"):
        got = {line["code"]: points(line["tenths"]) for line in row.lines}
        cells.append([row.clerk.name, str(row.window or ""), row.window.unit.name if row.window else "",
                      got.get("base", ""), *(got.get(r.code, "") for r in rules), got.get("decision", ""), row.score,
                      row.get_state_display()])
    name = f"months-{month:%Y%m}.xlsx"
    return HttpResponse(xlsx(f"{month:%Y-%m}", head, cells), content_type=XLSX,
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_GET
@require_role(Role.CENTRE)
def year(request: HttpRequest) -> HttpResponse:
    """/desk/months/year/ — the year's result of persons and units, from final sheets."""
    point = point_of(request_actor(request), request.GET.get("point"), Role.CENTRE)
    number = whole(request.GET.get("year"), most=2200) or last_month().year
    clerks, units = year_of(point, number)
    return render(request, "centre/year.html", {"point": point, "year": number, "clerks": clerks, "units": units,
                                                "earlier": number - 1})


@require_http_methods(["GET", "POST"])
@require_role(Role.CENTRE)
def rules(request: HttpRequest) -> HttpResponse:
    """/desk/months/rules/ — the rule table, one row changed at a time."""
    actor = request_actor(request)
    point, problem = point_of(actor, request.GET.get("point"), Role.CENTRE), None
    if request.method == "POST":
        try:
            row = services.set_rule(
                pk=whole(request.POST.get("rule")) or 0, by=actor, tenths=_tenths(request.POST.get("tenths", "")),
                cap=_tenths(request.POST.get("cap", "")), active=request.POST.get("active") == "1")
            messages.success(request, f"“{row.label}”已更新，下一次计算起用")
            return redirect("centre:rules")
        except Problem as refused:
            problem = refused
    found = ensure_rules(point)
    for row in found:
        row.each, row.most = points(row.tenths), points(row.cap)  # type: ignore[attr-defined]
    return render(request, "centre/rules.html", {"point": point, "rules": found, "problem": problem},
                  status=problem.status if problem else 200)


@require_http_methods(["GET", "POST"])
@require_role(Role.CENTRE)
def notes(request: HttpRequest) -> HttpResponse:
    """/desk/months/notes/ — inspections of the hall and merits, newest first, and a form for each."""
    actor = request_actor(request)
    point, problem = point_of(actor, request.GET.get("point"), Role.CENTRE), None
    typed: dict[str, str] = {"day": today().isoformat()}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in
                 ("do", "clerk", "day", "aspect", "words", "kind", "tenths")}
        try:
            _note(point, actor, typed)
            messages.success(request, "已记录")
            return redirect("centre:notes")
        except Problem as refused:
            problem = refused
    clerks = Appointment.objects.filter(unit_id=point.unit_id, role=Role.CLERK, valid_to=None)
    return render(request, "centre/notes.html", {
        "point": point, "problem": problem, "typed": typed,
        "errors": problem.extra.get("errors", {}) if problem else {},
        "notes": list(Note.objects.filter(point=point).select_related("clerk", "by")[:50]),
        "merits": [(m, points(m.tenths)) for m in Merit.objects.filter(point=point).select_related("clerk", "by")[:50]],
        "clerks": [("", "请选择"), *clerks.order_by("account__name").values_list("account_id", "account__name")],
        "aspects": list(Note.Aspect.choices), "kinds": list(Merit.Kind.choices)},
        status=problem.status if problem else 200)


def _note(point: Any, actor: Actor, typed: dict[str, str]) -> None:
    try:
        day = date.fromisoformat(typed["day"])
    except ValueError:
        raise Invalid({"day": "请填写日期"}) from None
    clerk = whole(typed["clerk"]) or 0
    if typed["do"] == "merit":
        services.merit(point=point, by=actor, clerk_id=clerk, day=day, kind=typed["kind"],
                       tenths=_tenths(typed["tenths"]), words=typed["words"])
    else:
        services.note(point=point, by=actor, clerk_id=clerk, day=day, aspect=typed["aspect"], words=typed["words"])
