"""Elders' mode (长者模式): a cookie, so that it also works without an account and without script."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from zhengwu.ui.context import LARGE_COOKIE

_YEAR = 365 * 24 * 3600


@require_safe
def large(request: HttpRequest) -> HttpResponse:
    """``?on=1`` or ``?on=0`` (else the opposite of now); goes back to ``?next=`` on this host, else home."""
    wanted = request.GET.get("on") or ("0" if request.COOKIES.get(LARGE_COOKIE) == "1" else "1")
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if wanted == "1":
        response.set_cookie(LARGE_COOKIE, "1", max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(LARGE_COOKIE, samesite="Lax")
    return response
