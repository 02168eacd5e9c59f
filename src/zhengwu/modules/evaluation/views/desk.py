"""The staff's list: what was said of which service. Who said it stays with the centre's call-back."""

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import (
    WORKERS,
    Actor,
    Role,
    masked_phone,
    open_text,
    phone_of,
    request_actor,
    require_role,
)
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import local, today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound
from zhengwu.lib.tables import CSV, XLSX, csv_lines, xlsx
from zhengwu.modules.evaluation.models import Evaluation, EvaluationQuerySet
from zhengwu.modules.evaluation.selectors import period_of, periods

PAGE = 50
EXPORT_MAX = 20_000
COLUMNS = ("评价时间", "被评单位", "办理事项", "窗口", "满意度", "服务态度", "业务能力", "评价内容", "渠道", "整改")
STAGES = [("open", "整改中"), ("done", "整改办结"), ("excluded", "不计入")]


def _rows(request: HttpRequest) -> EvaluationQuerySet:
    rows = Evaluation.objects.visible_to(request_actor(request)).select_related("unit", "window", "rectification")
    asked = request.GET
    if (level := whole(asked.get("level"))) in Evaluation.Level.values:
        rows = rows.filter(level=level)
    elif asked.get("level") == "bad":
        rows = rows.filter(level__lte=Evaluation.Level.BAD)
    if asked.get("channel") in Evaluation.Channel.values:
        rows = rows.filter(channel=asked["channel"])
    if (unit := whole(asked.get("unit"))) is not None:
        rows = rows.filter(unit_id=unit)
    if period := asked.get("period"):
        found = period_of(period, today())
        rows = rows.filter(at__gte=found.begin, at__lt=found.end)
    match asked.get("stage"):
        case "open":
            rows = rows.filter(level__lte=Evaluation.Level.BAD, rectified_at=None, excluded_at=None)
        case "done":
            rows = rows.filter(rectified_at__isnull=False)
        case "excluded":
            rows = rows.filter(excluded_at__isnull=False)
    if words := asked.get("q", "").strip()[:60]:
        rows = rows.filter(Q(title__icontains=words) | Q(comment__icontains=words) | Q(unit__name__icontains=words))
    return rows


@require_GET
@require_role(*WORKERS, Role.INSPECTOR)
def list_page(request: HttpRequest) -> HttpResponse:
    """/desk/evaluations/ — newest first; filters in the address."""
    page = Paginator(_rows(request), PAGE).get_page(request.GET.get("page"))
    return render(request, "evaluation/desk.html", {
        "page": page,
        "query": request.GET.urlencode(),
        "narrow": [
            {"name": "level", "label": "满意度", "options": [("bad", "差评"), *Evaluation.Level.choices]},
            {"name": "stage", "label": "整改", "options": STAGES},
            {"name": "channel", "label": "渠道", "options": list(Evaluation.Channel.choices)},
            {"name": "period", "label": "时间", "options": [(p.code, p.label) for p in periods(today())]},
        ],
    })


@require_GET
@require_role(*WORKERS, Role.INSPECTOR)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list with the same filters; no column leads to the evaluator."""
    cells = (_cells(row) for row in _rows(request)[:EXPORT_MAX].iterator(chunk_size=1000))
    head = {"Content-Disposition": f'attachment; filename="evaluations-{today():%Y%m%d}.{kind}"'}
    if kind == "csv":
        return HttpResponse("".join(csv_lines(COLUMNS, cells)), content_type=CSV, headers=head)
    if kind == "xlsx":
        return HttpResponse(xlsx("好差评", COLUMNS, cells), content_type=XLSX, headers=head)
    raise NotFound("no-such-format", "可以导出为csv或xlsx", "export as csv or xlsx")


def _cells(row: Evaluation) -> list[str]:
    return [
        f"{local(row.at):%Y-%m-%d %H:%M}", row.unit.name, row.title, str(row.window or ""), row.get_level_display(),
        row.get_attitude_display() or "", row.get_skill_display() or "", row.comment, row.get_channel_display(),
        row.stage[0],
    ]


@require_POST
@require_role(Role.CENTRE)
def callback(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the evaluator's number for the call-back, once it was asked for: the ledger says who looked and when."""
    actor = request_actor(request)
    row = (
        Evaluation.objects.visible_to(actor)
        .filter(point__unit_id__in=actor.unit_ids(Role.CENTRE), rectification__closed_at=None)
        .exclude(rectification=None).select_related("case__applicant", "rectification").filter(pk=pk).first()
    )
    if row is None:
        raise NotFound("no-such-evaluation", "没有这条评价，或者整改已经办结", "no such evaluation, or closed")
    _note(row, actor)
    return render(request, "evaluation/callback.html", {"row": row, "phone": _phone(row)})


def _phone(row: Evaluation) -> str:
    case = row.case
    if case is None:
        return ""
    if case.applicant is not None and masked_phone(case.applicant):
        return phone_of(case.applicant)
    party = case.parties.filter(until=None).exclude(phone_sealed="").first()
    return open_text(party.phone_sealed, "phone") if party is not None else ""


def _note(row: Evaluation, actor: Actor) -> None:
    with transaction.atomic():
        Evaluation.objects.select_for_update(of=("self",)).get(pk=row.pk)
        append(f"evaluation:{row.pk}", actor.by(), [Entry("evaluation.phone-seen", {"purpose": "回访核实"})])
