"""The affair (案卷): what is known, who investigates, what is proposed, the hearing, the evidence."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.cases.api import state_label
from zhengwu.kernel.directory.api import Role, open_text, request_actor, require_role
from zhengwu.lib.identifiers import mask_id, mask_phone
from zhengwu.lib.now import CN
from zhengwu.lib.numbers import cents, whole
from zhengwu.lib.problem import Invalid, NotFound, Problem
from zhengwu.modules.enforcement import proposals
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair, Evidence
from zhengwu.modules.enforcement.selectors import access_affair, discretion_of
from zhengwu.modules.enforcement.services import record
from zhengwu.modules.enforcement.services.start import officers_of
from zhengwu.modules.enforcement.views.new import team_rows, typed_team
from zhengwu.modules.enforcement.views.register import READERS

MEASURE_ROWS = 3


@require_GET
@require_role(*READERS)
def page(request: HttpRequest, number: str) -> HttpResponse:
    """/desk/enforcement/<number>/"""
    return _page(request, access_affair(request_actor(request), number), {})


def _page(request: HttpRequest, affair: Affair, more: dict[str, Any], status: int = 200) -> HttpResponse:
    case, actor = affair.case, request_actor(request)
    family = FAMILIES[case.kind]
    team = [(r.account_id, r.badge) for r in affair.investigators.all()]
    open_ = case.closed_at is None and case.decided_at is None
    return render(request, "enforcement/affair.html", {
        "affair": affair, "case": case, "family": family, "state": state_label(case.kind, case.state),
        "facts": _facts(affair), "may_write": open_ and actor.has_role(Role.OFFICER, unit_id=case.unit_id),
        "investigators": list(affair.investigators.select_related("account")), "team": team_rows(team),
        "officers": [(r.account_id, r.account.name) for r in officers_of(case.unit_id)],
        "chairs": [(r.account_id, r.account.name) for r in record.legal_of(case.unit_id)],
        "proposal": affair.proposal, "measures": proposals.words(affair.proposal),
        "measure_rows": _measure_rows(affair.proposal), "measure_kinds": list(proposals.MEASURES.items()),
        "texts": [(name, title, affair.proposal.get(name, "")) for name, title in proposals.FIELDS.items()],
        "rules": [(r.pk, f"{r.act}·{r.get_level_display()}：{r.circumstances}（{r.low_cents / 100:.0f}至"
                         f"{r.high_cents / 100:.0f}元）") for r in discretion_of(case.matter_id)],
        "heavy": proposals.heavy(affair.proposal, affair.party_kind), "evidence": list(
            affair.evidence.select_related("file", "by")), "evidence_kinds": Evidence.Kind.choices,
        "statements": list(affair.statements.all()), "draw": case.draws.first(), "errors": {}, **more}, status=status)


def _facts(affair: Affair) -> list[tuple[str, Any]]:
    case = affair.case
    rows: list[tuple[str, Any]] = [("案由" if FAMILIES[case.kind].party else "事由", affair.subject),
                                   ("权力事项", case.title), ("线索来源", affair.get_source_display())]
    if party := case.parties.filter(role="concerned").first():
        number = open_text(party.id_sealed, "citizen_id")
        person = party.id_kind == "111"
        rows += [("当事人", party.name), ("证件号码" if person else "统一社会信用代码",
                                       (mask_id(number) if person else number) if number else "未登记")]
        if party.phone_sealed:
            rows.append(("联系电话", mask_phone(open_text(party.phone_sealed, "phone"))))
    rows += [("发生地点", affair.place), ("发生日期", affair.happened_on), ("案情", affair.facts)]
    return rows


def _measure_rows(proposal: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"kind": m["kind"], "text": m.get("text", ""),
             "yuan": f"{m['cents'] // 100}.{m['cents'] % 100:02d}" if m.get("cents") else ""}
            for m in proposal.get("measures", [])]
    return [*rows, *[{"kind": "", "text": "", "yuan": ""}] * max(1, MEASURE_ROWS - len(rows))]


def _write(request: HttpRequest, number: str, do: Callable[[], Any], words: tuple[str, str],
           typed: dict[str, Any]) -> HttpResponse:
    """One part of the affair; what is refused comes back with what was typed, in its place on the page.
    ``words``: what is said when it is done, and the part's id on the page."""
    said, part = words
    try:
        do()
    except NotFound:
        raise
    except Problem as problem:
        if problem.status == 403:
            raise
        errors = getattr(problem, "errors", None) or {problem.field: problem.zh}
        affair = access_affair(request_actor(request), number)
        return _page(request, affair, {"problem": problem, "errors": errors, "part": part, **typed}, problem.status)
    messages.success(request, said)
    return redirect(f"{request.path.rsplit('/', 2)[0]}/#{part}")


