"""The village agent's desk: their villagers' cases, and nobody else's."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.cases.api import act, mandates_held, new_key, require_mandate, todo, visible_to
from zhengwu.kernel.cases.mandates import in_force
from zhengwu.kernel.cases.models import Case, Mandate, Step, Submission
from zhengwu.kernel.cases.views.presenting import clock_panels, events, state_words
from zhengwu.kernel.directory.api import Actor, Role, open_text, request_actor, require_role
from zhengwu.kernel.files.api import store
from zhengwu.kernel.matters.api import access_matter
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.lib.now import now
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.counter.models import Errand
from zhengwu.modules.counter.people import Typed
from zhengwu.modules.counter.points import Place, carrying, offered, pick
from zhengwu.modules.counter.selectors import WAITING, access_taken, late_papers
from zhengwu.modules.counter.services.errand import collect, hand_over
from zhengwu.modules.counter.views.pick import signed_in
from zhengwu.modules.counter.views.take import Desk, entry_page

PAGE = 20


def own_point(actor: Actor) -> ServicePoint:
    """The village point of the agent. Raises NotFound when it is closed."""
    point = carrying(actor).order_by("id").first()
    if point is None:
        raise NotFound("no-point", "您的村级代办点没有启用，请联系政务中心", "no active village point of yours")
    return point


@require_GET
@require_role(Role.AGENT)
def front(request: HttpRequest) -> HttpResponse:
    """/agent/ — what I must do for whom, then all my villagers' cases."""
    actor = request_actor(request)
    rows = visible_to(actor).filter(channel=Case.Channel.AGENT).select_related("unit", "errand").order_by("-opened_at")
    if phase := request.GET.get("phase", ""):
        rows = rows.filter(closed_at__isnull=phase != "closed")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for case in page:
        case.words = state_words(case)  # type: ignore[attr-defined]
    ready = visible_to(actor).filter(channel=Case.Channel.AGENT, decided_at__isnull=False, errand__handed_at=None)
    return render(request, "counter/agent.html", {
        "point": own_point(actor),
        "todo": list(todo(actor)[:10]),
        "ready": list(ready.select_related("errand").order_by("decided_at")[:10]),
        "late": list(late_papers(actor).filter(WAITING)[:10]),
        "asked": list(mandates_held(actor).filter(state=Mandate.State.ASKED)[:5]),
        "page": page,
        "phase": phase,
        "groups": [{"name": "phase", "label": "阶段", "options": [("open", "在办"), ("closed", "办结")]}],
    })


def _mandate(actor: Actor, pk: int) -> Mandate:
    """A mandate of the agent's own that holds at this moment. Raises NotFound, Denied."""
    mandate = mandates_held(actor).filter(pk=pk).first()
    if mandate is None:
        raise NotFound("no-such-mandate", "没有查到这份授权", "no such power of attorney")
    if not mandates_held(actor).filter(in_force(now()), pk=pk).exists():
        return require_mandate(actor, grantor_index=mandate.grantor_index, matter=mandate.matter)
    return mandate


@require_GET
@require_role(Role.AGENT)
def matters(request: HttpRequest, pk: int) -> HttpResponse:
    """/agent/consents/<pk>/matters/ — what may be started for this villager."""
    actor = request_actor(request)
    mandate, point = _mandate(actor, pk), own_point(actor)
    if mandate.matter is not None:
        return redirect("counter:agent_take", pk=pk, code=mandate.matter.code)
    words = request.GET.get("q", "").strip()[:40]
    found = pick(point, words, actor) if words else list(offered(point).select_related("unit")[:30])
    return render(request, "counter/agent_matters.html", {"mandate": mandate, "point": point, "found": found,
                                                          "words": words})


