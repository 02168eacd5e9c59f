"""What I was asked to pay, paying it, asking to waive it, and reporting what is not in the register."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.api import new_key
from zhengwu.kernel.directory.api import request_actor
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.files.api import store
from zhengwu.lib.now import today
from zhengwu.lib.numbers import cents, whole
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.modules.fees import providers
from zhengwu.modules.fees.models import Bill, Charge, Waiver
from zhengwu.modules.fees.papers import notice, receipt
from zhengwu.modules.fees.policies import may_pay
from zhengwu.modules.fees.selectors import access_bill, my_bills, paid, register, reports
from zhengwu.modules.fees.services.pay import start_payment
from zhengwu.modules.fees.services.report import PURPOSE, report_charge
from zhengwu.modules.fees.services.waive import ask_waiver

PAGE = 20
CHARGING = ("organ", "centre", "township")


@require_GET
@login_required
def my(request: HttpRequest) -> HttpResponse:
    """/my/fees/"""
    rows = my_bills(request_actor(request))
    return render(request, "fees/my.html", {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))})


@require_GET
@login_required
def bill(request: HttpRequest, pk: int) -> HttpResponse:
    """/my/fees/<pk>/"""
    return _bill(request, access_bill(request_actor(request), pk), {})


def _bill(request: HttpRequest, found: Bill, more: dict[str, Any], status: int = 200) -> HttpResponse:
    mine = may_pay(request_actor(request), found)
    open_ = mine and found.state == Bill.State.NOTIFIED
    waivers = list(found.waivers.all())
    waiting = any(w.state == Waiver.State.ASKED for w in waivers)
    return render(request, "fees/bill.html", {
        "bill": found, "lines": found.lines.all(), "waivers": waivers, "payment": paid(found),
        "may_pay": open_ and not waiting, "may_waive": open_ and not waiting,
        "providers": providers.offered(), "grounds": Waiver.Ground.choices, **more}, status=status)


@require_POST
@login_required
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts a payment and takes the payer to the provider."""
    actor = request_actor(request)
    try:
        payment = start_payment(bill_id=pk, provider=request.POST.get("provider", ""), by=actor)
    except (NotFound, Denied):
        raise
    except Problem as problem:
        return _bill(request, access_bill(actor, pk), {"problem": problem}, problem.status)
    return redirect(providers.get(payment.provider).page(payment))


@require_POST
@login_required
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a waiver; a refusal comes back with what was typed."""
    actor, typed = request_actor(request), request.POST.dict()
    try:
        ask_waiver(bill_id=pk, ground=typed.get("ground", ""), cents=cents(typed.get("cents")) or 0,
                   words=typed.get("words", ""), by=actor)
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return _bill(request, access_bill(actor, pk), {"problem": problem, "typed": typed, "errors": errors},
                     problem.status)
    messages.success(request, "减免申请已提交，审批结果会通知您")
    return redirect("fees:bill", pk=pk)


@require_GET
@login_required
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """/my/fees/<pk>/notice.pdf, receipt.pdf"""
    found = access_bill(request_actor(request), pk)
    content = notice(found) if kind == "notice" else receipt(found)
    name = f'inline; filename="{kind}-{found.pk}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


@login_required
def check(request: HttpRequest) -> HttpResponse:
    """/my/fees/check/ — is this charge in the register? If not: report it, from the same page."""
    name = (request.GET.get("name") or request.POST.get("name") or "").strip()
    found = list(register(text=name, state=Charge.State.PUBLISHED)[:10]) if name else []
    shown: dict[str, Any] = {"name": name, "found": found, "key": request.POST.get("key") or new_key(),
                             "units": _units(request), "today": today().isoformat(), "typed": {}}
    if request.method != "POST":
        return render(request, "fees/check.html", shown)
    try:
        _report(request, name)
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        return render(request, "fees/check.html", {**shown, "problem": problem, "errors": errors,
                                                   "typed": request.POST.dict()}, status=problem.status)
    messages.success(request, "举报已登记，财政部门会在十五个工作日内核查答复")
    return redirect("fees:reports")


def _report(request: HttpRequest, name: str) -> None:
    actor = request_actor(request)
    unit = Unit.objects.filter(pk=whole(request.POST.get("unit")) or 0, kind__in=CHARGING).first()
    if unit is None:
        raise Invalid({"unit": "请选择收费的单位"})
    try:
        day = today().fromisoformat(request.POST.get("charged_on", ""))
    except ValueError:
        raise Invalid({"charged_on": "请填写收费日期，如2026-03-13"}) from None
    upload = request.FILES.get("file")
    stored = store(name=upload.name or "", stream=upload, owner=actor, purpose=PURPOSE) if upload else None
    report_charge(by=actor, unit=unit, name=name, cents=cents(request.POST.get("amount")) or 0, charged_on=day,
                  words=request.POST.get("words", ""), file=stored.pk if stored else None,
                  key=request.POST.get("key", "")[:80])


def _units(request: HttpRequest) -> list[tuple[int, str]]:
    rows = Unit.objects.filter(charges__isnull=False) | Unit.objects.filter(matters__isnull=False)
    division = request.GET.get("division", "")
    if division:
        rows = rows.filter(division_id=division)
    return list(rows.distinct().order_by("division_id", "sort_key").values_list("pk", "name")[:600])


@require_GET
@login_required
def my_reports(request: HttpRequest) -> HttpResponse:
    """/my/fees/reports/"""
    rows = reports(request_actor(request)).filter(account_id=request_actor(request).account_id or 0).order_by("-id")
    return render(request, "fees/my_reports.html", {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))})
