"""Keeping the register, answering reports, closing the month: the finance office's desk."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.numbers import cents, whole
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.fees.models import Charge, Report, Statement
from zhengwu.modules.fees.policies import finance_of
from zhengwu.modules.fees.selectors import access_charge, register, reports, statement_rows
from zhengwu.modules.fees.services.close_month import close_month
from zhengwu.modules.fees.services.register import Rate, abolish_charge, change_standard, draft_charge, publish_charge
from zhengwu.modules.fees.services.report import answer_report

PAGE = 40
STATEMENT = ("执收单位", "项目编码", "收费项目", "笔数", "应收", "减免", "实收", "缴入国库", "未缴")


def _home(actor: Actor) -> Division:
    post = next(p for p in actor.posts if p.role == Role.FINANCE)
    return Division.objects.get(code=post.division)


def _day(text: str | None, field: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Invalid({field: "请填写日期，如2026-03-13"}) from None


@require_GET
@require_role(Role.FINANCE)
def register_page(request: HttpRequest) -> HttpResponse:
    """/desk/fees/register/ — drafts included."""
    get, home = request.GET.get, _home(request_actor(request))
    rows = register(state=get("state", ""), text=get("q", ""), drafts=True)
    page = Paginator(rows.filter(division__code__startswith=home.prefix), PAGE).get_page(get("page"))
    return render(request, "fees/desk_register.html", {"page": page, "groups": [
        {"name": "state", "label": "状态", "options": Charge.State.choices}]})


@require_role(Role.FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    """/desk/fees/register/new/"""
    home = _home(request_actor(request))
    units = Unit.objects.filter(division__code__startswith=home.prefix, matters__isnull=False).distinct()
    shown: dict[str, Any] = {"units": list(units.order_by("sort_key").values_list("pk", "name")), "typed": {},
                             "categories": Charge.Category.choices, "payers": Charge.Payer.choices,
                             "today": today().isoformat()}
    if request.method != "POST":
        return render(request, "fees/desk_new.html", shown)
    typed = request.POST.dict()
    try:
        charge = _draft(request_actor(request), typed)
    except Denied:
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return render(request, "fees/desk_new.html", {**shown, "typed": typed, "problem": problem, "errors": errors},
                      status=problem.status)
    messages.success(request, f"“{charge.name}”已拟列入目录，公布后才能收费")
    return redirect("fees:desk_charge", code=charge.code)


def _draft(actor: Actor, typed: dict[str, str]) -> Charge:
    unit = Unit.objects.select_related("division").filter(pk=whole(typed.get("unit")) or 0).first()
    if unit is None:
        raise Invalid({"unit": "请选择执收单位"})
    wanted = [code.strip() for code in typed.get("matters", "").split() if code.strip()]
    found = list(Matter.objects.filter(code__in=wanted))
    if missing := set(wanted) - {m.code for m in found}:
        raise Invalid({"matters": f"没有这些事项的实施编码：{'、'.join(sorted(missing))}"})
    rate = Rate(typed.get("item", ""), cents(typed.get("amount")) or 0, typed.get("per", "件")[:12] or "件")
    return draft_charge(by=actor, code=typed.get("code", ""), name=typed.get("name", ""), unit=unit, rates=[rate],
                        category=typed.get("category", ""), payer=typed.get("payer", ""), matters=found,
                        basis=typed.get("basis", ""), valid_from=_day(typed.get("valid_from"), "valid_from"),
                        note=typed.get("note", "")[:300])


@require_GET
@require_role(Role.FINANCE)
def charge_page(request: HttpRequest, code: str) -> HttpResponse:
    """/desk/fees/register/<code>/"""
    return _charge(request, code, {})


def _charge(request: HttpRequest, code: str, more: dict[str, Any], status: int = 200) -> HttpResponse:
    charge = access_charge(code, drafts=True)
    return render(request, "fees/desk_charge.html", {
        "charge": charge, "standards": charge.standards.all(), "matters": charge.matters.all()[:50],
        "mine": finance_of(request_actor(request), charge.division), "today": today().isoformat(), **more},
        status=status)


@require_POST
@require_role(Role.FINANCE)
def charge_deed(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """publish, standard, abolish."""
    actor, post, charge = request_actor(request), request.POST, access_charge(code, drafts=True)
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "publish": (lambda: publish_charge(charge_id=charge.pk, by=actor), "已公布，可以收费"),
        "standard": (lambda: change_standard(standard_id=whole(post.get("standard")) or 0, by=actor,
                                             cents=cents(post.get("amount")) or 0, on=_day(post.get("on"), "on")),
                     "新标准已登记，到执行日期自动启用"),
        "abolish": (lambda: abolish_charge(charge_id=charge.pk, on=_day(post.get("on"), "on"), by=actor,
                                           reason=post.get("reason", "")), "已定停止执行日期"),
    }
    if deed not in deeds:
        raise NotFound("no-such-deed", "没有这个操作", "no such action")
    run, words = deeds[deed]
    try:
        run()
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _charge(request, code, {"problem": problem, "errors": errors, "typed": post.dict(), "deed": deed},
                       problem.status)
    messages.success(request, words)
    return redirect("fees:desk_charge", code=code)


@require_GET
@require_role(Role.FINANCE, Role.INSPECTOR)
def report_list(request: HttpRequest) -> HttpResponse:
    """/desk/fees/reports/"""
    return _reports(request, {})


def _reports(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = request_actor(request)
    rows = reports(actor, state=request.GET.get("state", ""))
    return render(request, "fees/desk_reports.html", {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "answers": Report.State.choices[1:],
        "groups": [{"name": "state", "label": "状态", "options": Report.State.choices}],
        "may_answer": actor.has_role(Role.FINANCE), **more}, status=status)


@require_POST
@require_role(Role.FINANCE)
def report_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The finding; a refusal comes back at the row with what was typed."""
    try:
        answer_report(report_id=pk, state=request.POST.get("state", ""), answer=request.POST.get("answer", ""),
                      by=request_actor(request))
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _reports(request, {"problem": problem, "errors": errors, "at": pk, "typed": request.POST.dict()},
                        problem.status)
    messages.success(request, "已答复举报人")
    return redirect("fees:desk_reports")


