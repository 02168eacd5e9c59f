"""Pages that let anybody check a proof: in the browser, off line, with OpenSSL."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from zhengwu.kernel.ledger.keys import trusted_keys
from zhengwu.kernel.ledger.openssl_steps import STEPS

_STATIC = Path(__file__).resolve().parent.parent / "static" / "ledger"
SCRIPTS = ("proof-core.js", "proof-check.js", "proof-page.js")


def _keys() -> str:
    return ",".join(sorted(trusted_keys()))


@cache
def _script() -> SafeString:
    """The scripts of the check page in one piece; ours, and free of "</" as a test makes sure."""
    return mark_safe("\n".join((_STATIC / name).read_text() for name in SCRIPTS))  # noqa: S308


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """GET /seals/check/: the check runs in the browser; nothing is uploaded."""
    return render(request, "ledger/check.html", {"keys": _keys()})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """GET /seals/offline.html: one file that checks proofs without any server, with this house's public keys in it."""
    answer = HttpResponse(render_to_string("ledger/offline.html", {"keys": _keys(), "script": _script()}))
    answer["Content-Disposition"] = "attachment; filename=zhengwu-proof-check.html"
    return answer


@require_safe
def openssl(request: HttpRequest) -> HttpResponse:
    """GET /seals/openssl/: the same check by hand."""
    return render(request, "ledger/openssl.html", {"steps": STEPS})
