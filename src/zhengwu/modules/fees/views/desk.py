"""Bills on the desk: list, one bill, notifying from a case, waivers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.api import new_key
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Role, request_actor, require_role
from zhengwu.lib.now import local, today
from zhengwu.lib.numbers import whole, yuan
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.fees.models import Bill, Waiver
from zhengwu.modules.fees.policies import may_bill, may_decide_waiver
from zhengwu.modules.fees.selectors import access_bill, bills, figures, of_case, paid
from zhengwu.modules.fees.services.bill import billable, cancel_bill, issue_bill
from zhengwu.modules.fees.services.waive import decide_waiver

PAGE = 50
EXPORT_MAX = 20_000
COLUMNS = ("通知编号", "办件编号", "事项", "缴费人", "执收单位", "应缴", "减免", "状态", "通知时间", "期限", "结清时间")
STAFF = (*WORKERS, Role.FINANCE)


@require_GET
@require_role(*STAFF)
def bill_list(request: HttpRequest) -> HttpResponse:
    """/desk/fees/"""
    actor = request_actor(request)
    rows = bills(actor, state=request.GET.get("state", ""), text=request.GET.get("q", ""))
    sums = figures(actor)
    stats = [(label, sums.get(value, {"n": 0, "cents": 0}), value) for value, label in Bill.State.choices]
    return render(request, "fees/desk.html", {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "stats": stats,
        "query": request.GET.urlencode(),
        "groups": [{"name": "state", "label": "状态", "options": Bill.State.choices}]})


@require_GET
@require_role(*STAFF)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list with the same filters, at most EXPORT_MAX rows."""
    found = bills(request_actor(request), state=request.GET.get("state", ""), text=request.GET.get("q", ""))
    rows = ([b.number, b.case.number, b.case.title, b.payer_name, b.unit.name, yuan(b.total), yuan(b.waived),
             b.get_state_display(), f"{local(b.notified_at):%Y-%m-%d}", f"{local(b.due_at):%Y-%m-%d}",
             f"{local(b.settled_at):%Y-%m-%d}" if b.settled_at else ""] for b in found[:EXPORT_MAX])
    attachment = {"Content-Disposition": f'attachment; filename="bills-{today():%Y%m%d}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(COLUMNS, rows)), content_type=CSV, headers=attachment)
    if kind == "xlsx":
        return HttpResponse(xlsx("缴费通知", COLUMNS, rows), content_type=XLSX, headers=attachment)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


@require_GET
@require_role(*STAFF)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/fees/<pk>/"""
    return _detail(request, access_bill(request_actor(request), pk), {})


def _detail(request: HttpRequest, found: Bill, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = request_actor(request)
    waivers = list(found.waivers.select_related("asked_by"))
    asked = next((w for w in waivers if w.state == Waiver.State.ASKED and w.asked_by_id != actor.account_id), None)
    return render(request, "fees/desk_bill.html", {
        "bill": found, "lines": found.lines.all(), "waivers": waivers, "payment": paid(found),
        "decisions": [("grant", "同意"), ("refuse", "不同意")],
        "decide": asked if may_decide_waiver(actor, found) else None,
        "may_cancel": found.state == Bill.State.NOTIFIED and may_bill(actor, found.case), **more}, status=status)


@require_POST
@require_role(*WORKERS)
def notify_payer(request: HttpRequest, number: str) -> HttpResponse:
    """From the case page: quantities of standards by name ``q-<standard>``."""
    lines = {whole(name[2:]) or 0: whole(value) or 0 for name, value in request.POST.dict().items()
             if name.startswith("q-") and value not in {"", "0"}}
    try:
        bill = issue_bill(number=number, lines=lines, by=request_actor(request), key=request.POST.get("key", "")[:80])
        messages.success(request, f"缴费通知已发出：{bill.number}，应缴{yuan(bill.payable)}")
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors.values() if isinstance(problem, Invalid) else [problem.zh]
        messages.error(request, "；".join(errors))
    return redirect("cases:case", number=number)


@require_POST
@require_role(*WORKERS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a notice back."""
    return _deed(request, pk, lambda actor: cancel_bill(bill_id=pk, reason=request.POST.get("reason", ""), by=actor),
                 "缴费通知已撤销，已告知缴费人")


@require_POST
@require_role(Role.HEAD, Role.LEADER)
def decide(request: HttpRequest, pk: int, waiver: int) -> HttpResponse:
    """Grants or refuses a waiver."""
    grant, answer = request.POST.get("decision") == "grant", request.POST.get("answer", "")
    return _deed(request, pk, lambda by: decide_waiver(waiver_id=waiver, grant=grant, by=by, answer=answer),
                 "减免已审批，已告知缴费人")


def _deed(request: HttpRequest, pk: int, deed: Any, words: str) -> HttpResponse:
    actor = request_actor(request)
    try:
        deed(actor)
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _detail(request, access_bill(actor, pk), {"problem": problem, "errors": errors,
                                                         "typed": request.POST.dict()}, problem.status)
    messages.success(request, words)
    return redirect("fees:desk_bill", pk=pk)


def case_bills(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.results``: the bills of the case. The page has let the visitor see the case."""
    if not isinstance(subject, Case) or not (rows := of_case(subject)):
        return ""
    return render_to_string("fees/_case.html", {"bills": rows, "case": subject}, request)


def bill_form(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.aside`` on the desk: notify from the register, where the matter may be charged for."""
    if request is None or not isinstance(subject, Case) or not may_bill(request_actor(request), subject):
        return ""
    standards = billable(subject)
    if not standards:
        return ""
    return render_to_string("fees/_notify.html", {"standards": standards, "case": subject, "key": new_key()}, request)
