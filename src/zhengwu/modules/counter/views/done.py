"""After the entry: the receipt with its slip, again whenever the printer was off; papers that come later."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.api import query_code, slip_code
from zhengwu.kernel.cases.models import Case, Submission
from zhengwu.kernel.cases.views.presenting import state_words
from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.files.api import store
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import local, now, today
from zhengwu.lib.problem import Problem
from zhengwu.lib.qr import svg
from zhengwu.lib.tables import CSV, csv_lines
from zhengwu.modules.counter.models import LatePaper
from zhengwu.modules.counter.selectors import WAITING, access_taken, late_papers, taken_today
from zhengwu.modules.counter.services.arrive import arrive
from zhengwu.modules.counter.views.pick import signed_in
from zhengwu.ui.registry import address

PAGE = 30
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
_COLUMNS = ("补交日期", "材料", "办件编号", "事项", "申请人", "状态")


@require_GET
@require_role(Role.CLERK, Role.AGENT)
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """/counter/cases/<number>/receipt/ — receipt and rating slip; may be printed any number of times."""
    case = access_taken(request_actor(request), number)
    base = settings.PUBLIC_URL.rstrip("/")
    slip = slip_code(case)
    return render(request, "counter/receipt.html", {
        "case": case,
        "state": state_words(case),
        "agent": case.channel == Case.Channel.AGENT,
        "receipt": _receipt(case, f"{base}/progress/?number={case.number}"),
        "slip": f"{slip[:4]} {slip[4:]}",
        "slip_url": f"{base}{address('evaluation:slip')}" if address("evaluation:slip") else "",
        "levels": LEVELS,
        "documents": list(case.documents.exclude(kind="receipt")),
    })


def _receipt(case: Case, url: str) -> dict[str, Any]:
    first = Event.objects.filter(stream=case.number, seq=1).first()
    return {
        "title": "申请材料接收凭证",
        "number": case.number,
        "code": query_code(case.number),
        "unit": case.unit.name,
        "at": case.opened_at,
        "qr": mark_safe(svg(url)),  # noqa: S308 - made of digits by ourselves
        "rows": [
            ("申请人", case.applicant_name),
            ("申请事项", case.title),
            ("实施机关", case.unit.name),
            ("收件地点", f"{case.point or ''} {f'{case.window.number}号窗口' if case.window else ''}".strip()),
            ("收件人", case.taken_by.name if case.taken_by else ""),
            ("收到的材料", _materials(case)),
            ("现在的状态", state_words(case)),
        ],
        "note": "凭办件编号和查询码可以随时查询进度；有了个人或法人账号，可以凭本凭证把办件认领到账号里。"
        + ("" if case.accepted_at else "本机关自收到申请材料之日起五个工作日内一次告知是否受理、需要补正什么。"),
        "proof": bytes(first.hash).hex() if first else "",
        "proof_url": address("ledger:check"),
    }


def _materials(case: Case) -> str:
    due = dict(LatePaper.objects.filter(case=case).values_list("submission_id", "due_on"))
    words = []
    for row in case.submissions.all():
        late = due.get(row.pk)
        if row.way == Submission.Way.LATER and late:
            words.append(f"{row.name}（承诺{late.month}月{late.day}日前补交）")
        else:
            words.append(f"{row.name}（{row.get_way_display()}）")
    return "；".join(words) or "无需提交材料"


@require_GET
@require_role(Role.CLERK)
def today_list(request: HttpRequest) -> HttpResponse:
    """/counter/today/ — what I took in today."""
    page = Paginator(taken_today(request_actor(request)), PAGE).get_page(request.GET.get("page"))
    for case in page:
        case.words = state_words(case)  # type: ignore[attr-defined]
    return render(request, "counter/today.html", {"page": page})


def _wanted(request: HttpRequest, actor: Actor) -> tuple[Any, str]:
    """The rows the address asks for, and which part of the list that is."""
    rows, phase = late_papers(actor), request.GET.get("phase", "")
    if phase == "come":
        return rows.exclude(WAITING).order_by("-submission__at"), phase
    rows = rows.filter(WAITING)
    if phase == "due":
        rows = rows.filter(due_on__lte=today())
    if words := request.GET.get("q", "").strip()[:60]:
        by_number = rows.filter(case__number=words.upper())
        rows = by_number if by_number.exists() else rows.filter(case__applicant_name__startswith=words)
    return rows, phase


def _light(row: LatePaper) -> str:
    if row.submission.way != Submission.Way.LATER:
        return "off"
    left = (row.due_on - today()) / timedelta(days=1)
    return "red" if left < 0 else "yellow" if left <= 2 else "green"


@require_GET
@require_role(Role.CLERK, Role.AGENT)
def late(request: HttpRequest) -> HttpResponse:
    """/counter/late/ — papers promised, nearest day first."""
    rows, phase = _wanted(request, request_actor(request))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.light = _light(row)
    phases = [("due", "今天到期和过期"), ("come", "已补交")]
    return render(request, "counter/late.html", {
        "page": page, "phase": phase, "groups": [{"name": "phase", "label": "阶段", "options": phases}],
        "clerk": request_actor(request).has_role(Role.CLERK),
    })


@require_GET
@require_role(Role.CLERK, Role.AGENT)
def late_export(request: HttpRequest) -> HttpResponseBase:
    """The same list as CSV."""
    rows, _ = _wanted(request, request_actor(request))
    cells = ([row.due_on.isoformat(), row.submission.name, row.case.number, row.case.title, row.case.applicant_name,
              "待补" if row.submission.way == Submission.Way.LATER else "已补交"]
             for row in rows.iterator(chunk_size=500))
    name = f"late-{local(now()):%Y%m%d}.csv"
    return HttpResponse("".join(csv_lines(_COLUMNS, cells)), content_type=CSV,
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
@require_role(Role.CLERK, Role.AGENT)
def late_arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """A promised paper has come: seen, or photographed."""
    actor = request_actor(request)
    row = late_papers(actor).filter(pk=pk).first()
    try:
        file = None
        if row is not None and (upload := request.FILES.get("file")):
            file = store(name=upload.name or "", stream=upload, owner=actor, purpose="material",
                         subject=row.case.number)
        done = arrive(late_id=row.pk if row else 0, clerk=signed_in(request), file=file)
        messages.success(request, f"“{done.submission.name}”已补交")
    except Problem as problem:
        if problem.status == 404:
            raise
        messages.error(request, problem.zh)
    back = request.POST.get("back", "")
    return redirect(back if back.startswith("/counter/") else address("counter:late"))
