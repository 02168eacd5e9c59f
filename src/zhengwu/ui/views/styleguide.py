"""The living style guide: every component with nothing, with much, and with names that are too long."""

import os
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengwu.ui.views.samples import SampleForm, samples

PAGES = {"": "ui/styleguide/public.html", "desk": "ui/styleguide/desk.html", "paper": "ui/styleguide/paper.html"}


@require_safe
def styleguide(request: HttpRequest, page: str = "") -> HttpResponse:
    """``/styleguide/`` (citizens), ``…/desk/``, ``…/paper/``; 404 unless DEBUG or ZW_STYLEGUIDE=1."""
    if not (settings.DEBUG or os.environ.get("ZW_STYLEGUIDE") == "1") or page not in PAGES:
        raise Http404
    context: dict[str, Any] = samples()
    context["form"] = SampleForm({"name": "", "phone": "12", "kind": "new"})
    context["fresh"] = SampleForm(prefix="fresh")
    return render(request, PAGES[page], context)
