"""The complaint desk's pages: list, taking down, one complaint with its reply, the rota."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.cases.api import new_key, state_label
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.views.presenting import left_words
from zhengwu.kernel.directory.api import Actor, open_text, request_actor, require_role
from zhengwu.kernel.directory.models import Appointment, Unit
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.now import local, now, today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.centre.access import point_of
from zhengwu.modules.centre.complaints import TOLD
from zhengwu.modules.centre.models import Complaint, Rota
from zhengwu.modules.centre.services.complain import DESK, on_duty, reply, set_rota, take_down

PAGE = 50
ROTA_DAYS = 14


@require_GET
@require_role(*DESK)
def list_page(request: HttpRequest) -> HttpResponse:
    """/desk/complaints/ — open ones first by the time that is left."""
    point = point_of(request_actor(request), request.GET.get("point"), *DESK)
    rows = Complaint.objects.filter(point=point).select_related("case", "about", "window")
    match request.GET.get("state"):
        case "closed":
            rows = rows.filter(case__closed_at__isnull=False).order_by("-case__closed_at")
        case "all":
            rows = rows.order_by("-case__opened_at")
        case _:
            rows = rows.filter(case__closed_at=None).order_by("case__due_at")
    page, moment = Paginator(rows, PAGE).get_page(request.GET.get("page")), now()
    for row in page:
        row.words = state_label(row.case.kind, row.case.state)  # type: ignore[attr-defined]
        row.left = left_words(row.case.due_at, moment) if row.case.closed_at is None else ""  # type: ignore[attr-defined]
    return render(request, "centre/complaints.html", {
        "point": point, "page": page, "duty": on_duty(point),
        "narrow": [{"name": "state", "label": "办理", "options": [("closed", "已办结"), ("all", "全部含在办")]}]})


@require_http_methods(["GET", "POST"])
@require_role(*DESK)
def new(request: HttpRequest) -> HttpResponse:
    """/desk/complaints/new/ — what somebody says at the desk; comes back filled."""
    actor = request_actor(request)
    point = point_of(actor, request.GET.get("point"), *DESK)
    typed: dict[str, Any] = {"came": "oral", "wanted": "oral", "key": new_key()}
    shown: dict[str, Any] = {"point": point}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in
                 ("name", "phone", "came", "wanted", "about", "window", "words", "key")}
        try:
            row = take_down(
                point=point, by=actor, name=typed["name"], phone=typed["phone"], came=typed["came"],
                wanted=typed["wanted"], words=typed["words"], key=typed["key"][:80],
                about=Unit.objects.filter(pk=whole(typed["about"]) or 0, division_id=point.division_id).first(),
                window=_window(point, typed["window"]))
            messages.success(request, f"已登记，编号{row.case.number}")
            return redirect("centre:complaint", number=row.case.number)
        except Problem as problem:
            shown |= {"problem": problem, "errors": problem.extra.get("errors", {})}
    windows = Window.objects.filter(point=point).order_by("number")
    shown |= {
        "typed": typed, "forms": list(Complaint.Form.choices),
        "windows": [("", "不针对某个窗口"), *((w.pk, str(w)) for w in windows)],
        "units": [("", "按窗口所属单位"), *Unit.objects.valid_on(today()).filter(
            division_id=point.division_id, kind__in=("organ", "centre")).values_list("pk", "name")],
    }
    return render(request, "centre/complaint_new.html", shown,
                  status=shown["problem"].status if "problem" in shown else 200)


def _window(point: ServicePoint, wanted: str) -> Window | None:
    return Window.objects.select_related("unit").filter(pk=whole(wanted) or 0, point=point).first()


def _complaint(actor: Actor, number: str) -> Complaint:
    row = Complaint.objects.select_related("case__unit", "about", "window", "point", "taken_by").filter(
        case__number=number, point__unit_id__in=actor.unit_ids(*DESK)).first()
    if row is None:
        raise NotFound("no-such-complaint", "没有这件投诉", "no such complaint")
    return row


@require_http_methods(["GET", "POST"])
@require_role(*DESK)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """/desk/complaints/<number>/ — who complained about what, and the reply in the form asked for."""
    actor = request_actor(request)
    row, problem = _complaint(actor, number), None
    moment = local(now())
    typed = {"told": "phone", "person": actor.name, "day": f"{moment:%Y-%m-%d}", "clock": f"{moment:%H:%M}",
             "words": "", "key": new_key()}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            reply(complaint=row, by=actor, words=typed["words"], way=row.wanted, told=typed["told"],
                  person=typed["person"], day=typed["day"], clock=typed["clock"], key=typed["key"][:80])
            messages.success(request, "答复已登记，投诉办结")
            return redirect("centre:complaint", number=number)
        except Problem as refused:
            problem = refused
    party = row.case.parties.first()
    phone = open_text(party.phone_sealed, "phone") if party and party.phone_sealed else ""
    step = Step.objects.filter(case=row.case, closed_at=None).order_by("id").first()
    return render(request, "centre/complaint.html", {
        "row": row, "case": row.case, "state": state_label(row.case.kind, row.case.state), "party": party,
        "phone": phone, "step": step, "answering": step is not None and step.kind == "answer", "typed": typed,
        "problem": problem, "errors": problem.extra.get("errors", {}) if problem else {},
        "told": list(TOLD.items()), "documents": list(row.case.documents.all()),
        "given": Step.objects.filter(case=row.case, kind="answer", outcome="reply").first(),
        "founded": {True: "属实", False: "不属实", None: "未认定"}[row.founded],
    }, status=problem.status if problem else 200)


@require_http_methods(["GET", "POST"])
@require_role(*DESK)
def rota(request: HttpRequest) -> HttpResponse:
    """/desk/complaints/rota/ — two weeks of half days."""
    actor = request_actor(request)
    point, problem = point_of(actor, request.GET.get("point"), *DESK), None
    if request.method == "POST":
        try:
            set_rota(point=point, by=actor, day=_day(request.POST.get("day")), half=request.POST.get("half", ""),
                     account_id=whole(request.POST.get("account")) or 0)
            messages.success(request, "值班表已更新")
            return redirect("centre:rota")
        except Problem as refused:
            problem = refused
    days = [today() + timedelta(days=n) for n in range(ROTA_DAYS)]
    held = {(r.day, r.half): r for r in Rota.objects.filter(point=point, day__in=days).select_related("account")}
    people = Appointment.objects.filter(unit_id=point.unit_id, role__in=DESK, valid_to=None)
    return render(request, "centre/rota.html", {
        "point": point, "problem": problem, "manages": actor.has_role("centre", unit_id=point.unit_id),
        "rows": [(day, held.get((day, "am")), held.get((day, "pm"))) for day in days],
        "days": [(d.isoformat(), f"{d.month}月{d.day}日") for d in days], "halves": list(Rota.Half.choices),
        "people": sorted(set(people.values_list("account_id", "account__name"))),
        "errors": problem.extra.get("errors", {}) if problem else {}},
        status=problem.status if problem else 200)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return date.min
