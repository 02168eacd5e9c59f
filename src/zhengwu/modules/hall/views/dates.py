"""My dates in my own calendar: a secret address that can be changed or closed at any time."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.directory.api import address_of, count_attempt, request_actor
from zhengwu.modules.hall.services.feed import feed_of, make_feed, revoke_feed, secret_of
from zhengwu.modules.hall.views.face import go, page, signed_in

PER_HOUR = 240


@signed_in
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """/my/calendar/ — ``go`` ∈ make, revoke."""
    actor = request_actor(request)
    if request.method == "POST":
        if request.POST.get("go") == "revoke":
            revoke_feed(by=actor)
            messages.success(request, "订阅地址已停用")
        else:
            make_feed(by=actor)
            messages.success(request, "订阅地址已生成；以前的地址不再有效")
        return go(request, "calendar")
    secret = secret_of(actor)
    path = reverse("hall:feed", args=[secret]) if secret else ""
    base = settings.PUBLIC_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    return page(request, "calendar", {"url": f"{base}{path}" if path else "", "path": path})


@never_cache
@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """/calendar/<secret>.ics — for calendar programs, which cannot sign in. Guesses from one address are counted."""
    count_attempt(key=f"calendar-from:{address_of(request)}", limit=PER_HOUR, minutes=60)
    response = HttpResponse(feed_of(secret), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="my-affairs.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response
