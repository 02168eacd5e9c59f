"""A certificate as its holder sees it: page, paper, list."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.api import request_actor
from zhengwu.kernel.files.api import open_file
from zhengwu.lib import qr
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.selectors import access_certificate
from zhengwu.modules.certificates.services.seal import check_url, paper_of, public_url, shown_code

PAGE = 20


@require_GET
@login_required
def page(request: HttpRequest, identifier: str) -> HttpResponse:
    """/certificates/<identifier>/ — for whoever may see the case."""
    found = access_certificate(request_actor(request), identifier)
    address = check_url(found.identifier, public_url(request))
    picture = mark_safe(qr.svg(address, label="核验二维码"))  # noqa: S308 - drawn by ourselves
    return render(request, "certificates/certificate.html", {
        "certificate": found, "code": shown_code(found), "check_url": address, "qr": picture})


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
def mine(request: HttpRequest) -> HttpResponse:
    """/my/certificates/ — what was issued to the one who asks, newest first."""
    rows = (Certificate.objects.filter(holder_id=request_actor(request).account_id).select_related("unit", "case")
            .order_by("-id"))
    return render(request, "certificates/mine.html", {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))})
