"""Pages on which people evaluate: their own case, a paper slip's code typed in or scanned, a ticket's code."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhengwu.kernel.cases.api import case_of_slip
from zhengwu.kernel.cases.visits import Visit, by_code
from zhengwu.kernel.directory.api import ANONYMOUS, address_of, count_attempt, request_actor
from zhengwu.lib.problem import Conflict, NotFound, Problem
from zhengwu.modules.evaluation.models import Evaluation, level_of
from zhengwu.modules.evaluation.services.evaluate import already, evaluate, evaluate_own
from zhengwu.modules.evaluation.visiting import visit_of

LEVELS = list(Evaluation.Level.choices)
CODES_AN_HOUR = 300


@login_required
@require_POST
def own_case(request: HttpRequest, number: str) -> HttpResponse:
    """From the page of one's own case; a refusal is told on that page."""
    try:
        given = evaluate_own(number=number, by=request_actor(request), **_typed(request))
        messages.success(request, _thanks(given))
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, next(iter(problem.extra.get("errors", {}).values()), problem.zh))
    return redirect("hall:case", number=number)


@require_http_methods(["GET", "POST"])
def by_slip(request: HttpRequest) -> HttpResponse:
    """/evaluate/?number=&code= — the number and the code of the slip, typed in or by its QR, then the three questions.

    Looking up and evaluating both ask for the code again: nothing is kept between the two pages.
    """
    data = request.POST if request.method == "POST" else request.GET
    number, code = data.get("number", "").strip()[:50], data.get("code", "").strip()[:20]
    shown: dict[str, Any] = {"number": number, "code": code, "levels": LEVELS}
    if not number and not code:
        return render(request, "evaluation/slip.html", shown)
    try:
        visit = visit_of(case_of_slip(number, code, address=address_of(request)))
    except Problem as problem:
        return render(request, "evaluation/slip.html", shown | {"problem": problem}, status=problem.status)
    return _ask(request, visit, Evaluation.Channel.QR if data.get("by") == "qr" else Evaluation.Channel.SLIP, shown)


@require_http_methods(["GET", "POST"])
def by_ticket(request: HttpRequest, code: str) -> HttpResponse:
    """/evaluate/t/<code>/ — by the QR on a ticket of the queue, after it was served."""
    count_attempt(key=f"ticket-code:{address_of(request)}", limit=CODES_AN_HOUR, minutes=60)
    visit = by_code(code)
    if visit is None:
        raise NotFound("no-such-visit", "没有找到这次服务，或者还没有办理完", "no such visit, or not served yet")
    return _ask(request, visit, Evaluation.Channel.QR, {"levels": LEVELS})


def _ask(request: HttpRequest, visit: Visit, channel: str, shown: dict[str, Any]) -> HttpResponse:
    shown |= {"visit": visit, "channel": channel}
    if (request.method == "POST" and "level" in request.POST) or request.POST.get("go") == "give":
        typed = _typed(request)
        try:
            given = evaluate(visit=visit, channel=channel, by=ANONYMOUS, **typed)
        except Conflict as problem:
            return render(request, "evaluation/given.html", {"problem": problem}, status=problem.status)
        except Problem as problem:
            shown |= {"problem": problem, "errors": problem.extra.get("errors", {}), **typed}
            return render(request, "evaluation/give.html", shown, status=problem.status)
        return render(request, "evaluation/given.html", {"given": given, "thanks": _thanks(given)})
    if Evaluation.objects.filter(visit=visit.key).exists():
        return render(request, "evaluation/given.html", {"problem": already()}, status=409)
    return render(request, "evaluation/give.html", shown)


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {
        "level": level_of(request.POST.get("level")),
        "attitude": level_of(request.POST.get("attitude")),
        "skill": level_of(request.POST.get("skill")),
        "comment": request.POST.get("comment", ""),
    }


def _thanks(given: Evaluation) -> str:
    if given.bad:
        return "已收到您的评价。我们一个工作日内回访核实，五个工作日内反馈整改结果；被评价的人员不会知道您是谁。"
    return "感谢您的评价"
