"""Everything one asked for: what I must do next on top, drafts, cases; following, correcting, taking back, rating."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.api import access_case, act, discard_draft, todo, visible_to, withdraw
from zhengwu.kernel.cases.models import Case, Draft, Step, Submission
from zhengwu.kernel.cases.services.attach import MATERIAL
from zhengwu.kernel.cases.views.presenting import state_words
from zhengwu.kernel.directory.api import Actor, request_actor
from zhengwu.kernel.files.api import store
from zhengwu.kernel.ledger.api import proof_text
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.api import access_matter
from zhengwu.lib.now import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.hall.services.rate import rate
from zhengwu.modules.hall.views.showing import correction_items, progress_context, receipt_context

PAGE = 20
COLOURS = {
    "correcting": "yellow",
    "accepted": "lead",
    "granted": "green",
    "closed": "green",
    "refused": "red",
    "denied": "red",
    "withdrawn": "quiet",
}


def own_case(actor: Actor, number: str) -> Case:
    """A case the actor applied for; NotFound for everybody else, also for those who may see it at their desk."""
    case = access_case(actor, number)
    if case.applicant_id != actor.account_id:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return case


@login_required
@require_GET
def my(request: HttpRequest) -> HttpResponse:
    """/my/ — my affairs."""
    actor = request_actor(request)
    if actor.is_staff:
        return redirect("directory:account")
    rows = visible_to(actor).filter(applicant_id=actor.account_id).select_related("unit").order_by("-opened_at")
    phase = request.GET.get("phase", "")
    if phase == "open":
        rows = rows.filter(closed_at=None)
    elif phase == "closed":
        rows = rows.filter(closed_at__isnull=False)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for case in page:
        case.words = state_words(case)  # type: ignore[attr-defined]
        case.colour = COLOURS.get(case.state, "")  # type: ignore[attr-defined]
    return render(
        request,
        "hall/my.html",
        {
            "page": page,
            "phase": phase,
            "todo": list(todo(actor)[:10]),
            "unrated": list(
                visible_to(actor)
                .filter(applicant_id=actor.account_id, closed_at__isnull=False, rating=None)
                .exclude(state="withdrawn")
                .order_by("-closed_at")[:5]
            ),
            "drafts": list(Draft.objects.filter(account=actor.account_id or 0).select_related("matter")[:20]),
            "groups": [{"name": "phase", "label": "阶段", "options": [("open", "在办"), ("closed", "办结")]}],
        },
    )


@login_required
@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """/my/cases/<number>/ — where it stands, who holds it, and the days explained."""
    actor = request_actor(request)
    return render(request, "hall/case.html", progress_context(own_case(actor, number), actor))


@login_required
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """/my/cases/<number>/receipt/ — the paper to keep."""
    case = own_case(request_actor(request), number)
    return render(request, "hall/receipt.html", {"case": case, "receipt": receipt_context(case)})


@login_required
@require_GET
def proof(request: HttpRequest, number: str) -> HttpResponse:
    """/my/cases/<number>/proof.json — to be checked off line at any time."""
    case = own_case(request_actor(request), number)
    event = Event.objects.filter(stream=case.number, seq=1).first()
    if event is None:
        raise NotFound("no-such-event", "还没有存证记录", "no event")
    response = HttpResponse(proof_text(event), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="proof-{case.number}.json"'
    return response


@login_required
@require_POST
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """The applicant answers the correction notice: new files and words, then back to the window."""
    actor = request_actor(request)
    case = own_case(actor, number)
    step = todo(actor).filter(case=case, kind="correct").first()
    if step is None:
        messages.error(request, "本件现在不需要补正")
        return redirect("hall:case", number=number)
    try:
        _hand_in(request, case, actor, step)
    except Problem as problem:
        context = progress_context(case, actor) | {"problem": problem, "typed": request.POST.get("opinion", "")}
        return render(request, "hall/case.html", context, status=problem.status)
    messages.success(request, "补正材料已提交，窗口会尽快查看")
    return redirect("hall:case", number=number)


@transaction.atomic
def _hand_in(request: HttpRequest, case: Case, actor: Actor, step: Step) -> None:
    """The new files under the names of what the notice asked for, and the act; all of it or nothing."""
    items = {f"file-{n}": item["material"] for n, item in enumerate(correction_items(case))}
    opinion = request.POST.get("opinion", "").strip()
    uploads = [(name, upload) for name in request.FILES for upload in request.FILES.getlist(name)]
    if not uploads and not opinion:
        raise Invalid({"opinion": "请上传补正的文件，或者写明怎样更正"})
    for name, upload in uploads:
        stored = store(name=upload.name or "", stream=upload, owner=actor, purpose=MATERIAL, subject=case.number)
        title = f"补正：{items.get(name, stored.name)}"[:200]
        Submission.objects.create(case=case, name=title, way=Submission.Way.FILE, file=stored, at=now())
    key = request.POST.get("key") or uuid4().hex
    act(step_id=step.pk, action="submit", by=actor, opinion=opinion, key=key)


@login_required
@require_POST
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw before the decision."""
    try:
        withdraw(number=number, by=request_actor(request), reason=request.POST.get("reason", "")[:200])
        messages.success(request, "申请已撤回")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("hall:case", number=number)


@login_required
@require_POST
def rate_case(request: HttpRequest, number: str) -> HttpResponse:
    """好差评: once, after closing."""
    level = request.POST.get("level", "")
    try:
        rate(
            number=number,
            by=request_actor(request),
            level=whole(level) or 0,
            comment=request.POST.get("comment", ""),
        )
        messages.success(request, "感谢您的评价")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, next(iter(getattr(problem, "errors", {}).values()), problem.zh))
    return redirect("hall:case", number=number)


@login_required
@require_POST
def drop_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Throws a draft away."""
    discard_draft(matter=access_matter(code), by=request_actor(request))
    messages.success(request, "草稿已删除")
    return redirect("hall:my")
