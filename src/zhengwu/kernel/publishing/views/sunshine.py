"""The sunshine page: how the whole city's offices do, to the minute."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.publishing.decisions import KIND
from zhengwu.kernel.publishing.selectors import Period, published
from zhengwu.kernel.publishing.sunshine import WINDOW_DAYS, sunshine

LATEST = 8


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """/sunshine/ — figures, what they mean, and the latest decisions."""
    sun = sunshine()
    return render(request, "publishing/sunshine.html", {
        "sun": sun, "window": WINDOW_DAYS, "latest": list(published(kind=KIND)[:LATEST]),
        "today_public": published(kind=KIND, period=Period.of(sun.day.isoformat())).count()})
