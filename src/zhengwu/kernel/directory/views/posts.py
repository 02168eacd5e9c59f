"""Appointments and roles, for the security administrator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.actor import request_actor, require_role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.directory.roles import ADMINISTRATORS, Role
from zhengwu.kernel.directory.services.appoint import access_staff, appoint, relieve, units_kept_by
from zhengwu.kernel.directory.views.accounts import in_force, show
from zhengwu.lib.problem import NotFound, Problem

PAGE = 50


@require_GET
@require_role(Role.SECADMIN)
def posts(request: HttpRequest) -> HttpResponse:
    """/desk/posts/ — who holds which role where, today."""
    rows = in_force(Appointment.objects.filter(unit__in=units_kept_by(request_actor(request))))
    counts = dict(rows.order_by().values_list("role").annotate(n=Count("id")))
    if (role := request.GET.get("role", "")) in Role.values:
        rows = rows.filter(role=role)
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(Q(account__name__icontains=words) | Q(unit__name__icontains=words))
    rows = rows.select_related("account", "unit").order_by("unit__sort_key", "unit_id", "role", "id")
    options = [(code, label, counts.get(code, 0)) for code, label in Role.choices]
    return render(
        request,
        "directory/posts.html",
        {
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "groups": [{"name": "role", "label": "角色", "options": options}],
            "own": request_actor(request).account_id,
            "administrators": ADMINISTRATORS,
        },
    )


@require_POST
@require_role(Role.SECADMIN)
def appoint_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a role at a unit, named in full."""
    actor, sent = request_actor(request), request.POST
    account = access_staff(actor, pk)
    name = sent.get("unit", "").strip()
    unit = units_kept_by(actor).filter(Q(name=name) | Q(code=name)).first() if name else None
    try:
        row = appoint(
            by=actor,
            pk=pk,
            unit_id=unit.pk if unit else 0,
            role=sent.get("role", ""),
            title=sent.get("title", ""),
        )
    except NotFound:
        raise
    except Problem as problem:
        return show(request, account, problem, sent)
    messages.success(request, f"已任命{account.name}为{row.unit.name}{row.get_role_display()}")
    return redirect("directory:one", pk=pk)


@require_POST
@require_role(Role.SECADMIN)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends an appointment."""
    try:
        row = relieve(by=request_actor(request), pk=pk)
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
        return redirect("directory:posts")
    messages.success(request, f"已免去{row.account.name}的{row.unit.name}{row.get_role_display()}岗位")
    return redirect("directory:one", pk=row.account_id)
