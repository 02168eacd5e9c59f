"""My affairs: what I must do next on top, then drafts and everything I ever asked; follow, correct, take back."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.api import act, discard_draft, kinds, withdraw
from zhengwu.kernel.cases.models import Case, Draft, Party, Step, Submission
from zhengwu.kernel.cases.services.attach import MATERIAL
from zhengwu.kernel.cases.services.late import hand_in_late
from zhengwu.kernel.cases.views.presenting import state_words
from zhengwu.kernel.directory.api import Actor, request_actor
from zhengwu.kernel.files.api import store
from zhengwu.kernel.ledger.api import proof_text
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.api import access_matter
from zhengwu.lib.now import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.hall.models import Bundle, SceneDraft
from zhengwu.modules.hall.scenes import scene_title
from zhengwu.modules.hall.selectors import next_things, own_case, own_cases, own_steps
from zhengwu.modules.hall.views.face import go, page, signed_in
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
AS = {"applicant": "我申请的", "agent": "我代理的", "joint": "共同申请的", "concerned": "与我有关的"}


@signed_in
@require_GET
def my(request: HttpRequest) -> HttpResponse:
    """/my/ — one list over everything I ever asked, or take part in: ``?phase=&as=&kind=&q=&page=``."""
    actor = request_actor(request)
    if actor.is_staff:
        return redirect("directory:account")
    rows = _filtered(own_cases(actor), request, actor)
    shown = Paginator(rows.select_related("unit").order_by("-opened_at"), PAGE).get_page(request.GET.get("page"))
    roles = _roles(actor, list(shown))
    for case in shown:
        case.words = state_words(case)  # type: ignore[attr-defined]
        case.colour = COLOURS.get(case.state, "")  # type: ignore[attr-defined]
        case.standing = roles.get(case.pk, "")  # type: ignore[attr-defined]
    first = shown.number == 1
    context = {
        "page": shown,
        "phase": request.GET.get("phase", ""),
        "filtered": any(request.GET.get(n) for n in ("phase", "as", "kind", "q")),
        "next": next_things(actor) if first else [],
        "first": first,
        "drafts": _drafts(actor) if first else [],
        "scene_drafts": _scene_drafts(actor) if first else [],
        "bundles": _bundles(actor) if first else [],
        "groups": _groups(actor),
    }
    return page(request, "my", context)


def _groups(actor: Actor) -> list[dict[str, Any]]:
    """The filters; kinds only where somebody has cases of several."""
    own = sorted(set(own_cases(actor).order_by().values_list("kind", flat=True).distinct()) & kinds.codes())
    groups: list[dict[str, Any]] = [
        {"name": "phase", "label": "阶段", "options": [("open", "在办"), ("closed", "办结")]},
        {"name": "as", "label": "身份", "options": list(AS.items())},
    ]
    if len(own) > 1:
        groups.append({"name": "kind", "label": "种类", "options": [(code, kinds.get(code).title) for code in own]})
    return groups


def _filtered(rows: Any, request: HttpRequest, actor: Actor) -> Any:
    phase, role, kind = (request.GET.get(n, "") for n in ("phase", "as", "kind"))
    words = request.GET.get("q", "").strip()[:60]
    if phase in ("open", "closed"):
        rows = rows.filter(closed_at__isnull=phase == "open")
    if role == "applicant":
        rows = rows.filter(applicant_id=actor.account_id)
    elif role in AS:
        mine = Party.objects.filter(case_id=OuterRef("pk"), account_id=actor.account_id or 0, until=None, role=role)
        rows = rows.filter(Exists(mine))
    if kind in kinds.codes():
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(number__istartswith=words) | Q(unit__name__icontains=words))
    return rows


def _roles(actor: Actor, cases: list[Case]) -> dict[int, str]:
    """What the actor is in cases of others, and whose those are."""
    others = [c.pk for c in cases if c.applicant_id != actor.account_id]
    rows = Party.objects.filter(case_id__in=others, account_id=actor.account_id or 0, until=None) if others else []
    names = {c.pk: c.applicant_name for c in cases}
    return {p.case_id: f"{names[p.case_id]}申请，您是{p.get_role_display()}" for p in rows}


def _drafts(actor: Actor) -> list[Draft]:
    return list(Draft.objects.filter(account=actor.account_id or 0).select_related("matter")[:20])


def _bundles(actor: Actor) -> list[Bundle]:
    return list(Bundle.objects.filter(account_id=actor.account_id or 0).order_by("-opened_at")[:5])


def _scene_drafts(actor: Actor) -> list[tuple[str, str]]:
    rows = SceneDraft.objects.filter(account_id=actor.account_id or 0)
    return [(d.scene, scene_title(d.scene)) for d in rows if scene_title(d.scene)]


@signed_in
@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """/my/cases/<number>/ — where it stands, who holds it, and the days explained."""
    actor = request_actor(request)
    return page(request, "case", progress_context(own_case(actor, number), actor))


@signed_in
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """/my/cases/<number>/receipt/ — the paper to keep."""
    case = own_case(request_actor(request), number)
    return page(request, "receipt", {"case": case, "receipt": receipt_context(case)})


@signed_in
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


@signed_in
@require_POST
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """The applicant (or the agent) answers the correction notice: new files and words, then back to the window."""
    actor = request_actor(request)
    case = own_case(actor, number)
    step = own_steps(actor).filter(case=case, kind="correct").first()
    if step is None:
        messages.error(request, "本件现在不需要您补正")
        return go(request, "case", number)
    try:
        _hand_in(request, case, actor, step)
    except Problem as problem:
        context = progress_context(case, actor) | {"problem": problem, "typed": request.POST.get("opinion", "")}
        return page(request, "case", context, status=problem.status)
    messages.success(request, "补正材料已提交，窗口会尽快查看")
    return go(request, "case", number)


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


@signed_in
@require_POST
def late(request: HttpRequest, number: str) -> HttpResponse:
    """A paper that was promised for later (承诺后补) is there."""
    actor = request_actor(request)
    case = own_case(actor, number)
    row = case.submissions.filter(pk=whole(request.POST.get("paper")) or 0).first()
    if row is None:
        raise NotFound("no-such-material", "没有这份材料", "no such material")
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid({"file": f"请选择“{row.name}”的文件"})
        with transaction.atomic():
            stored = store(name=upload.name or "", stream=upload, owner=actor, purpose=MATERIAL, subject=case.number)
            hand_in_late(submission_id=row.pk, by=actor, file=stored)
        messages.success(request, f"“{row.name}”已补交")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, next(iter(getattr(problem, "errors", {}).values()), problem.zh))
    return go(request, "case", number, query="#late")


@signed_in
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
    return go(request, "case", number)


@signed_in
@require_POST
def drop_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Throws a draft away."""
    discard_draft(matter=access_matter(code), by=request_actor(request))
    messages.success(request, "草稿已删除")
    return go(request, "my")
