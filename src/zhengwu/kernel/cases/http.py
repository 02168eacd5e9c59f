"""/api/v1/cases, /todo, /steps: asking, following and acting over HTTP — the same services the pages call."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Header, Query, Router, Schema
from pydantic import ConfigDict, Field

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.log import event_log
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.selectors import (
    access_by_code,
    access_case,
    access_step,
    clocks,
    holder,
    light,
    query_code,
    timeline,
    todo,
)
from zhengwu.kernel.cases.services.act import act
from zhengwu.kernel.cases.services.open import Handed, open_case
from zhengwu.kernel.clock.api import explain
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.http import actor, answer_once, anyone, signed_in
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import proof_of
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.api import access_matter
from zhengwu.lib.paging import decode, encode
from zhengwu.lib.problem import Denied, NotFound, Problem

router = Router(tags=["cases"])


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class MaterialIn(Strict):
    material: int = Field(description="id of the material in the guide")
    file: UUID | None = Field(None, description="id returned by POST files")


class CaseIn(Strict):
    matter: str = Field(max_length=31, description="implementation code")
    form: dict[str, Any] = Field(default_factory=dict)
    materials: list[MaterialIn] = Field(default_factory=list, max_length=50)


class ActionIn(Strict):
    action: str = Field(max_length=20)
    opinion: str = Field("", max_length=1000)
    form: dict[str, Any] = Field(default_factory=dict)


class StepOut(Schema):
    id: int
    node: str
    name: str
    kind: str
    holder: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    by: str
    outcome: str
    light: str


class CaseOut(Schema):
    number: str
    title: str
    matter: str
    state: str
    state_label: str
    unit: str
    opened_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    light: str
    revision: int
    chart: str
    steps: list[StepOut]


class TodoRow(Schema):
    step: int
    number: str
    title: str
    applicant: str
    name: str
    opened_at: datetime
    due_at: datetime | None
    light: str


class TodoPage(Schema):
    items: list[TodoRow]
    next: str | None = None


def _step_out(step: Step) -> dict[str, Any]:
    return {
        "id": step.pk,
        "node": step.node,
        "name": step.name,
        "kind": step.kind,
        "holder": holder(step),
        "opened_at": step.opened_at,
        "due_at": step.due_at,
        "closed_at": step.closed_at,
        "by": step.closed_label,
        "outcome": step.outcome,
        "light": light(step.warn_at, step.due_at) if step.closed_at is None else "none",
    }


def _case_out(case: Case) -> dict[str, Any]:
    steps = [_step_out(s) for s in case.steps.select_related("unit").order_by("id")]
    return {
        "number": case.number,
        "title": case.title,
        "matter": case.matter.code if case.matter else "",
        "state": case.state,
        "state_label": kinds.state_label(case.kind, case.state),
        "unit": case.unit.name,
        "opened_at": case.opened_at,
        "accepted_at": case.accepted_at,
        "due_at": case.due_at,
        "decided_at": case.decided_at,
        "closed_at": case.closed_at,
        "light": light(case.warn_at, case.due_at) if case.closed_at is None else "none",
        "revision": case.revision,
        "chart": f"{case.version.definition_id}:{case.version.number}",
        "steps": steps,
    }


def _json(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, default=lambda v: v.isoformat() if isinstance(v, datetime) else str(v)
    ).encode()


def _access(request: HttpRequest, number: str, code: str) -> Case:
    """By query code (the holder of a receipt), else by who asks."""
    if code:
        return access_by_code(number, code)
    who: Actor = actor(request)
    if who.account_id is None:
        raise Denied("sign-in-or-code", "请登录，或提供查询码 code", "sign in, or give the query code", status=401)
    return access_case(who, number)


@router.post("cases", auth=signed_in, response={201: CaseOut}, summary="Apply")
def create(request: HttpRequest, data: CaseIn) -> HttpResponse:
    who = actor(request, "apply")
    applicant = Account.objects.get(pk=who.account_id)

    def run() -> tuple[int, bytes]:
        matter = access_matter(data.matter)
        names = dict(matter.materials.values_list("id", "name"))
        handed = [
            Handed(name=names[m.material], material_id=m.material, file=m.file)
            for m in data.materials
            if m.material in names
        ]
        if len(handed) != len(data.materials):
            raise Problem(
                "unknown-material",
                "有材料不属于该事项",
                "a material does not belong to this matter",
                field="materials",
                status=422,
            )
        case = open_case(
            kind="application",
            matter=matter,
            by=who,
            applicant=applicant,
            applicant_name=applicant.name,
            form=data.form,
            materials=handed,
        )
        return 201, _json(_case_out(case) | {"query_code": query_code(case.number)})

    response = answer_once(request, who, run)
    response["Location"] = f"/api/v1/cases/{json.loads(response.content)['number']}"
    return response


@router.get("cases/{number}", auth=anyone, response=CaseOut, summary="One case with its steps")
def case_detail(request: HttpRequest, number: str, response: HttpResponse, code: str = "") -> dict[str, Any]:
    case = _access(request, number, code)
    response["ETag"] = case.etag
    return _case_out(case)


@router.get(
    "cases/{number}/events", auth=anyone, response=list[dict[str, Any]], summary="What happened, from the ledger"
)
def events(request: HttpRequest, number: str, code: str = "") -> list[dict[str, Any]]:
    case = _access(request, number, code)
    return [
        {k: row[k] for k in ("seq", "at", "kind", "by", "unit", "step", "action", "hash")} for row in timeline(case)
    ]


@router.get(
    "cases/{number}/clock", auth=anyone, response=list[dict[str, Any]], summary="Its limits, explained day by day"
)
def case_clock(request: HttpRequest, number: str, code: str = "") -> list[dict[str, Any]]:
    case = _access(request, number, code)
    out = []
    for row in clocks(case):
        told = explain(row)
        out.append(
            {
                "kind": row.kind,
                "state": row.state,
                "light": row.light,
                "basis": row.basis,
                "started_at": row.started_at,
                "due_at": row.due_at,
                "summary": told.summary,
                "days": [{"date": d.date, "counted": d.counted, "reason": d.reason} for d in told.days],
            }
        )
    return out


@router.get("cases/{number}/proof", auth=anyone, response=dict[str, Any], summary="Proof of the acceptance receipt")
def proof(request: HttpRequest, number: str, code: str = "", seq: int = Query(1, ge=1)) -> dict[str, Any]:
    case = _access(request, number, code)
    event = Event.objects.filter(stream=case.number, seq=seq).first()
    if event is None:
        raise NotFound("no-such-event", "该办件没有这一条记录", "no such event")
    return proof_of(event)


@router.get(
    "matters/{code}/log.xes",
    auth=signed_in,
    summary="Event log of the finished cases one may see (XES, IEEE 1849)",
    openapi_extra={
        "responses": {200: {"description": "XES", "content": {"application/xml": {"schema": {"type": "string"}}}}}
    },
)
def log(request: HttpRequest, code: str) -> StreamingHttpResponse:
    who = actor(request)
    if not who.is_staff:
        raise Denied("staff-only", "事件日志只对工作人员开放", "the event log is for staff")
    body = event_log(who, access_matter(code))
    return StreamingHttpResponse(body, content_type="application/xml; charset=utf-8")


@router.get("todo", auth=signed_in, response=TodoPage, summary="What the one who asks has to do, nearest limit first")
def todo_list(
    request: HttpRequest, cursor: str = Query("", max_length=300), limit: int = Query(50, ge=1, le=100)
) -> dict[str, Any]:
    rows = todo(actor(request, _scope(actor(request))))
    if cursor:
        due, pk = decode(cursor, datetime.fromisoformat, int)
        rows = rows.after(due, pk)
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    items = [
        {
            "step": s.pk,
            "number": s.case.number,
            "title": s.case.title,
            "applicant": s.case.applicant_name,
            "name": s.name,
            "opened_at": s.opened_at,
            "due_at": s.due_at,
            "light": light(s.warn_at, s.due_at),
        }
        for s in found[:limit]
    ]
    return {"items": items, "next": encode(last.due_at.isoformat() if last.due_at else None, last.pk) if last else None}


@router.get("steps/{step_id}", auth=signed_in, response=dict[str, Any], summary="One step and the actions it allows")
def step_detail(request: HttpRequest, step_id: int, response: HttpResponse) -> dict[str, Any]:
    step = access_step(actor(request), step_id)
    response["ETag"] = step.case.etag
    node = chart_of(step.case.version_id).node(step.node)
    actions = [{"code": a.code, "label": a.label, "opinion_required": a.opinion} for a in node.actions]
    return _step_out(step) | {"number": step.case.number, "actions": actions if step.closed_at is None else []}


@router.post("steps/{step_id}/actions", auth=signed_in, response={200: CaseOut}, summary="Act on a step")
def step_act(
    request: HttpRequest, step_id: int, data: ActionIn, if_match: str = Header("", alias="If-Match")
) -> HttpResponse:
    who = actor(request, _scope(actor(request)))
    revision = _revision(if_match)

    def run() -> tuple[int, bytes]:
        done = act(
            step_id=step_id,
            action=data.action,
            by=who,
            form=data.form,
            opinion=data.opinion,
            key=request.headers.get("Idempotency-Key", ""),
            revision=revision,
        )
        return 200, _json(_case_out(access_case(who, done.case.number)))

    return answer_once(request, who, run)


def _scope(who: Actor) -> str:
    """Staff work; an applicant's system answers its own steps with the right to apply."""
    return "work" if who.is_staff else "apply"


def _revision(if_match: str) -> int | None:
    """The revision named by If-Match; ``*`` or nothing means any. Raises Problem when it is no ETag of ours."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if text in ("", "*"):
        return None
    if not text.isdigit():
        raise Problem(
            "bad-etag", "If-Match 不是本系统给出的版本号", "If-Match is not an ETag of ours", field="If-Match"
        )
    return int(text)
