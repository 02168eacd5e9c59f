"""Applying, last page: everything once more, who else must agree, and the button that submits exactly once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.api import Handed, discard_draft, kinds, open_case, visible_to
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.views.presenting import case_facts_of
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib import forms
from zhengwu.lib.now import now
from zhengwu.lib.problem import Problem
from zhengwu.modules.hall.applying import Application, begin
from zhengwu.modules.hall.services import together
from zhengwu.modules.hall.views.apply import draw, first_line
from zhengwu.modules.hall.views.face import door, go, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/confirm/"""
    application = begin(request, code)
    if application.draft is None:
        return _gone(request, application.matter, application.actor)
    if not application.guided:
        return go(request, "ask", code)
    data, errors = forms.clean(application.schema, _plain(application))
    if errors:
        messages.error(request, "申请表还有内容需要更正")
        return go(request, "apply", code)
    if request.method == "POST":
        return _act(request, application)
    return _page(request, application, data)


def _plain(application: Application) -> dict[str, Any]:
    return {k: v for k, v in application.filled().items() if k in application.schema.get("properties", {})}


def _act(request: HttpRequest, application: Application) -> HttpResponse:
    """Invites, sends away or submits, as the button says; a refusal is shown here and loses nothing."""
    sent, code = request.POST, application.matter.code
    wish, _, number = sent.get("go", "").partition(":")
    try:
        if wish == "invite":
            together.invite(application, name=sent.get("name", ""), number=sent.get("number", ""))
            messages.success(request, "已通知对方在线确认，确认后您再提交")
        elif wish == "remove":
            together.remove(application, number)
        elif wish == "remind":
            together.ask_again(application)
            messages.success(request, "已请各位重新确认")
        else:
            return go(request, "receipt", _submit(request, application).number)
    except Problem as problem:
        messages.error(request, next(iter(getattr(problem, "errors", {}).values()), problem.zh))
        wrong = [f for f in getattr(problem, "errors", {}) if f.startswith("material-")]
        if wrong:
            return go(request, "apply_materials", code)
        if wish == "invite":
            data, _ = forms.clean(application.schema, _plain(application))
            return _page(request, application, data, typed=sent, problem=problem)
    return go(request, "apply_confirm", code)


def _submit(request: HttpRequest, application: Application) -> Case:
    """Opens the case. Who applies together must have agreed to exactly this; an agent's mandate must hold now."""
    draft = application.draft
    assert draft is not None
    wanted = {str(m.pk): m for m in application.wanted}
    handed = [
        Handed(name=wanted[pk].name, material_id=int(pk), file=UUID(file))
        for pk, file in draft.files.items()
        if pk in wanted
    ]
    case = open_case(
        kind=kinds.kind_for(application.matter),
        matter=application.matter,
        by=application.actor,
        applicant=application.applicant,
        applicant_name=application.applicant.name,
        form=application.filled(),
        materials=handed,
        key=draft.key,
        parties=[*application.parties(), *together.joined(application)],
        door=door(request),
    )
    discard_draft(matter=application.matter, by=application.actor)
    return case


def _page(request: HttpRequest, application: Application, data: dict[str, Any], **more: Any) -> HttpResponse:
    files = {str(f.pk): f.name for f in StoredFile.objects.filter(pk__in=list(application.files.values()))}
    handed = [
        (m.name, f"免交，{application.spared[m.pk].words}" if m.pk in application.spared
         else files.get(application.files.get(str(m.pk), ""), "没有提交"))
        for m in application.wanted
    ]
    shown = dict(data) | {n: k.shown for n, k in application.known.items()}
    instant = application.matter.kind == Matter.Kind.INSTANT
    others = together.rows(application)
    problem: Problem | None = more.get("problem")
    return draw(
        request,
        "apply_confirm",
        application,
        2,
        facts=[("申请人", first_line(application, request)), *case_facts_of(application.schema, shown)],
        asked=[(q["text"], o["label"]) for q, o in application.walk.asked] if application.walk else [],
        handed=handed,
        others=others,
        waiting=any(not row["agreed"] for row in others),
        stale=any(row["stale"] for row in others),
        after_words="您会得到办件编号和查询码。"
        + ("这是即办件，材料齐全的当场办结。" if instant else "五个工作日内告知您是否受理，")
        + ("" if instant else f"受理后{application.matter.promised.label}办结；决定作出前您可以撤回。"),
        field_errors=getattr(problem, "errors", None) or ({problem.field: problem.zh} if problem else {}),
        status=problem.status if problem else 200,
        **{"typed": {}} | more,
    )


def _gone(request: HttpRequest, matter: Matter, actor: Actor) -> HttpResponse:
    """No draft (any more): the second click of a double click finds the case the first one opened."""
    recent = actor_recent_case(actor, matter)
    if request.method == "POST" and recent is not None:
        return go(request, "receipt", recent)
    return go(request, "apply", matter.code)


def actor_recent_case(actor: Actor, matter: Matter) -> str | None:
    """Number of the case this person opened on this matter in the last minute, for themselves or as agent."""
    rows = visible_to(actor).filter(matter=matter, opened_at__gte=now() - timedelta(minutes=1))
    rows = rows.filter(applicant_id=actor.account_id) | rows.filter(parties__account_id=actor.account_id or 0)
    return rows.order_by("-opened_at").values_list("number", flat=True).first()
