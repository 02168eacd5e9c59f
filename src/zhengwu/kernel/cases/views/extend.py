"""The leader's extension of a case's limits: a form beside the case, shown only to whom it may concern."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.extend import extend, may_extend
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, NotFound, Problem


def extension_form(request: HttpRequest | None, case: Case) -> str:
    """For the slot "case.aside": the form, or nothing."""
    rule = kinds.get(case.kind).extension
    if request is None or rule is None or not may_extend(request_actor(request), case):
        return ""
    most, basis = rule(case)
    return render_to_string("cases/_extend.html", {"case": case, "most": most.n, "basis": basis}, request=request)


@require_POST
@require_role(Role.LEADER)
def extend_case(request: HttpRequest, number: str) -> HttpResponse:
    """/desk/cases/<number>/extend/"""
    days = request.POST.get("days", "")
    try:
        extend(
            number=number,
            by=request_actor(request),
            days=whole(days) or 0,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, f"已批准延长{days}个工作日，并告知申请人")
    except (NotFound, Denied):
        raise
    except Problem as problem:
        messages.error(request, "；".join(getattr(problem, "errors", {}).values()) or problem.zh)
    return redirect("cases:case", number=number)
