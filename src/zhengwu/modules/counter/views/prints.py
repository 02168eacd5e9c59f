"""Printed sheets of a matter; public, as its guide is."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from zhengwu.kernel.matters.api import access_matter
from zhengwu.lib.problem import NotFound
from zhengwu.modules.counter.printing import SHEETS, sheet


@require_GET
def pdf(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """/print/<code>/<kind>.pdf — card, fold or notice."""
    if kind not in SHEETS:
        raise NotFound("no-such-sheet", "没有这种打印件", "no such sheet")
    matter = access_matter(code)
    response = HttpResponse(sheet(matter, kind), content_type="application/pdf")
    response["Content-Disposition"] = str(content_disposition_header(False, f"{SHEETS[kind]}-{matter.name[:40]}.pdf"))
    return response
