"""Penalties and inspection results, for everybody (行政处罚法 §48)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.publishing.api import published
from zhengwu.lib.paging import Cursor, decode, encode
from zhengwu.modules.enforcement.publicity import INSPECTION, PENALTY

PAGE = 30
NAMES = {PENALTY: "行政处罚决定", INSPECTION: "行政检查结果"}


@require_GET
def publicity(request: HttpRequest) -> HttpResponse:
    """/enforcement/ — by kind, newest first; each row opens its publication with its proof."""
    kind = request.GET.get("kind", PENALTY)
    kind = kind if kind in NAMES else PENALTY
    rows = published(kind=kind, division=request.GET.get("division", "")[:12]).order_by("-pk")
    if cursor := request.GET.get("cursor", ""):
        (last,) = decode(cursor, int)
        rows = rows.filter(pk__lt=last)
    found = list(rows.select_related("unit")[: PAGE + 1])
    return render(request, "enforcement/publicity.html", {
        "kind": kind, "title": NAMES[kind], "rows": found[:PAGE],
        "tabs": [{"label": label, "url": f"?kind={code}", "current": code == kind} for code, label in NAMES.items()],
        "page": Cursor(next=encode(found[PAGE - 1].pk) if len(found) > PAGE else None)})
