"""Everybody's own notices: unread first, then newest; opening one marks it read."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from zhengwu.kernel.directory.api import request_actor
from zhengwu.kernel.notifications.api import unread_on
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import now

PAGE = 20
STATES = {"unread": "未读", "read": "已读"}


def _own(request: HttpRequest) -> QuerySet[Notice]:
    return Notice.objects.filter(account_id=request_actor(request).account_id or 0)


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """``?state=unread|read`` filters, ``?q=`` looks into titles and texts, ``?page=`` turns pages."""
    rows = _own(request)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:60]
    if state in STATES:
        rows = rows.filter(read_at__isnull=state == "unread")
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(body__icontains=words))
    known = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    rows = rows.order_by(known, "-created_at", "-id")
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    staff = request_actor(request).kind == "staff"
    context: Mapping[str, Any] = {
        "base": "ui/desk.html" if staff else "ui/public.html",
        "page": shown,
        "unread": unread_on(request),
        "filtered": bool(state or words),
        "groups": [{"name": "state", "label": "状态", "options": list(STATES.items())}],
    }
    return render(request, "notifications/notices.html", context)


@login_required
@require_POST
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Marks one as read and goes where it points; 404 for somebody else's."""
    notice = get_object_or_404(_own(request), pk=notice_id)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now())
    inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts={request.get_host()})
    return redirect(notice.url if notice.url and inside else "notifications:notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks all of one's own as read."""
    _own(request).filter(read_at=None).update(read_at=now())
    return redirect("notifications:notices")
