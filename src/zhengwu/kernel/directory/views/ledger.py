"""The auditor's ledger: every event found by chain, person, kind and day; checked and sealed at a click."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.actor import Actor, request_actor, require_role
from zhengwu.kernel.directory.roles import Role
from zhengwu.kernel.ledger.api import Entry, append, events_of, latest_seal, seal, verify
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import CN
from zhengwu.lib.paging import Cursor, decode, encode

PAGE = 50
STREAM = "ledger:audit"
"""The chain in which checks and seals made by hand are kept: the page's memory of the last one."""
CHECK_MAX = 300_000
"""More events than this are checked by ``./zw ledger verify``, which shows how far it is."""

KINDS = {
    "case.opened": "提交申请",
    "case.acted": "办理环节",
    "case.withdrawn": "撤回申请",
    "case.archived": "归档",
    "case.rated": "评价",
    "clock.yellow": "预警",
    "clock.red": "超期",
    "clock.moved": "时限重算",
    "account.opened": "启用账号",
    "account.closed": "停用账号",
    "post.given": "任命岗位",
    "post.taken": "免去岗位",
    "deputy.set": "设置代理",
    "deputy.ended": "结束代理",
    "token.issued": "发放令牌",
    "ledger.verified": "核验账本",
    "ledger.sealed": "手动封存",
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def found(request: HttpRequest) -> Any:
    """The events the filters leave, newest first."""
    query, rows = request.GET, Event.objects.order_by("-id")
    if stream := query.get("stream", "").strip()[:80]:
        rows = rows.filter(stream=stream)
    if who := query.get("who", "").strip()[:60]:
        rows = rows.filter(by_id=who) if who.startswith("account:") else rows.filter(by_label__startswith=who)
    if kind := query.get("kind", "").strip()[:60]:
        rows = rows.filter(kind__startswith=kind)
    if since := _day(query.get("from", "")):
        rows = rows.filter(at__gte=datetime.combine(since, time(), CN))
    if until := _day(query.get("to", "")):
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), CN))
    if cursor := query.get("cursor", ""):
        rows = rows.filter(pk__lt=decode(cursor, int)[0])
    return rows


@require_GET
@require_role(Role.AUDITOR)
def search(request: HttpRequest) -> HttpResponse:
    """/desk/ledger/"""
    rows = list(found(request)[: PAGE + 1])
    for event in rows:
        event.words = f"{KINDS[event.kind]} {event.kind}" if event.kind in KINDS else event.kind
    last, checked = latest_seal(), events_of(STREAM).filter(kind="ledger.verified").order_by("-seq").first()
    newest = Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    pending = Event.objects.filter(pk__gt=last.upto_id if last else 0).count()
    return render(
        request,
        "directory/ledger.html",
        {
            "rows": rows[:PAGE],
            "cursor_page": Cursor(next=encode(rows[PAGE - 1].pk) if len(rows) > PAGE else None),
            "asked": {name: request.GET.get(name, "") for name in ("stream", "who", "kind", "from", "to")},
            "filtered": any(request.GET.get(name) for name in ("stream", "who", "kind", "from", "to")),
            "seal": last,
            "pending": pending,
            "checked": checked,
            "too_many": newest > CHECK_MAX,
        },
    )


def _remember(actor: Actor, kind: str, facts: dict[str, Any]) -> None:
    with transaction.atomic():
        append(STREAM, actor.by(), [Entry(kind, facts)])


@require_POST
@require_role(Role.AUDITOR)
def verify_now(request: HttpRequest) -> HttpResponse:
    """Checks every event, chain and seal; the result is kept as an event of its own."""
    if (Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0) > CHECK_MAX:
        messages.error(request, "记录太多，请在服务器上运行 ./zw ledger verify")
        return redirect("directory:ledger")
    report = verify()
    facts: dict[str, Any] = {"ok": report.ok, "events": report.events, "seals": report.seals, "pending": report.pending}
    if report.first_broken is not None:
        facts["broken"] = str(report.first_broken)
    _remember(request_actor(request), "ledger.verified", facts)
    if report.ok:
        messages.success(request, f"核验通过：{report.events}个事件、{report.seals}次封存，用时{report.seconds:.1f}秒")
    else:
        messages.error(request, f"核验不通过：{report.first_broken}")
    return redirect("directory:ledger")


@require_POST
@require_role(Role.AUDITOR)
def seal_now(request: HttpRequest) -> HttpResponse:
    """Seals everything since the last seal."""
    made = seal()
    if made is None:
        messages.info(request, "没有新的记录需要封存")
    else:
        messages.success(request, f"第{made.number}次封存，{made.count}个事件")
        _remember(request_actor(request), "ledger.sealed", {"number": made.number, "count": made.count})
    return redirect("directory:ledger")
