"""The seals as published: a list, and each as JSON."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengwu.kernel.ledger import selectors
from zhengwu.lib import canonical

_PAGE = 50


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """GET /seals/: newest first, ``?page=``."""
    shown = Paginator(selectors.seals(), _PAGE).get_page(request.GET.get("page"))
    rows = [{"seal": seal, "root": bytes(seal.root).hex()} for seal in shown]
    latest = selectors.latest_seal()
    return render(request, "ledger/seals.html", {"page": shown, "rows": rows, "latest": latest})


@require_safe
def as_json(request: HttpRequest, number: int) -> HttpResponse:
    """GET /seals/<n>.json: canonical JSON; a seal never changes, so it may be kept."""
    found = selectors.seals().filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise Http404
    answer = HttpResponse(canonical.dumps(selectors.seal_dict(found)), content_type="application/json")
    answer["Cache-Control"] = "public, max-age=86400"
    answer["Access-Control-Allow-Origin"] = "*"  # the stand-alone page and other people's tools may read it
    return answer
