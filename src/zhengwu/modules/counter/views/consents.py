"""Consent of a villager, recorded: asked, given by code or photo, taken back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.cases.api import (
    access_mandate,
    ask_mandate,
    decline_mandate,
    give_mandate,
    mandates_held,
    revoke_mandate,
)
from zhengwu.kernel.cases.mandates import PAPER, in_force, may_record_withdrawal
from zhengwu.kernel.cases.models import Mandate
from zhengwu.kernel.cases.services.mandates import DAYS, code_ends
from zhengwu.kernel.directory.api import Role, blind_index, open_text, request_actor, require_role
from zhengwu.kernel.files.api import store
from zhengwu.lib.identifiers import mask_id, mask_phone
from zhengwu.lib.now import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, Problem
from zhengwu.modules.counter.readers import parse_line

PAGE = 20
_WAYS = [("sms", "短信验证码：委托人念出手机收到的六位数字"), ("paper", "纸质委托书：拍下委托人签字的委托书")]
_TERMS = [("30", "30天"), ("180", "半年"), ("365", "一年")]


def _errors(problem: Problem) -> dict[str, str]:
    return problem.errors if isinstance(problem, Invalid) else {problem.field: problem.zh}


def _shown(mandate: Mandate) -> Mandate:
    """With what the page shows: numbers masked, and whether it may be used now."""
    mandate.masked = mask_id(open_text(mandate.grantor_id_sealed, "citizen_id"))  # type: ignore[attr-defined]
    mandate.phone = mask_phone(open_text(mandate.grantor_phone_sealed, "phone"))  # type: ignore[attr-defined]
    holds = mandate.state == Mandate.State.GIVEN and mandate.valid_from <= now() < mandate.valid_to
    mandate.holds = holds  # type: ignore[attr-defined]
    mandate.words = "已到期" if mandate.state == Mandate.State.GIVEN and not holds else mandate.get_state_display()  # type: ignore[attr-defined]
    return mandate


@require_GET
@require_role(Role.AGENT)
def consents(request: HttpRequest) -> HttpResponse:
    """/agent/consents/ — everybody who lets me act for them."""
    rows = mandates_held(request_actor(request))
    phase = request.GET.get("phase", "")
    if phase == "holds":
        rows = rows.filter(in_force(now()))
    elif phase == "over":
        rows = rows.exclude(in_force(now())).exclude(state=Mandate.State.ASKED)
    if words := request.GET.get("q", "").strip()[:40]:
        rows = rows.filter(grantor_name__startswith=words)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        _shown(row)
    phases = [("holds", "有效"), ("over", "已撤回、到期")]
    return render(request, "counter/consents.html", {
        "page": page, "phase": phase, "groups": [{"name": "phase", "label": "授权", "options": phases}],
    })


@require_http_methods(["GET", "POST"])
@require_role(Role.AGENT)
def ask(request: HttpRequest) -> HttpResponse:
    """/agent/consents/new/ — who asks me to act, and how they say so."""
    typed: dict[str, Any] = {"evidence": "sms", "days": str(DAYS)}
    if request.method != "POST":
        return _ask_page(request, typed, {})
    typed |= {k: request.POST.get(k, "").strip()[:200] for k in ("grantor_name", "grantor_id", "grantor_phone",
                                                                   "evidence", "days")}
    if card := parse_line(typed["grantor_id"]):
        typed |= {"grantor_id": card.number, "grantor_name": card.name}
    try:
        mandate = ask_mandate(
            by=request_actor(request), evidence=typed["evidence"], grantor_name=typed["grantor_name"],
            grantor_id=typed["grantor_id"], grantor_phone=typed["grantor_phone"], days=whole(typed["days"]) or 0,
        )
    except Problem as problem:
        return _ask_page(request, typed, _errors(problem), status=problem.status)
    if mandate.evidence == Mandate.Evidence.SMS:
        messages.success(request, "验证码已发到委托人的手机，请委托人念给您听")
    return redirect("counter:consent", pk=mandate.pk)


def _ask_page(request: HttpRequest, typed: dict[str, Any], errors: dict[str, str], status: int = 200) -> HttpResponse:
    context = {"typed": typed, "errors": errors, "ways": _WAYS, "terms": _TERMS}
    return render(request, "counter/consent_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_role(Role.AGENT, Role.CLERK, Role.RECEPTION, Role.CENTRE)
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """/agent/consents/<pk>/ — code or photo; afterwards what it allows."""
    actor = request_actor(request)
    mandate = access_mandate(actor, pk)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            paper = None
            if upload := request.FILES.get("paper"):
                paper = store(name=upload.name or "", stream=upload, owner=actor, purpose=PAPER)
            give_mandate(mandate_id=pk, by=actor, code=request.POST.get("code", "")[:12], paper=paper)
            messages.success(request, "授权已生效，可以开始代办")
            return redirect("counter:consent", pk=pk)
        except Problem as problem:
            errors = _errors(problem)
            errors = {("paper" if k == "file" else k): v for k, v in errors.items()}
    return render(request, "counter/consent.html", {
        "mandate": _shown(mandate),
        "errors": errors,
        "mine": mandate.agent_id == actor.account_id,
        "code_ends": code_ends(mandate),
        "code_over": now() >= code_ends(mandate),
    }, status=422 if errors else 200)


@require_POST
@require_role(Role.AGENT)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """The code has run out or was not received: the old request is dropped, a new one sent."""
    actor = request_actor(request)
    old = access_mandate(actor, pk)
    try:
        fresh = ask_mandate(
            by=actor, evidence=old.evidence, grantor_name=old.grantor_name,
            grantor_id=open_text(old.grantor_id_sealed, "citizen_id"),
            grantor_phone=open_text(old.grantor_phone_sealed, "phone"), matter=old.matter, scope=old.scope,
            days=max(1, (old.valid_to - old.valid_from).days),
        )
        decline_mandate(mandate_id=pk, by=actor)
        messages.success(request, "新的验证码已发出")
        return redirect("counter:consent", pk=fresh.pk)
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("counter:consent", pk=pk)


@require_POST
@require_role(Role.AGENT, Role.CLERK, Role.RECEPTION, Role.CENTRE)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Taken back, from this moment on."""
    actor = request_actor(request)
    try:
        mandate = access_mandate(actor, pk)
        if mandate.state == Mandate.State.ASKED:
            decline_mandate(mandate_id=pk, by=actor)
            messages.success(request, "已登记：委托人不同意")
        else:
            revoke_mandate(mandate_id=pk, by=actor)
            messages.success(request, "授权已撤回，从现在起不能再代办")
    except Problem as problem:
        if problem.status == 404:
            raise
        messages.error(request, problem.zh)
    return redirect("counter:consents" if actor.has_role(Role.AGENT) else "counter:consents_desk")


@require_http_methods(["GET", "POST"])
@require_role(Role.CLERK, Role.RECEPTION, Role.CENTRE)
def desk(request: HttpRequest) -> HttpResponse:
    """/counter/consents/ — a villager comes to the window to take a mandate back: found by their number alone.

    The number travels in a POST, never in an address.
    """
    actor, number = request_actor(request), request.POST.get("number", "").strip()[:40]
    rows: list[Mandate] = []
    if number:
        index = blind_index(number)
        found = Mandate.objects.filter(grantor_index=index, state=Mandate.State.GIVEN).select_related("agent", "matter")
        rows = [_shown(m) for m in found[:50] if may_record_withdrawal(actor, m)]
    return render(request, "counter/consents_desk.html", {"rows": rows, "asked": bool(number)})

