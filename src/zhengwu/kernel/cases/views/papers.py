"""The papers of a case: one list for applicant and staff, each as PDF, several as one printing sheet."""

from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases.models import Document
from zhengwu.kernel.cases.papers import find
from zhengwu.kernel.cases.selectors import access_case
from zhengwu.kernel.cases.services.printing import print_of, printing_sheet
from zhengwu.kernel.directory.api import request_actor
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound


@require_GET
def paper(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A paper of a case as PDF, for whoever may see the case."""
    case = access_case(request_actor(request), number)
    row = Document.objects.filter(case=case, pk=pk).select_related("file").first()
    if row is None:
        raise NotFound("no-such-paper", "没有这份文书", "no such paper")
    return FileResponse(BytesIO(print_of(row, case)), filename=f"{row.title}-{case.number}.pdf",
                        content_type="application/pdf")


@require_GET
@login_required
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """/cases/<number>/papers/ — every paper with number, day and the article it rests on."""
    actor = request_actor(request)
    case = access_case(actor, number)
    rows = list(case.documents.select_related("file"))
    for row in rows:
        kind = find(row.kind)
        row.basis = kind.basis if kind else ""  # type: ignore[attr-defined]
    return render(request, "cases/papers.html", {
        "case": case, "rows": rows, "shell_page": "ui/desk.html" if actor.is_staff else "ui/public.html"})


@require_GET
@login_required
def sheet(request: HttpRequest, number: str) -> FileResponse:
    """/cases/<number>/papers/print.pdf?paper=1&paper=2 — those ticked, in the order they were made."""
    case = access_case(request_actor(request), number)
    wanted = {whole(text) for text in request.GET.getlist("paper")}
    rows = [row for row in case.documents.select_related("file") if row.pk in wanted]
    return FileResponse(BytesIO(printing_sheet(rows, case)), filename=f"文书-{case.number}.pdf",
                        content_type="application/pdf")
