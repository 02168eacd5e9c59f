"""/api/v1/steps/{id}/verbs, /circulations: every verb of an office over HTTP, by the services the pages call."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Schema
from ninja.responses import NinjaJSONEncoder
from pydantic import Field

from zhengwu.kernel.cases.etags import revision_of
from zhengwu.kernel.cases.http_schemas import CaseOut, case_out
from zhengwu.kernel.cases.models import Circulation, Step
from zhengwu.kernel.cases.selectors import access_step
from zhengwu.kernel.cases.services.circulate import circulated_to, mark_read
from zhengwu.kernel.cases.services.jump import may_jump
from zhengwu.kernel.cases.services.verb import Offer
from zhengwu.kernel.cases.services.verbs import offers, perform
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.http import actor, answer_once, signed_in
from zhengwu.lib.paging import decode, encode

router = Router(tags=["cases"])


class ChoiceOut(Schema):
    value: str
    label: str


class FieldOut(Schema):
    """One thing a verb asks for."""

    name: str = Field(examples=["to"])
    label: str = Field(examples=["退回到"])
    kind: str = Field(description="text, textarea, select, many or date", examples=["select"])
    required: bool
    choices: list[ChoiceOut]


class VerbOut(Schema):
    """A verb allowed now."""

    code: str = Field(examples=["return"])
    label: str = Field(examples=["退回"])
    fields: list[FieldOut]
    confirm: str = Field(description="what cannot be undone about it; empty when it can")


class ItemIn(Schema):
    material: str = Field(max_length=200)
    fault: str = Field(max_length=200)
    wanted: str = Field("", max_length=200)


class VerbIn(Schema):
    """The fields of the offer; what a verb does not ask for is left out."""

    opinion: str = Field("", max_length=2000)
    to: str = Field("", max_length=60)
    how: str = Field("", max_length=10)
    who: str = Field("", max_length=60)
    readers: list[str] = Field(default_factory=list, max_length=50)
    items: list[ItemIn] | None = Field(None, max_length=50, description="what a correction notice asks for")
    basis: str = Field("", max_length=300)
    until: str = Field("", max_length=10, examples=["2026-12-31"])
    ground: str = Field("", max_length=20)


class CirculationOut(Schema):
    id: int
    number: str
    title: str
    sender: str
    note: str
    at: datetime
    read_at: datetime | None
    answer: str


class CirculationPage(Schema):
    items: list[CirculationOut]
    next: str | None = Field(None, description="cursor of the next page")


class ReadIn(Schema):
    answer: str = Field("", max_length=300)


def _json(shape: type[Schema], value: dict[str, Any]) -> bytes:
    return json.dumps(shape(**value).model_dump(), cls=NinjaJSONEncoder, ensure_ascii=False).encode()


def _step(who: Actor, step_id: int) -> Step:
    """A step of a case the actor sees, or may set on another step as security administrator."""
    step = Step.objects.select_related("case").filter(pk=step_id).first()
    if step is not None and may_jump(who, step.case):
        return step
    return access_step(who, step_id)


def _verb(made: Offer) -> dict[str, Any]:
    fields = [
        {
            "name": f.name,
            "label": f.label,
            "kind": f.kind,
            "required": f.required,
            "choices": [{"value": value, "label": label} for value, label in f.choices],
        }
        for f in made.fields
    ]
    return {"code": made.code, "label": made.label, "fields": fields, "confirm": made.confirm}


@router.get(
    "steps/{step_id}/verbs",
    auth=signed_in,
    response=list[VerbOut],
    summary="现在可以对一个环节作的操作",
    operation_id="listVerbs",
)
def verbs(request: HttpRequest, step_id: int, response: HttpResponse) -> list[dict[str, Any]]:
    """Besides completing it: return, take back, signers, hand over, circulate, press, suspend, end, jump."""
    who = actor(request)
    step = _step(who, step_id)
    response["ETag"] = step.case.etag
    return [_verb(made) for made in offers(who, step)]


@router.post(
    "steps/{step_id}/verbs/{verb}",
    auth=signed_in,
    response={200: CaseOut},
    summary="退回、撤回、加签、减签、转办、传阅、催办、中止、恢复、终止、跳转",
    operation_id="useVerb",
)
def use_verb(
    request: HttpRequest,
    step_id: int,
    verb: str,
    data: VerbIn,
    if_match: str = Header("", alias="If-Match", description="ETag of the case or step as it was seen"),
) -> HttpResponse:
    """409 when the world has moved on, 412 when the case has changed since it was seen."""
    reader: Actor = request.auth  # type: ignore[attr-defined]
    who = actor(request, "work" if reader.is_staff else "apply")
    revision = revision_of(if_match)

    def run() -> tuple[int, bytes]:
        done = perform(verb, step_id=step_id, by=who, data=data.model_dump(), revision=revision)
        return 200, _json(CaseOut, case_out(done.case, names=who.is_staff))

    return answer_once(request, who, run)


@router.get(
    "circulations", auth=signed_in, response=CirculationPage, summary="传阅给我的办件", operation_id="listCirculations"
)
def circulations(
    request: HttpRequest, cursor: str = Query("", max_length=300), limit: int = Query(50, ge=1, le=100)
) -> dict[str, Any]:
    """Newest first."""
    rows = circulated_to(actor(request)).order_by("-id")
    if cursor:
        (pk,) = decode(cursor, int)
        rows = rows.filter(pk__lt=pk)
    found = list(rows[: limit + 1])
    return {
        "items": [_circulation(row) for row in found[:limit]],
        "next": encode(found[limit - 1].pk) if len(found) > limit else None,
    }


def _circulation(row: Circulation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.case.number,
        "title": row.case.title,
        "sender": row.sender_label,
        "note": row.note,
        "at": row.at,
        "read_at": row.read_at,
        "answer": row.answer,
    }


@router.post(
    "circulations/{circulation_id}/read",
    auth=signed_in,
    response={200: CirculationOut},
    summary="标记传阅件为已读",
    operation_id="readCirculation",
)
def read(request: HttpRequest, circulation_id: int, data: ReadIn) -> HttpResponse:
    """The receipt; the first one stands."""
    who = actor(request, "work")

    def run() -> tuple[int, bytes]:
        row = mark_read(circulation_id=circulation_id, by=who, answer=data.answer)
        return 200, _json(CirculationOut, _circulation(row))

    return answer_once(request, who, run)
