"""What the issuing organ does to a certificate besides its status: change, reissue, decide a renewal; holders' ends."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.certificates.models import HolderEnd
from zhengwu.modules.certificates.selectors import access_certificate
from zhengwu.modules.certificates.services.change import change, reissue
from zhengwu.modules.certificates.services.holders import record_end
from zhengwu.modules.certificates.services.renew import decide
from zhengwu.modules.certificates.services.status import may_change


@require_http_methods(["GET", "POST"])
@require_role(Role.HEAD, Role.LEADER)
def change_page(request: HttpRequest, identifier: str) -> HttpResponse:
    """/desk/certificates/<identifier>/change/ — the face item by item; a new version comes of it."""
    actor = request_actor(request)
    found = access_certificate(actor, identifier)
    if not may_change(actor, found):
        raise NotFound("no-such-certificate", "没有这份证照，或者不由您变更", "not yours to change")
    labels = [label for label, _ in found.face]
    labels += [f["label"] for f in (found.kind.fields if found.kind else []) if f["label"] not in labels]
    texts = dict(found.face)
    context = {"certificate": found, "holder_name": found.holder_name, "reason": "", "errors": {}}
    status = 200
    if request.method == "POST":
        texts = {label: request.POST.get(f"face-{n}", "") for n, label in enumerate(labels)}
        context |= {"holder_name": request.POST.get("holder_name", ""), "reason": request.POST.get("reason", "")}
        try:
            fresh = change(identifier=identifier, face=[(k, v) for k, v in texts.items() if v.strip()],
                           holder_name=str(context["holder_name"]), reason=str(context["reason"]), by=actor)
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {})}
            status = problem.status
        else:
            messages.success(request, f"已换发第{fresh.version}版，原版本失效，已通知持证主体")
            return redirect("certificates:detail", identifier=fresh.identifier)
    context["rows"] = [(f"face-{n}", label, texts.get(label, "")) for n, label in enumerate(labels)]
    return render(request, "certificates/change.html", context, status=status)


@require_POST
@require_role(Role.HEAD, Role.LEADER)
def reissue_one(request: HttpRequest, identifier: str) -> HttpResponse:
    """Reissues after loss or damage; a refusal is told on the certificate's page."""
    try:
        fresh = reissue(identifier=identifier, reason=request.POST.get("reason", ""), by=request_actor(request))
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, _words(problem))
        return redirect("certificates:detail", identifier=identifier)
    messages.success(request, f"已补发第{fresh.version}版，原版本失效，已通知持证主体")
    return redirect("certificates:detail", identifier=fresh.identifier)


@require_POST
@require_role(Role.HEAD, Role.LEADER)
def decide_renewal(request: HttpRequest, pk: int) -> HttpResponse:
    """Grants or refuses a renewal."""
    grant = request.POST.get("decision") == "grant"
    try:
        done = decide(renewal_id=pk, grant=grant, reason=request.POST.get("reason", ""), by=request_actor(request))
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, _words(problem))
        return redirect("certificates:desk")
    messages.success(request, f"延续申请已决定：{done.get_state_display()}，已通知持证主体")
    return redirect("certificates:detail", identifier=(done.result or done.certificate).identifier)


def _words(problem: Problem) -> str:
    return "；".join([problem.zh, *problem.extra.get("errors", {}).values()])


@require_http_methods(["GET", "POST"])
@require_role(Role.HEAD, Role.LEADER, Role.CENTRE)
def ends(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/ends/ — records a death or dissolution, and shows what has to be cancelled now."""
    context: dict[str, object] = {"errors": {}, "kinds": HolderEnd.Kind.choices}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("kind", "code", "on", "source")}
        context |= typed
        try:
            row, held = record_end(kind=typed["kind"], code=typed["code"], on=day_of(typed["on"]) or date.max,
                                   source=typed["source"], by=request_actor(request))
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {problem.field: problem.zh})}
            status = problem.status
        else:
            context = {"errors": {}, "kinds": HolderEnd.Kind.choices, "recorded": row, "held": held}
    context["recent"] = list(HolderEnd.objects.select_related("unit").order_by("-id")[:20])
    return render(request, "certificates/ends.html", context, status=status)


def day_of(text: str) -> date | None:
    """An ISO day, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
