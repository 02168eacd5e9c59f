"""The sunshine page: how the whole city's offices do, to the minute."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.publishing.decisions import KIND
from zhengwu.kernel.publishing.selectors import published, published_days
from zhengwu.kernel.publishing.sunshine import WINDOW_DAYS, sunshine

LATEST = 8


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """/sunshine/ — figures, what they mean, and the latest decisions."""
    sun = sunshine()
    public = published_days(KIND, sun.days[0].date)
    return render(request, "publishing/sunshine.html", {
        "sun": sun, "city": sun.city, "window": WINDOW_DAYS, "latest": list(published(kind=KIND)[:LATEST]),
        "days": [(day, public.get(day.date, 0)) for day in reversed(sun.days)],
        "applied": sum(day.applied for day in sun.days), "answered": sum(day.answered for day in sun.days),
        "today_public": public.get(sun.day, 0)})