def _month(request: HttpRequest) -> date:
    text = request.GET.get("month") or request.POST.get("month") or ""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return (today().replace(day=1) - timedelta(days=1)).replace(day=1)


@require_GET
@require_role(Role.FINANCE)
def statement(request: HttpRequest) -> HttpResponse:
    """/desk/fees/statement/?month=2026-10 — live until closed, then as frozen."""
    month, home = _month(request), _home(request_actor(request))
    closed, rows = _statement(home, month)
    totals = [sum(row[i] for row in rows) for i in range(3, 9)]
    return render(request, "fees/desk_statement.html", {
        "month": month, "rows": rows, "totals": totals, "closed": closed, "home": home,
        "may_close": closed is None and month < today().replace(day=1),
        "previous": (month - timedelta(days=1)).replace(day=1), "next": (month + timedelta(days=32)).replace(day=1),
        "past": Statement.objects.filter(division=home)[:12]})


def _statement(home: Division, month: date) -> tuple[Statement | None, list[list[Any]]]:
    closed = Statement.objects.filter(division=home, month=month).first()
    return closed, closed.rows if closed else [row.cells() for row in statement_rows(home.prefix, month)]


@require_GET
@require_role(Role.FINANCE)
def statement_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The month as CSV or Excel, amounts in yuan."""
    month, home = _month(request), _home(request_actor(request))
    rows = ([*map(str, row[:4]), *(f"{v / 100:.2f}" for v in row[4:])] for row in _statement(home, month)[1])
    attachment = {"Content-Disposition": f'attachment; filename="statement-{month:%Y%m}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(STATEMENT, rows)), content_type=CSV, headers=attachment)
    if kind == "xlsx":
        return HttpResponse(xlsx("收支两条线对账单", STATEMENT, rows), content_type=XLSX, headers=attachment)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


@require_POST
@require_role(Role.FINANCE)
def statement_close(request: HttpRequest) -> HttpResponse:
    """Freezes the month."""
    actor, month = request_actor(request), _month(request)
    try:
        closed = close_month(division=_home(actor), month=month, by=actor)
        messages.success(request, f"{month:%Y年%m月}已结账，存证 {closed.sm3[:16]}…")
    except Denied:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect(f"{request.path.removesuffix('close/')}?month={month:%Y-%m}")
