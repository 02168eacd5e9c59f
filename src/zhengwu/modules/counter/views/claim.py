"""A citizen claims what they asked for at a window."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.api import claim_cases
from zhengwu.kernel.directory.api import address_of, request_actor
from zhengwu.lib.problem import Problem
from zhengwu.ui.registry import places


@login_required
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """/my/claim/ — by the receipt in hand; all cases of the same person come along."""
    actor = request_actor(request)
    typed = {k: request.POST.get(k, "").strip()[:50] for k in ("number", "code")}
    if request.method != "POST":
        return render(request, "counter/claim.html", {"typed": typed})
    try:
        cases = claim_cases(by=actor, number=typed["number"], code=typed["code"], address=address_of(request))
    except Problem as problem:
        return render(request, "counter/claim.html", {"typed": typed, "problem": problem}, status=problem.status)
    messages.success(request, f"已认领{len(cases)}件，都在“我的办件”里了" if cases else "这件已经在您的账号里")
    return redirect(places.url("profile") or "/")
