"""My posts, for whom I stand in, and who stands in for me."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.actor import Post, request_actor, require_role
from zhengwu.kernel.directory.models import Deputy
from zhengwu.kernel.directory.roles import ADMINISTRATORS, Role
from zhengwu.kernel.directory.services.deputise import colleagues, deputise, end_deputy
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound, Problem


def _context(request: HttpRequest, typed: Any = None, problem: Problem | None = None) -> dict[str, Any]:
    actor, day = request_actor(request), today()
    set_by_me = Deputy.objects.filter(principal_id=actor.account_id, ends_on__gte=day).select_related("deputy")
    return {
        "posts": [(p.unit_name, _post_words(p)) for p in actor.posts],
        "deputies": [(d, d.starts_on <= day) for d in set_by_me.order_by("starts_on")],
        "people": [(account.pk, f"{account.name}　{where}") for account, where in colleagues(actor)],
        "may_lend": not actor.has_role(*ADMINISTRATORS),
        "typed": typed or {"starts_on": day.isoformat(), "ends_on": day.isoformat()},
        "problem": problem,
        "errors": (getattr(problem, "errors", None) or {problem.field: problem.zh}) if problem else {},
    }


def _post_words(post: Post) -> str:
    role = Role(post.role).label
    title = f"{post.title}（{role}）" if post.title and post.title != role else role
    return f"{title}，代{post.for_name}" if post.for_name else title


@require_GET
@require_role()
def account(request: HttpRequest) -> HttpResponse:
    """/desk/account/"""
    return render(request, "directory/account.html", _context(request))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


@require_POST
@require_role()
def set_deputy(request: HttpRequest) -> HttpResponse:
    """Names who stands in for me, from a day to a day."""
    sent = request.POST
    try:
        row = deputise(
            by=request_actor(request),
            deputy_id=whole(sent.get("deputy")) or 0,
            starts_on=_day(sent.get("starts_on", "")),
            ends_on=_day(sent.get("ends_on", "")),
            reason=sent.get("reason", ""),
        )
    except Problem as problem:
        return render(request, "directory/account.html", _context(request, sent, problem), status=problem.status)
    messages.success(request, f"{row.starts_on}至{row.ends_on}由{row.deputy.name}代您办理")
    return redirect("directory:account")


@require_POST
@require_role()
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """I am back: the deputy's rights end now."""
    try:
        end_deputy(by=request_actor(request), pk=pk)
        messages.success(request, "代理已结束")
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.zh)
    return redirect("directory:account")
