"""Sharing between organs: authorisations asked, decided and used; each look leaves a trace the holder sees."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.directory.api import WORKERS, Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Unit
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.certificates.models import CertificateType, Sharing
from zhengwu.modules.certificates.services.sharing import ask_sharing, decide_sharing, look, may_decide, usable
from zhengwu.modules.certificates.views.life import day_of

DECIDERS = (Role.HEAD, Role.LEADER, Role.CENTRE)


def _visible(actor: Actor) -> Q:
    """Authorisations of the actor's units, those their organ decides, and all for the centre."""
    if actor.has_role(Role.CENTRE):
        return Q()
    units = actor.unit_ids(*WORKERS)
    return Q(unit_id__in=units) | Q(definer_id__in=units)


@require_GET
@require_role(*DECIDERS)
def sharing_list(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/sharing/ — asked, granted and ended, with the number of looks."""
    rows = (Sharing.objects.filter(_visible(request_actor(request))).select_related("unit", "definer")
            .annotate(looks=Count("accesses")).order_by("-id"))
    if (state := request.GET.get("state", "")) in Sharing.State.values:
        rows = rows.filter(state=state)
    return render(request, "certificates/sharing.html", {
        "page": Paginator(rows, 30).get_page(request.GET.get("page")), "today": today(),
        "narrow": [{"name": "state", "label": "状态", "options": list(Sharing.State.choices)}]})


@require_http_methods(["GET", "POST"])
@require_role(Role.HEAD, Role.LEADER)
def ask(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/sharing/new/ — asks for an authorisation."""
    actor = request_actor(request)
    kinds = list(CertificateType.objects.filter(state=CertificateType.State.PUBLISHED).select_related("definer"))
    names = ("kind", "purpose", "basis", "valid_from", "valid_to", "labels")
    typed = {name: request.POST.get(name, "") for name in names}
    context: dict[str, Any] = {"typed": typed, "errors": {},
                               "kinds": [(str(k.pk), f"{k.name}（{k.definer.name}）") for k in kinds]}
    status = 200
    if request.method == "POST":
        try:
            row = _asked(actor, typed, {k.pk: k for k in kinds})
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {})}
            status = problem.status
        else:
            messages.success(request, "共享申请已提交，由证照定义机构审核")
            return redirect("certificates:sharing-one", pk=row.pk)
    return render(request, "certificates/sharing_new.html", context, status=status)


def _asked(actor: Actor, typed: dict[str, str], kinds: dict[int, CertificateType]) -> Sharing:
    kind, start, end = kinds.get(whole(typed["kind"]) or 0), day_of(typed["valid_from"]), day_of(typed["valid_to"])
    errors = {name: words for name, words, fault in (
        ("kind", "请选择证照类型", kind is None), ("valid_from", "请填写起始日期", start is None),
        ("valid_to", "请填写终止日期", end is None)) if fault}
    if errors or kind is None or start is None or end is None:
        raise Invalid(errors)
    unit = Unit.objects.get(pk=actor.unit_ids(Role.HEAD, Role.LEADER)[0])
    labels = [part for part in typed["labels"].replace("，", "、").split("、") if part.strip()]
    return ask_sharing(unit=unit, kind=kind, purpose=typed["purpose"], basis=typed["basis"], valid_from=start,
                       valid_to=end, labels=[label.strip() for label in labels], by=actor)


@require_http_methods(["GET", "POST"])
@require_role(*DECIDERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One authorisation: its terms, its looks, and the decision."""
    actor = request_actor(request)
    row = Sharing.objects.filter(_visible(actor), pk=pk).select_related("unit", "definer").first()
    if row is None:
        raise NotFound("no-such-sharing", "没有这件共享授权", "no such sharing")
    context: dict[str, Any] = {"errors": {}, "may": may_decide(actor, row)}
    status = 200
    if request.method == "POST":
        context |= {"reason": request.POST.get("reason", "")}
        try:
            row = decide_sharing(sharing_id=pk, to=request.POST.get("to", ""), reason=context["reason"], by=actor)
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {})}
            status = problem.status
        else:
            messages.success(request, f"共享授权现为：{row.get_state_display()}")
            return redirect("certificates:sharing-one", pk=pk)
    looks = row.accesses.select_related("certificate").order_by("-id")
    return render(request, "certificates/sharing_one.html", context | {
        "sharing": row, "page": Paginator(looks, 30).get_page(request.GET.get("page"))}, status=status)


@require_http_methods(["GET", "POST"])
@require_role(*WORKERS)
def look_page(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/look/ — looks at a holder's certificates under an authorisation (POST: nothing in logs)."""
    actor = request_actor(request)
    granted = usable(actor)
    names = ("sharing", "holder_code", "identifier", "subject")
    typed = {name: request.POST.get(name, "") for name in names}
    context: dict[str, Any] = {"typed": typed, "errors": {}, "granted": granted, "asked": request.method == "POST",
                               "choices": [(str(s.pk), f"{s.type_name} · {s.purpose}") for s in granted]}
    status = 200
    if request.method == "POST":
        try:
            context["found"] = look(sharing_id=whole(typed["sharing"]) or 0, by=actor, subject=typed["subject"],
                                    holder_code=typed["holder_code"], identifier=typed["identifier"])
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {}), "asked": False}
            status = problem.status
    return render(request, "certificates/look.html", context, status=status)
