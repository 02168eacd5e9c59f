"""/api/v1/enforcement: other systems of an office open its cases and read them; the same services as the pages."""

import json
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.responses import NinjaJSONEncoder
from pydantic import ConfigDict, Field

from zhengwu.kernel.cases.api import state_label
from zhengwu.kernel.directory.http import actor, answer_once, signed_in
from zhengwu.lib.problem import Denied
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.selectors import access_affair, access_power
from zhengwu.modules.enforcement.services.start import PartyIn, open_affair

router = Router(tags=["enforcement"], auth=signed_in)


class PartyBody(Schema):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["person", "enterprise"]
    name: str = Field(min_length=1, max_length=100)
    number: str = Field("", max_length=18, description="citizen id or unified social credit code; stored sealed")
    phone: str = Field("", max_length=11)


class InvestigatorBody(Schema):
    model_config = ConfigDict(extra="forbid")
    account: int = Field(ge=1, le=2**63 - 1, description="id of an officer's account of the unit")
    badge: str = Field(min_length=1, max_length=30)


class AffairBody(Schema):
    model_config = ConfigDict(extra="forbid")
    matter: str = Field(min_length=1, max_length=31, description="code of a matter of the office's own types")
    subject: str = Field(min_length=1, max_length=120)
    source: Literal["inspection", "report", "transfer", "superior", "plan", "other"]
    facts: str = Field(min_length=1, max_length=3000)
    place: str = Field("", max_length=120)
    happened_on: date | None = None
    level: Literal["", "department", "government"] = Field("", description="inner powers: who decides")
    party: PartyBody | None = None
    team: list[InvestigatorBody] = Field(default_factory=list, max_length=8)


class AffairOut(Schema):
    number: str
    family: str
    family_label: str
    subject: str
    matter: str
    unit: str
    state: str
    state_label: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


def _out(affair: Affair) -> dict[str, Any]:
    case = affair.case
    return {"number": case.number, "family": case.kind, "family_label": FAMILIES[case.kind].title,
            "subject": affair.subject, "matter": case.title, "unit": case.unit.name, "state": case.state,
            "state_label": state_label(case.kind, case.state), "opened_at": case.opened_at, "due_at": case.due_at,
            "closed_at": case.closed_at}


@router.post("enforcement", response={201: AffairOut}, summary="依职权立案", operation_id="openEnforcement")
def create(request: HttpRequest, data: AffairBody) -> HttpResponse:
    """Opens a case of the office's own; the caller is an officer of the matter's unit (token scope ``work``)."""
    who = actor(request, "work")
    if not who.is_staff:
        raise Denied("staff-only", "依职权立案由工作人员办理", "only staff open cases of the office's own")

    def run() -> tuple[int, bytes]:
        affair = open_affair(
            matter=access_power(who, data.matter), by=who, subject=data.subject, source=data.source,
            facts=data.facts, place=data.place, happened_on=data.happened_on,
            party=PartyIn(**data.party.model_dump()) if data.party else PartyIn(),
            team=[(row.account, row.badge) for row in data.team], form={"level": data.level} if data.level else {})
        shape = AffairOut(**_out(affair)).model_dump()
        return 201, json.dumps(shape, cls=NinjaJSONEncoder, ensure_ascii=False).encode()

    response = answer_once(request, who, run)
    response["Location"] = f"/api/v1/enforcement/{json.loads(response.content)['number']}"
    return response


@router.get("enforcement/{number}", response=AffairOut, summary="一件依职权办理的案件", operation_id="getEnforcement")
def detail(request: HttpRequest, number: str) -> dict[str, Any]:
    """For whoever works at the case; its party and everybody else get 404. Facts and evidence are not handed out."""
    return _out(access_affair(actor(request), number))