@require_http_methods(["GET", "POST"])
@require_role(Role.AGENT)
def take(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """/agent/consents/<pk>/take/<code>/ — the entry, for the villager who gave the mandate."""
    actor = request_actor(request)
    mandate, point = _mandate(actor, pk), own_point(actor)
    person = Typed(
        name=mandate.grantor_name,
        number=open_text(mandate.grantor_id_sealed, "citizen_id"),
        phone=open_text(mandate.grantor_phone_sealed, "phone"),
    )
    desk = Desk(signed_in(request), Place(point), mandate, person, back="counter:agent")
    return entry_page(request, access_matter(code), desk)


def _case(actor: Actor, number: str) -> Case:
    case = access_taken(actor, number)
    if not case.parties.filter(account_id=actor.account_id or 0, role="agent").exists():
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return case


def _correction(actor: Actor, case: Case) -> Step | None:
    return todo(actor).filter(case=case, kind="correct").first()


@require_GET
@require_role(Role.AGENT)
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """/agent/cases/<number>/ — where it stands and what the agent may do now."""
    return _case_page(request, _case(request_actor(request), number))


def _case_page(request: HttpRequest, case: Case, **more: Any) -> HttpResponse:
    actor = request_actor(request)
    step = _correction(actor, case)
    asked = case.steps.filter(kind="precheck", outcome="correct").order_by("-id").first() if step else None
    status = more.pop("status", 200)
    party = case.parties.filter(account_id=actor.account_id or 0, role="agent").select_related("mandate").last()
    return render(request, "counter/agent_case.html", {
        "case": case,
        "state": state_words(case),
        "mandate": party.mandate if party else None,
        "step": step,
        "items": asked.form.get("items", []) if asked else [],
        "late": late_papers(actor).filter(WAITING, case=case),
        "errand": Errand.objects.filter(case=case).first(),
        "clocks": clock_panels(case),
        "events": events(case, names=False),
        "documents": list(case.documents.all()),
        "key": new_key(),
        **more,
    }, status=status)


@require_POST
@require_role(Role.AGENT)
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Corrects for the villager: new photos and words, then back to the window. The mandate is looked at now."""
    actor = request_actor(request)
    case = _case(actor, number)
    step = _correction(actor, case)
    if step is None:
        messages.error(request, "本件现在不需要补正")
        return redirect("counter:agent_case", number=number)
    try:
        _hand_in(request, case, actor, step)
    except Problem as problem:
        return _case_page(request, case, problem=problem, typed=request.POST.get("opinion", ""), status=problem.status)
    messages.success(request, "补正材料已提交，窗口会尽快查看")
    return redirect("counter:agent_case", number=number)


@transaction.atomic
def _hand_in(request: HttpRequest, case: Case, actor: Actor, step: Step) -> None:
    opinion = request.POST.get("opinion", "").strip()
    uploads = request.FILES.getlist("files")
    if not uploads and not opinion:
        raise Invalid({"opinion": "请拍照上传补正的材料，或者写明怎样更正"})
    for upload in uploads:
        stored = store(name=upload.name or "", stream=upload, owner=actor, purpose="material", subject=case.number)
        name = f"补正：{stored.name}"[:200]
        Submission.objects.create(case=case, name=name, way=Submission.Way.FILE, file=stored, at=now())
    act(step_id=step.pk, action="submit", by=actor, opinion=opinion, key=request.POST.get("key", "")[:60] or new_key())


@require_POST
@require_role(Role.AGENT)
def errand(request: HttpRequest, number: str) -> HttpResponse:
    """Fetched, or handed over to the villager."""
    case, agent = _case(request_actor(request), number), signed_in(request)
    try:
        if request.POST.get("go") == "collect":
            collect(number=number, agent=agent)
            messages.success(request, "已登记代领，请尽快交给委托人并登记签收")
        else:
            hand_over(number=number, agent=agent, receiver=request.POST.get("receiver", ""))
            messages.success(request, "已登记交付")
    except Invalid as problem:
        return _case_page(request, case, problem=problem, receiver=request.POST.get("receiver", ""), status=422)
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("counter:agent_case", number=number)
