"""/desk/sms/ — a telephone of paper: sends what somebody might send, shows the reply. Closed with a real gateway."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.drivers import LogDriver, driver_of
from zhengwu.kernel.notifications.inbound import receive, recent
from zhengwu.lib.canonical import moment
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Problem


@require_role(Role.SYSADMIN, Role.RECEPTION)
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET the last messages; POST ``phone`` and ``text``. Refused where messages really leave the house: nobody may
    speak for somebody else's number."""
    real = not isinstance(driver_of("sms"), LogDriver)
    sent = request.POST
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if real:
                raise Conflict("gateway-runs", "已接入短信网关，不能模拟他人发送短信", "a real gateway is connected")
            who = request_actor(request)
            key = sent.get("key", "")[:60] or moment(now())
            receive(sender_phone=sent.get("phone", ""), text=sent.get("text", ""), key=f"desk:{who.account_id}:{key}")
            append("sms:simulator", who.by(), [Entry("sms.simulated", {"key": key})])
            return redirect("notifications:sms")
        except Problem as refused:
            problem = refused
    context = {
        "rows": recent(),
        "real": real,
        "problem": problem,
        "errors": (getattr(problem, "errors", None) or {problem.field: problem.zh}) if problem else {},
        "typed": sent,
        "key": moment(now()),
    }
    return render(request, "notifications/sms.html", context, status=problem.status if problem else 200)
