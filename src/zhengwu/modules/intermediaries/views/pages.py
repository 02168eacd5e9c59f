"""The public list with each agency's record, the centre's register, the agency's own work, and the case's part."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.directory.models import Account, Division
from zhengwu.kernel.files.api import store
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.modules.intermediaries.models import Agency, Engagement
from zhengwu.modules.intermediaries.selectors import with_record
from zhengwu.modules.intermediaries.services.engage import PURPOSE, call_off, deliver, engage, may_engage
from zhengwu.modules.intermediaries.services.register import change_agency, register_agency

PAGE = 40
TRADES = [{"name": "trade", "label": "类别", "options": Agency.Trade.choices}]


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """/intermediaries/"""
    rows = with_record(trade=request.GET.get("trade", ""), text=request.GET.get("q", ""))
    return render(request, "intermediaries/public.html", {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "groups": TRADES})


@require_role(Role.CENTRE)
def register(request: HttpRequest) -> HttpResponse:
    """/desk/intermediaries/ — list, and the form to register one more."""
    actor = request_actor(request)
    home = next(p for p in actor.posts if p.role == Role.CENTRE)
    shown: dict[str, Any] = {"typed": {}, "errors": {}}
    if request.method == "POST":
        typed = request.POST.dict()
        try:
            made = register_agency(
                by=actor, division=Division.objects.get(code=home.division), name=str(typed.get("name", "")),
                uscc=str(typed.get("uscc", "")), trade=str(typed.get("trade", "")),
                promised_days=whole(request.POST.get("promised_days"), most=9999) or 0,
                fee_text=str(typed.get("fee_text", "")), phone=str(typed.get("phone", "")))
            messages.success(request, f"已登记{made.name}")
            return redirect("intermediaries:register")
        except Denied:
            raise
        except Problem as problem:
            shown = {"typed": typed, "problem": problem,
                     "errors": problem.errors if isinstance(problem, Invalid) else {}}
    rows = with_record(trade=request.GET.get("trade", ""), text=request.GET.get("q", ""), removed=True)
    rows = rows.filter(division__code__startswith=home.division_prefix)
    return render(request, "intermediaries/register.html", {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "groups": TRADES,
        "trades": Agency.Trade.choices, **shown}, status=shown["problem"].status if "problem" in shown else 200)


@require_POST
@require_role(Role.CENTRE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Suspends, removes, takes back."""
    return _deed(request, "intermediaries:register", lambda actor: change_agency(
        agency_id=pk, to=request.POST.get("to", ""), reason=request.POST.get("reason", ""), by=actor), "已变更")


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """/my/engagements/ — what my agency was asked to do; of the case only its number and matter."""
    code = Account.objects.filter(pk=request_actor(request).account_id or 0).exclude(uscc="").values("uscc")
    rows = Engagement.objects.filter(agency__uscc__in=code).select_related("case", "agency").order_by("-id")
    return render(request, "intermediaries/mine.html", {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page"))})


@require_POST
@login_required
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The agency hands in its report, or a worker notes that it came."""
    actor = request_actor(request)

    def run(_: Any) -> None:
        upload = request.FILES.get("file")
        stored = store(name=upload.name or "", stream=upload, owner=actor, purpose=PURPOSE) if upload else None
        deliver(engagement_id=pk, by=actor, file=stored.pk if stored else None)

    return _deed(request, "", run, "已登记提交")


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls the work off."""
    return _deed(request, "", lambda actor: call_off(
        engagement_id=pk, reason=request.POST.get("reason", ""), by=actor), "委托已取消")


@require_POST
@login_required
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """From the case's page."""
    return _deed(request, "", lambda actor: engage(
        number=number, agency_id=whole(request.POST.get("agency")) or 0, by=actor,
        service=request.POST.get("service", "")), "已委托，机构的时限开始计算")


def _deed(request: HttpRequest, place: str, run: Any, words: str) -> HttpResponse:
    try:
        run(request_actor(request))
        messages.success(request, words)
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors.values() if isinstance(problem, Invalid) else [problem.zh]
        messages.error(request, "；".join(errors))
    return redirect(place or _back(request))


def _back(request: HttpRequest) -> str:
    """The page the form stood on, by what it says of itself."""
    number = request.POST.get("case", "")
    if not number:
        return "/my/engagements/"
    return f"/desk/cases/{number}/" if request_actor(request).is_staff else f"/my/cases/{number}/"


def case_part(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.results``: agencies at work for the case, and for who may the form to ask one."""
    if request is None or not isinstance(subject, Case):
        return ""
    actor = request_actor(request)
    rows = list(Engagement.objects.filter(case=subject).select_related("agency", "file", "case").order_by("id"))
    agencies = []
    if may_engage(actor, subject) and (rows or actor.is_staff):
        agencies = list(Agency.objects.filter(state=Agency.State.REGISTERED, division=subject.division_id))
    if not rows and not agencies:
        return ""
    return render_to_string("intermediaries/_case.html", {
        "rows": rows, "agencies": [(a.pk, f"{a.name}（{a.get_trade_display()}，{a.promised_days}个工作日）")
                                   for a in agencies], "case": subject, "staff": actor.is_staff}, request)
