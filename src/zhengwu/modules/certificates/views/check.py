"""The public page for checking a certificate: by its identifier, or by the file itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.ledger.api import proof_text
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.certificates.checking import MAX_BYTES, Checked, check_file, count_file, count_lookup
from zhengwu.modules.certificates.models import EVENT_WORDS, Certificate
from zhengwu.modules.certificates.selectors import facts_of, history, public_certificate


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """/certificates/check/ — ``?code=`` shows the certificate, a POST with ``file`` compares a file."""
    context: dict[str, object] = {"code": request.GET.get("code", "").strip()[:120]}
    status = 200
    try:
        if request.method == "POST":
            context["checked"] = checked = _file(request)
            context["facts"] = checked.facts
        elif context["code"]:
            count_lookup(request)
            found = public_certificate(str(context["code"]))
            context |= {"facts": facts_of(found), "events": _events(found)}
    except Problem as problem:
        context["problem"], status = problem, problem.status
    return render(request, "certificates/check.html", context, status=status)


def _events(certificate: Certificate) -> list[dict[str, object]]:
    return [{"at": e.at, "title": EVENT_WORDS.get(e.kind, e.kind), "unit": e.unit,
             "proof_url": f"{reverse('certificates:proof', args=[e.seq])}?code={certificate.identifier}"}
            for e in history(certificate)]


def _file(request: HttpRequest) -> Checked:
    count_file(request)
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise Problem("file-missing", "请选择要核验的PDF文件", "choose a file", field="file", status=422)
    return check_file(uploaded.read(MAX_BYTES + 1))


@require_GET
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """The ledger's proof of one event of a certificate, for ``zw verify-proof`` and the off-line page."""
    count_lookup(request)
    certificate = public_certificate(request.GET.get("code", ""))
    event = next((e for e in history(certificate) if e.seq == seq), None)
    if event is None:
        raise NotFound("no-such-event", "这份证照没有这一条存证", "no such event")
    return HttpResponse(proof_text(event), content_type="application/json; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="proof-{certificate.number}-{seq}.json"'})
