"""What somebody is asked to apply for together with others: read it, agree to exactly this, or refuse."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.views.presenting import case_facts_of
from zhengwu.kernel.directory.api import request_actor
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.hall.applying import Application, of_draft
from zhengwu.modules.hall.models import CoApplicant
from zhengwu.modules.hall.services import together
from zhengwu.modules.hall.views.face import go, page, signed_in


@signed_in
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """/my/together/<pk>/ — ``digest`` in the form names the words that were shown; others are not agreed to."""
    actor = request_actor(request)
    row = (
        CoApplicant.objects.select_related("draft__matter", "draft__account")
        .filter(pk=pk, account_id=actor.account_id or 0)
        .first()
    )
    if row is None:
        raise NotFound("no-such-invitation", "没有这个邀请，申请已经提交或者取消", "no such invitation")
    application = of_draft(row.draft)
    if request.method == "POST":
        agree = request.POST.get("go") == "agree"
        try:
            together.answer(
                pk=pk, by=actor, application=application, agree=agree, digest=request.POST.get("digest", "")[:64]
            )
            messages.success(request, "已确认，等全部确认后由发起人提交" if agree else "已答复：不同意")
            return go(request, "my")
        except NotFound:
            raise
        except Problem as problem:
            messages.error(request, problem.zh)
            return go(request, "together", pk)
    return page(request, "together", _context(row, application))


def _context(row: CoApplicant, application: Application) -> dict[str, object]:
    names = {str(f.pk): f.name for f in StoredFile.objects.filter(pk__in=list(application.files.values()))}
    parts = application.schema.get("properties", {})
    shown = {k: v for k, v in application.typed.items() if k in parts}
    shown |= {n: k.shown for n, k in application.known.items()}
    digest = application.digest()
    return {
        "row": row,
        "application": application,
        "digest": digest,
        "agreed": row.state == CoApplicant.State.AGREED and row.digest == digest,
        "facts": [("发起人", application.applicant.name), *case_facts_of(application.schema, shown)],
        "asked": [(q["text"], o["label"]) for q, o in application.walk.asked] if application.walk else [],
        "handed": [(m.name, names.get(application.files.get(str(m.pk), ""), "还没有提交")) for m in application.wanted],
    }