@require_POST
@require_role(Role.OFFICER)
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """Writes the proposal."""
    post = request.POST
    columns = zip(post.getlist("kind"), post.getlist("text"), post.getlist("yuan"), strict=False)
    rows = [{"kind": kind, "text": text, "yuan": yuan} for kind, text, yuan in columns if kind or text or yuan]
    raw: dict[str, Any] = {name: post.get(name, "") for name in (*proposals.FIELDS, "beyond")}
    raw["discretion"] = whole(post.get("discretion")) or 0

    def do() -> None:
        measures = [{"kind": r["kind"], "text": r["text"], "cents": cents(r["yuan"]) if r["yuan"].strip() else 0}
                    for r in rows]
        if any(m["cents"] is None for m in measures):
            raise Invalid({"measures": "金额应为数字，最多两位小数，如1500或1500.50"})
        record.propose(number=number, by=request_actor(request), raw=raw | {"measures": measures},
                       revision=whole(post.get("revision")))

    typed = {"proposal": raw, "texts": [(n, t, raw[n]) for n, t in proposals.FIELDS.items()],
             "measure_rows": [*rows, {"kind": "", "text": "", "yuan": ""}]}
    return _write(request, number, do, ("拟处理意见已保存", "proposal"), typed)


@require_POST
@require_role(Role.OFFICER)
def team(request: HttpRequest, number: str) -> HttpResponse:
    rows = typed_team(request)
    return _write(request, number, lambda: record.set_team(number=number, by=request_actor(request), team=rows),
                  ("执法人员已登记", "team"), {"team": team_rows(rows)})


@require_POST
@require_role(Role.OFFICER)
def hearing(request: HttpRequest, number: str) -> HttpResponse:
    """Arranges the hearing."""
    post = request.POST

    def do() -> None:
        try:
            at = datetime.fromisoformat(f"{post.get('day', '')}T{post.get('hour', '')}").replace(tzinfo=CN)
        except ValueError:
            raise Invalid({"at": "请填写听证的日期和时间"}) from None
        record.arrange_hearing(number=number, by=request_actor(request), at=at, place=post.get("place", ""),
                               chair_id=whole(post.get("chair")) or 0, public=post.get("closed") != "on")

    typed = {"typed_hearing": {name: post.get(name, "") for name in ("day", "hour", "place", "chair", "closed")}}
    return _write(request, number, do, ("听证已安排，办理“要求听证”时发出通知书", "hearing"), typed)


@require_POST
@require_role(Role.OFFICER)
def evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Registers one piece of evidence."""
    post, file = request.POST, request.FILES.get("file")

    def do() -> None:
        record.add_evidence(number=number, by=request_actor(request), name=post.get("name", ""),
                            kind=post.get("evidence_kind", ""), proves=post.get("proves", ""),
                            filename=(file.name or "") if file else "", stream=file)

    typed = {"typed_evidence": {n: post.get(n, "") for n in ("name", "evidence_kind", "proves")}}
    return _write(request, number, do, ("证据已登记", "evidence"), typed)
