"""A certificate as its holder sees it: page, paper, list, renewal, and showing it to somebody."""

from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import address_of, count_attempt, request_actor
from zhengwu.kernel.files.api import open_file
from zhengwu.lib import qr
from zhengwu.lib.now import today
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.certificates.models import Certificate, CertificatePaper
from zhengwu.modules.certificates.selectors import access_certificate, versions
from zhengwu.modules.certificates.services.paperwork import paper_bytes
from zhengwu.modules.certificates.services.present import MINUTES, present, seen
from zhengwu.modules.certificates.services.renew import ask, last_to_ask, may_ask
from zhengwu.modules.certificates.services.seal import check_url, paper_of, public_url, shown_code

PAGE = 20
RENEW_SHOWN_DAYS = 400


@require_GET
@login_required
def page(request: HttpRequest, identifier: str) -> HttpResponse:
    """/certificates/<identifier>/ — for whoever may see it; the holder also sees who looked at it and may renew."""
    actor = request_actor(request)
    found = access_certificate(actor, identifier)
    address = check_url(found.identifier, public_url(request))
    picture = mark_safe(qr.svg(address, label="核验二维码"))  # noqa: S308 - drawn by ourselves
    mine = found.holder_id is not None and found.holder_id == actor.account_id
    return render(request, "certificates/certificate.html", {
        "certificate": found, "code": shown_code(found), "check_url": address, "qr": picture, "mine": mine,
        "papers": list(found.papers.all()), "versions": versions(found),
        "accesses": list(found.accesses.all()[:50]) if mine else [], **(_renewal(found) if mine else {})})


def _renewal(found: Certificate) -> dict[str, object]:
    """What the holder may know and do about renewal; nothing while the end is far."""
    end, day = found.valid_to, today()
    if end is None or found.state != Certificate.Status.NORMAL or (end - day).days > RENEW_SHOWN_DAYS:
        return {}
    try:
        return {"renewal": found.renewals.order_by("-id").first(), "ask_until": last_to_ask(found),
                "may_ask": may_ask(found, day), "renewable": True}
    except Problem as problem:  # a year whose holidays are not announced yet
        return {"renewable": True, "may_ask": may_ask(found, day), "no_calendar": problem.zh}


@require_POST
@login_required
def renew(request: HttpRequest, identifier: str) -> HttpResponse:
    """The holder asks for renewal."""
    try:
        ask(identifier=identifier, by=request_actor(request))
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    else:
        messages.success(request, "延续申请已提交。有效期届满前没有作出决定的，依法视为准予延续")
    return redirect("certificates:page", identifier=identifier)


@require_http_methods(["GET", "POST"])
@login_required
def show(request: HttpRequest, identifier: str) -> HttpResponse:
    """/certificates/<identifier>/present/ — a code to show that lives for some minutes (POST makes it)."""
    found = access_certificate(request_actor(request), identifier)
    context: dict[str, object] = {"certificate": found, "minutes": MINUTES}
    status = 200
    if request.method == "POST":
        try:
            shown = present(identifier=identifier, by=request_actor(request))
        except NotFound:
            raise
        except Problem as problem:
            context["problem"], status = problem, problem.status
        else:
            address = f"{public_url(request)}{reverse('certificates:presented', args=[shown.code])}"
            context |= {"shown": shown, "address": address,
                        "qr": mark_safe(qr.svg(address, label="亮证码"))}  # noqa: S308 - drawn by ourselves
    return render(request, "certificates/present.html", context, status=status)


@require_GET
def presented(request: HttpRequest, code: str) -> HttpResponse:
    """/certificates/present/<code>/ — what somebody shows me. Throttled; the look is written down."""
    count_attempt(key=f"certificate-present:{address_of(request)}", limit=60, minutes=10)
    actor = request_actor(request)
    unit = actor.posts[0].unit_name if actor.posts else "未登录的扫码人"
    shown = seen(code=code, by=actor, unit_name=unit)
    return render(request, "certificates/presented.html", {
        "certificate": shown.certificate, "code": shown_code(shown.certificate), "until": shown.until})


@require_GET
@login_required
def pdf(request: HttpRequest, identifier: str) -> FileResponse:
    """/certificates/<identifier>.pdf — made at the first download."""
    actor = request_actor(request)
    found = access_certificate(actor, identifier)
    stored, stream = open_file(actor, paper_of(found, public_url(request)).pk)
    return FileResponse(stream, filename=stored.name, content_type=stored.media_type)


@require_GET
@login_required
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """/certificates/papers/<id>.pdf — a decision about a certificate, for whoever may see the certificate."""
    visible = Certificate.objects.visible_to(request_actor(request))
    row = (CertificatePaper.objects.filter(pk=pk, certificate__in=visible)
           .select_related("certificate__unit", "certificate__case", "file").first())
    if row is None:
        raise NotFound("no-such-paper", "没有这份文书，或者您无权查看", "no such paper for you")
    return FileResponse(BytesIO(paper_bytes(row)), filename=f"{row.title}-{row.number}.pdf",
                        content_type="application/pdf")


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """/my/certificates/ — what was issued to the one who asks, in force first; replaced versions stand behind."""
    rows = (Certificate.objects.filter(holder_id=request_actor(request).account_id, follower=None)
            .select_related("unit", "case").order_by("-id"))
    return render(request, "certificates/mine.html", {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))})
