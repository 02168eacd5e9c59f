"""Choosing the post on the case's page; the clerk's list; the label."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, open_text, phone_of, request_actor, require_role
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.identifiers import mask_name, mask_phone
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.modules.delivery import carriers
from zhengwu.modules.delivery.models import Parcel
from zhengwu.modules.delivery.services.ask import CONTEXT, ask_post, cancel_post, may_ask
from zhengwu.modules.delivery.services.send import may_send, send_parcel

PAGE = 50


def case_post(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.results``: where the parcel is; for the applicant also the choice."""
    if request is None or not isinstance(subject, Case):
        return ""
    actor = request_actor(request)
    parcel = Parcel.objects.filter(case=subject).exclude(state="cancelled").prefetch_related("traces").first()
    asking = may_ask(actor, subject) and (parcel is None or parcel.state == Parcel.State.WANTED)
    if parcel is None and not asking:
        return ""
    typed = request.session.pop(f"post:{subject.number}", {}) if asking else {}
    return render_to_string("delivery/_case.html", {
        "parcel": parcel, "case": subject, "asking": asking, "typed": typed.get("typed", {}),
        "errors": typed.get("errors", {}), "may_send": parcel is not None and parcel.state == Parcel.State.WANTED
        and may_send(actor, parcel), "prefill": _prefill(request, actor) if asking else {}}, request)


def _prefill(request: HttpRequest, actor: Any) -> dict[str, str]:
    account: Any = request.user
    return {"recipient": account.name, "phone": phone_of(account) if account.phone_sealed else ""}


@require_POST
@login_required
def choose(request: HttpRequest, number: str) -> HttpResponse:
    """Chooses the post or changes the address; a refusal keeps what was typed."""
    typed = {name: request.POST.get(name, "") for name in ("recipient", "phone", "address")}
    try:
        ask_post(number=number, by=request_actor(request), **typed)
        messages.success(request, "已选择邮寄，办结后寄出，运单号会通知您")
    except (NotFound, Denied):
        raise
    except Problem as problem:
        errors = problem.errors if isinstance(problem, Invalid) else {}
        request.session[f"post:{number}"] = {"typed": typed, "errors": errors}
        messages.error(request, "；".join(errors.values()) or problem.zh)
    return redirect("hall:case", number=number)


@require_POST
@login_required
def fetch(request: HttpRequest, number: str) -> HttpResponse:
    """Fetches it at the window after all."""
    try:
        cancel_post(number=number, by=request_actor(request))
        messages.success(request, "已改为窗口自取")
    except (NotFound, Denied):
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("hall:case", number=number)


@require_GET
@require_role(*WORKERS)
def parcels(request: HttpRequest) -> HttpResponse:
    """/desk/parcels/ — what waits and what is under way; names and numbers masked."""
    rows = Parcel.objects.to_send(request_actor(request)).select_related("case").order_by("-id")
    state = request.GET.get("state", "")
    if state in Parcel.State.values:
        rows = rows.filter(state=state)
    if words := request.GET.get("q", "").strip()[:50]:
        rows = rows.filter(tracking=words) | rows.filter(case__number=words)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(p, mask_name(open_text(p.recipient_sealed, CONTEXT)), mask_phone(open_text(p.phone_sealed, CONTEXT)))
             for p in page]
    return render(request, "delivery/parcels.html", {"page": page, "rows": shown, "groups": [
        {"name": "state", "label": "状态", "options": Parcel.State.choices}]})


@require_POST
@require_role(*WORKERS)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Books the carrier and goes to the label."""
    try:
        parcel = send_parcel(parcel_id=pk, by=request_actor(request))
    except (NotFound, Denied):
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
        return redirect("delivery:parcels")
    messages.success(request, f"已寄出，运单号 {parcel.tracking}")
    return redirect("delivery:label", pk=pk)


@require_GET
@require_role(*WORKERS)
def label(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/parcels/<pk>/label/ — the address in full, for the printer; each look is entered on the case's stream."""
    actor = request_actor(request)
    parcel = Parcel.objects.to_send(actor).select_related("case__unit").filter(pk=pk).first()
    if parcel is None or parcel.state not in {Parcel.State.WANTED, Parcel.State.SENT}:
        raise NotFound("no-such-parcel", "没有待寄或在途的这份邮件", "no such parcel for you")
    append(parcel.case.number, actor.by(), [Entry("parcel.address_shown", {"parcel": parcel.pk})])
    return render(request, "delivery/label.html", {
        "parcel": parcel, "recipient": open_text(parcel.recipient_sealed, CONTEXT),
        "phone": open_text(parcel.phone_sealed, CONTEXT), "address": open_text(parcel.address_sealed, CONTEXT),
        "carrier": carriers.get(parcel.carrier).label if parcel.carrier else ""})
