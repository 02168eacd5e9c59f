"""Powers of attorney on line: one asks, the other signs; either ends it at any minute."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.cases.api import (
    access_mandate,
    ask_mandate,
    decline_mandate,
    give_mandate,
    mandates_given,
    mandates_held,
    revoke_mandate,
)
from zhengwu.kernel.cases.models import Case, Mandate
from zhengwu.kernel.directory.api import Actor, request_actor
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, NotFound, Problem
from zhengwu.modules.hall.views.face import go, page, signed_in

TERMS = [("30", "一个月"), ("90", "三个月"), ("180", "半年"), ("365", "一年")]
CASES = 50
WORDS = {"asked": "yellow", "given": "green", "declined": "quiet", "revoked": "quiet"}


def _words(row: Mandate) -> tuple[str, str]:
    """State in words and its colour; one that ran out says so."""
    if row.state in (Mandate.State.GIVEN, Mandate.State.ASKED) and row.valid_to <= now():
        return "已到期", "quiet"
    return row.get_state_display(), WORDS[row.state]


def _person(request: HttpRequest) -> Actor:
    actor = request_actor(request)
    if actor.is_staff:
        raise Denied("applicants-only", "工作账号不能委托或者代理，请用个人或法人账号", "not for staff accounts")
    return actor


@signed_in
@require_http_methods(["GET", "POST"])
def mandates(request: HttpRequest) -> HttpResponse:
    """/my/mandates/ — those I gave, those I hold, and asking somebody for one."""
    actor, sent = _person(request), request.POST
    problem: Problem | None = None
    if request.method == "POST":
        matter = Matter.objects.filter(code=sent.get("matter", "")[:60]).first() if sent.get("matter") else None
        try:
            if sent.get("matter") and matter is None:
                raise NotFound("no-such-matter", "没有这个事项，请从办事指南进入", "no such matter", field="matter")
            row = ask_mandate(
                by=actor,
                evidence=Mandate.Evidence.ONLINE,
                grantor_name=sent.get("name", ""),
                grantor_id=sent.get("number", ""),
                matter=matter,
                scope=sent.get("scope", ""),
                days=whole(sent.get("days")) or 0,
                url=reverse("hall:mandates"),
            )
            messages.success(request, f"已请{row.grantor_name}在线授权，对方同意后会通知您")
            return go(request, "mandates")
        except Problem as refused:
            problem = refused
    return page(request, "mandates", _context(request, actor, problem), status=problem.status if problem else 200)


def _context(request: HttpRequest, actor: Actor, problem: Problem | None) -> dict[str, Any]:
    matter = Matter.objects.filter(code=request.GET.get("matter", "")[:60]).first()
    errors = (getattr(problem, "errors", None) or {problem.field or "grantor_id": problem.zh}) if problem else {}
    return {
        "given": [(row, *_words(row)) for row in mandates_given(actor)[:50]],
        "held": [(row, *_words(row), _usable(row)) for row in mandates_held(actor)[:50]],
        "terms": TERMS,
        "typed": request.POST or {"days": "180"},
        "matter": matter,
        "problem": problem,
        "errors": errors,
    }


def _usable(row: Mandate) -> bool:
    return row.state == Mandate.State.GIVEN and row.valid_from <= now() < row.valid_to


@signed_in
@require_GET
def mandate(request: HttpRequest, pk: int) -> HttpResponse:
    """/my/mandates/<pk>/ — what is asked, by whom, for how long, and every case it was used in."""
    actor = _person(request)
    row = access_mandate(actor, pk)
    state, colour = _words(row)
    giver = row.grantor_id == actor.account_id
    used = Case.objects.filter(parties__mandate=row)
    if not giver:
        used = used.visible_to(actor)
    context = {
        "row": row,
        "state": state,
        "colour": colour,
        "giver": giver,
        "asked": row.state == Mandate.State.ASKED and row.valid_to > now(),
        "usable": _usable(row),
        "cases": list(used.order_by("-opened_at").distinct()[:CASES]),
        "facts": [
            ("委托人", row.grantor_name),
            ("受托人", row.agent.name),
            ("事项", row.matter.name if row.matter else "各项政务服务事项"),
            ("权限", row.scope),
            ("授权方式", row.get_evidence_display()),
        ],
    }
    return page(request, "mandate", context)


@signed_in
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The button of a mandate: ``go`` ∈ give, decline, revoke."""
    actor = _person(request)
    deeds = {"give": (give_mandate, "已授权，您可以随时撤回"), "decline": (decline_mandate, "已答复：不同意"),
             "revoke": (revoke_mandate, "授权已撤回，对方现在起不能再代办")}
    deed, words = deeds.get(request.POST.get("go", ""), (None, ""))
    if deed is None:
        return go(request, "mandate", pk)
    try:
        deed(mandate_id=pk, by=actor)
        messages.success(request, words)
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return go(request, "mandate", pk)
