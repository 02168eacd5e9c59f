"""Accounts of the staff: found, read, closed and opened again."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.actor import request_actor, require_role
from zhengwu.kernel.directory.models import Account, Appointment
from zhengwu.kernel.directory.roles import Role
from zhengwu.kernel.directory.services.appoint import KEEPERS, access_staff, set_active, staff_kept_by
from zhengwu.kernel.ledger.api import events_of
from zhengwu.lib.now import local, today
from zhengwu.lib.problem import NotFound, Problem

PAGE = 50
WORDS = {
    "account.opened": "启用账号",
    "account.closed": "停用账号",
    "post.given": "任命岗位",
    "post.taken": "免去岗位",
    "deputy.set": "设置代理人",
    "deputy.ended": "结束代理",
}


def in_force(rows: Any) -> Any:
    """Appointments that count today."""
    day = today()
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


@require_GET
@require_role(*KEEPERS)
def accounts(request: HttpRequest) -> HttpResponse:
    """/desk/accounts/ — the staff of the administrator's area."""
    rows, words = staff_kept_by(request_actor(request)), request.GET.get("q", "").strip()[:60]
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(username__istartswith=words))
    if (state := request.GET.get("state")) in ("on", "off"):
        rows = rows.filter(is_active=state == "on")
    if (role := request.GET.get("role", "")) in Role.values:
        rows = rows.filter(pk__in=in_force(Appointment.objects.filter(role=role)).values("account_id"))
    held = Prefetch("appointments", in_force(Appointment.objects.select_related("unit")), to_attr="held")
    page = Paginator(rows.order_by("name", "id").prefetch_related(held), PAGE).get_page(request.GET.get("page"))
    groups = [
        {"name": "state", "label": "状态", "options": [("on", "可以登录"), ("off", "已停用")]},
        {"name": "role", "label": "角色", "options": list(Role.choices)},
    ]
    return render(request, "directory/accounts.html", {"page": page, "groups": groups})


@require_GET
@require_role(*KEEPERS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/accounts/<id>/"""
    return show(request, access_staff(request_actor(request), pk))


def show(
    request: HttpRequest, account: Account, problem: Problem | None = None, typed: Any = None
) -> HttpResponse:
    """The page of one account; with ``problem`` the refused appointment as it was typed."""
    actor = request_actor(request)
    rows = Appointment.objects.filter(account=account).select_related("unit").order_by("valid_to", "-valid_from")
    day = today()
    return render(
        request,
        "directory/one.html",
        {
            "shown": account,
            "posts": [(row, row.valid_to is None or row.valid_to > day) for row in rows],
            "facts": [
                ("用户名", account.username),
                ("状态", "可以登录" if account.is_active else "已停用"),
                ("开通时间", local(account.created_at).date().isoformat()),
                ("最近登录", local(account.last_login).date().isoformat() if account.last_login else "从未登录"),
            ],
            "events": [
                {"at": e.at, "title": WORDS.get(e.kind, e.kind), "who": e.by_label, "unit": e.unit}
                for e in events_of(f"account:{account.pk}").order_by("-seq")[:50]
            ],
            "may_close": actor.has_role(Role.SYSADMIN) and account.pk != actor.account_id,
            "may_appoint": actor.has_role(Role.SECADMIN) and account.pk != actor.account_id,
            "roles": Role.choices,
            "typed": typed or {},
            "problem": problem,
            "errors": (getattr(problem, "errors", None) or {problem.field: problem.zh}) if problem else {},
        },
        status=problem.status if problem else 200,
    )


@require_POST
@require_role(Role.SYSADMIN)
def active(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes or opens an account."""
    wanted = request.POST.get("active") == "1"
    try:
        account = set_active(by=request_actor(request), pk=pk, active=wanted)
        messages.success(request, f"已{'启用' if wanted else '停用'}{account.name}的账号")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("directory:one", pk=pk)
