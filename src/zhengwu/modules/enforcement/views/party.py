"""What the party concerned sees: only their own cases, only what was served, and where to answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.cases.api import state_label
from zhengwu.kernel.cases.views.presenting import clock_panels
from zhengwu.kernel.directory.api import request_actor
from zhengwu.lib.paging import Cursor, decode, encode
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.paperwork import SERVED
from zhengwu.modules.enforcement.proposals import heavy
from zhengwu.modules.enforcement.selectors import access_mine, my_affairs
from zhengwu.modules.enforcement.services.plead import plead

PAGE = 20


@require_GET
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """/my/affairs/ — cases concerning me, the newest first."""
    rows = my_affairs(request_actor(request)).order_by("-pk")
    if cursor := request.GET.get("cursor", ""):
        (last,) = decode(cursor, int)
        rows = rows.filter(pk__lt=last)
    found = list(rows[: PAGE + 1])
    for affair in found:
        affair.words = state_label(affair.case.kind, affair.case.state)  # type: ignore[attr-defined]
        affair.family = FAMILIES[affair.case.kind].title  # type: ignore[attr-defined]
    return render(request, "enforcement/mine.html", {
        "rows": found[:PAGE], "page": Cursor(next=encode(found[PAGE - 1].pk) if len(found) > PAGE else None)})


@require_http_methods(["GET", "POST"])
@login_required
def page(request: HttpRequest, number: str) -> HttpResponse:
    """/my/affairs/<number>/ — papers, rights, and the form for a statement while the case waits for it."""
    actor = request_actor(request)
    affair = access_mine(actor, number)
    if request.method == "GET":
        return _page(request, affair, {})
    text, hearing = request.POST.get("text", ""), request.POST.get("hearing") == "on"
    try:
        plead(number=number, by=actor, text=text, hearing=hearing)
    except NotFound:
        raise
    except Problem as problem:
        more = {"problem": problem, "errors": getattr(problem, "errors", {}), "text": text, "hearing": hearing}
        return _page(request, affair, more, problem.status)
    messages.success(request, "已提交，办案机关会复核并记入案卷")
    return redirect("enforcement:mine_page", number=number)


def _page(request: HttpRequest, affair: Affair, more: dict[str, Any], status: int = 200) -> HttpResponse:
    case = affair.case
    waits = case.steps.filter(kind="plead", closed_at=None).order_by("id").first()
    return render(request, "enforcement/mine_page.html", {
        "affair": affair, "case": case, "state": state_label(case.kind, case.state), "waits": waits,
        "facts": [("案由", affair.subject), ("办案机关", case.unit.name), ("联系电话", case.unit.phone),
                  ("现在的状态", state_label(case.kind, case.state)), ("案件编号", case.number)],
        "papers": list(case.documents.filter(kind__in=SERVED)), "statements": list(affair.statements.all()),
        "may_be_heard": heavy(affair.proposal, affair.party_kind),
        "clocks": clock_panels(case) if case.closed_at is None else [], "errors": {}, **more}, status=status)
