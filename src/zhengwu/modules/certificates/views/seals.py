"""Electronic seals of organs: list, new one, its use log, and stopping or revoking it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Account, Unit
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, Problem
from zhengwu.modules.certificates.models import Seal
from zhengwu.modules.certificates.services.seals import (
    MOVES,
    access_seal,
    make_seal,
    picture_of,
    seals_of,
    set_seal_state,
)
from zhengwu.modules.certificates.views.life import day_of

ROLES = (Role.LEADER, Role.SECADMIN)
NAMES = ("unit", "purpose", "custodian", "valid_from", "valid_to", "password")
P12_MAX = 100_000


@require_http_methods(["GET", "POST"])
@require_role(*ROLES)
def seal_list(request: HttpRequest) -> HttpResponse:
    """/desk/organ-seals/ — the seals one administers, and a new one."""
    actor = request_actor(request)
    units = _units(actor)
    typed = {name: request.POST.get(name, "") for name in NAMES}
    context: dict[str, Any] = {"errors": {}, "typed": typed, "units": [(str(u.pk), u.name) for u in units]}
    status = 200
    if request.method == "POST":
        try:
            seal = _made(request, actor, typed, {u.pk: u for u in units})
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {problem.field: problem.zh})}
            status = problem.status
        else:
            messages.success(request, f"“{seal.name}”已启用")
            return redirect("certificates:seal", pk=seal.pk)
    return render(request, "certificates/seals.html", context | {"rows": seals_of(actor)}, status=status)


def _units(actor: Actor) -> list[Unit]:
    rows = Unit.objects.filter(valid_to=None, kind=Unit.Kind.ORGAN)
    if not actor.has_role(Role.SECADMIN):
        rows = rows.filter(pk__in=actor.unit_ids(Role.LEADER))
    return list(rows[:500])


def _made(request: HttpRequest, actor: Actor, typed: dict[str, str], units: dict[int, Unit]) -> Seal:
    unit, start, end = units.get(whole(typed["unit"]) or 0), day_of(typed["valid_from"]), day_of(typed["valid_to"])
    custodian = Account.objects.filter(username=typed["custodian"].strip()).first()
    errors = {name: words for name, words, fault in (
        ("unit", "请选择印章持有人", unit is None), ("custodian", "没有这个账号", custodian is None),
        ("valid_from", "请填写启用日期", start is None), ("valid_to", "请填写有效期止", end is None)) if fault}
    if errors or unit is None or custodian is None or start is None or end is None:
        raise Invalid(errors)
    key, picture = request.FILES.get("file"), request.FILES.get("picture")
    return make_seal(unit=unit, purpose=typed["purpose"], custodian=custodian, valid_from=start, valid_to=end, by=actor,
                     pkcs12=key.read(P12_MAX) if key else b"", password=typed["password"], picture=picture)  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
@require_role(*ROLES)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One seal: picture, certificate, validity, state, and every use."""
    actor = request_actor(request)
    seal = access_seal(actor, pk)
    context: dict[str, Any] = {"errors": {}}
    status = 200
    if request.method == "POST":
        context |= {"to": request.POST.get("to", ""), "reason": request.POST.get("reason", "")}
        try:
            seal = set_seal_state(seal_id=pk, to=context["to"], reason=context["reason"], by=actor)
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {})}
            status = problem.status
        else:
            messages.success(request, f"“{seal.name}”现为{seal.state_label}")
            return redirect("certificates:seal", pk=pk)
    words = {"active": "恢复使用", "stopped": "停用", "revoked": "注销"}
    moves = [(str(to), words[to]) for to in MOVES.get(Seal.State(seal.state), ())]
    return render(request, "certificates/seal.html", context | {
        "seal": seal, "moves": moves, "page": Paginator(seal.uses.all(), 30).get_page(request.GET.get("page"))},
        status=status)


@require_GET
@require_role(*ROLES)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The seal as PNG, for those who administer it."""
    return HttpResponse(picture_of(access_seal(request_actor(request), pk)), content_type="image/png",
                        headers={"Cache-Control": "private, max-age=300"})
