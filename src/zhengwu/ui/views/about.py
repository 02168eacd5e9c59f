"""About this site: how to reach us, report an error, and use it with aids."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """One page with the anchors #contact, #errors and #accessibility that the footer links to."""
    return render(request, "ui/about.html")
