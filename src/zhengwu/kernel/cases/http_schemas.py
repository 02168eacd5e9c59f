"""What /api/v1/cases, /todo and /steps take and give: pydantic shapes, and rows put into them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.selectors import holder, light, timeline
from zhengwu.kernel.clock.api import explain
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.flow.api import chart_of

_NUMBER = "51992101202602090000017"
_MOMENT = "2026-02-09T01:30:00Z"


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class MaterialIn(Strict):
    material: int = Field(description="id of the material in the guide", ge=1, examples=[4])
    file: UUID | None = Field(None, description="id returned by POST files")


class CaseIn(Strict):
    matter: str = Field(max_length=31, description="implementation code", examples=["11519921MB0000001X4990117002011"])
    form: dict[str, Any] = Field(default_factory=dict, description="by the matter's form_schema",
                                 examples=[{"shop": "李记面馆"}])
    materials: list[MaterialIn] = Field(default_factory=list, max_length=50)


class ActionIn(Strict):
    action: str = Field(max_length=20, description="one of the step's actions", examples=["accept"])
    opinion: str = Field("", max_length=1000, examples=["材料齐全，符合法定形式"])
    form: dict[str, Any] = Field(default_factory=dict, description='what the action asks for, e.g. {"items": […]} of a '
                                                                   "correction notice")


class StepOut(Schema):
    id: int
    node: str = Field(description="id of the step in the chart", examples=["precheck"])
    name: str = Field(examples=["收件预审"])
    kind: str = Field(examples=["precheck"])
    holder: str = Field(description="unit and role, or 申请人", examples=["临溪县政务服务中心 窗口人员"])
    opened_at: datetime = Field(examples=[_MOMENT])
    due_at: datetime | None = Field(description="the nearer of the step's own limit and the case's")
    closed_at: datetime | None
    by: str = Field(description="who completed it, empty while open; to applicants the unit")
    outcome: str = Field(description="the action taken, or cancelled")
    light: str = Field(description="green, yellow, red; none without a running limit", examples=["green"])


class CaseOut(Schema):
    number: str = Field(examples=[_NUMBER])
    title: str = Field(examples=["食品经营许可证核发"])
    matter: str = Field(description="implementation code")
    state: str = Field(examples=["submitted"])
    state_label: str = Field(examples=["待受理"])
    unit: str = Field(examples=["临溪县市场监督管理局"])
    opened_at: datetime = Field(examples=[_MOMENT])
    accepted_at: datetime | None
    due_at: datetime | None = Field(description="when the promised limit (then that of delivery) is over")
    decided_at: datetime | None
    closed_at: datetime | None
    light: str = Field(examples=["green"])
    revision: int = Field(description="grows with every change; what If-Match names", examples=[1])
    chart: str = Field(description="chart and version it runs on", examples=["promised:1"])
    steps: list[StepOut]


class CaseCreated(CaseOut):
    query_code: str = Field(description="six digits; with the number they open the case for whoever holds the receipt",
                            examples=["042318"])


class StepDetail(StepOut):
    """One step, the case it belongs to, and what may be done."""

    class ActionOut(Schema):
        code: str = Field(examples=["accept"])
        label: str = Field(examples=["受理"])
        opinion_required: bool

    number: str = Field(description="the case", examples=[_NUMBER])
    revision: int
    actions: list[ActionOut] = Field(description="empty once the step is closed")


class EventOut(Schema):
    seq: int = Field(examples=[1])
    at: datetime
    kind: str = Field(examples=["case.opened"])
    by: str = Field(examples=["申请人"])
    unit: str
    step: str
    action: str
    hash: str = Field(description="SM3 in hex", min_length=64, max_length=64)


class ClockOut(Schema):
    """One limit of a case, explained day by day."""

    class Day(Schema):
        date: date
        counted: bool
        reason: str = Field(examples=["工作日"])

    kind: str = Field(description="lawful, promised, delivery …", examples=["promised"])
    state: str = Field(description="running, suspended, stopped")
    light: str
    basis: str = Field(examples=["行政许可法第四十二条"])
    started_at: datetime
    due_at: datetime
    summary: str
    days: list[Day]


class ProofOut(Schema):
    """A proof as ``zw verify-proof`` reads it; ``seal`` and ``leaf`` are there once a seal covers the event."""

    format: str = Field(examples=["zhengwu-proof/1"])
    status: str = Field(description="pending or sealed")
    event: dict[str, Any]
    prev: str
    hash: str
    seal: dict[str, Any] | None = None
    leaf: dict[str, Any] | None = None


class TodoRow(Schema):
    step: int
    number: str = Field(examples=[_NUMBER])
    title: str
    applicant: str
    name: str = Field(examples=["收件预审"])
    opened_at: datetime
    due_at: datetime | None
    light: str = Field(examples=["green"])


class TodoPage(Schema):
    items: list[TodoRow]
    next: str | None = Field(None, description="cursor of the next page")


def step_out(step: Step, *, names: bool) -> dict[str, Any]:
    """A row of ``StepOut``; ``step.unit`` is loaded. Without ``names`` members of staff stay behind their unit."""
    hidden = not names and step.unit is not None and step.closed_by_id is not None
    return {
        "id": step.pk,
        "node": step.node,
        "name": step.name,
        "kind": step.kind,
        "holder": holder(step),
        "opened_at": step.opened_at,
        "due_at": step.due_at,
        "closed_at": step.closed_at,
        "by": step.unit.name if hidden and step.unit else step.closed_label,
        "outcome": step.outcome,
        "light": light(step.warn_at, step.due_at) if step.closed_at is None else "none",
    }


def step_detail(step: Step, *, names: bool) -> dict[str, Any]:
    """A row of ``StepDetail``; ``step.case`` is loaded."""
    node = chart_of(step.case.version_id).node(step.node)
    actions = [{"code": a.code, "label": a.label, "opinion_required": bool(a.opinion)} for a in node.actions]
    more = {"number": step.case.number, "revision": step.case.revision}
    return step_out(step, names=names) | more | {"actions": actions if step.closed_at is None else []}


def case_out(case: Case, *, names: bool) -> dict[str, Any]:
    """A row of ``CaseOut``; one query for the steps. ``names``: see ``step_out``."""
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
        "chart": f"{case.version.definition.key}:{case.version.number}",
        "steps": [step_out(s, names=names) for s in case.steps.select_related("unit").order_by("id")],
    }


def events_out(case: Case, *, names: bool) -> list[dict[str, Any]]:
    """Rows of ``EventOut``; without ``names`` the people who acted stay behind their units, as on the pages."""
    fields = ("seq", "at", "kind", "by", "unit", "step", "action", "hash")
    rows = [{k: row[k] for k in fields} for row in timeline(case)]
    return rows if names else [row | {"by": row["by"] if not row["unit"] else ""} for row in rows]


def clock_out(row: Clock) -> dict[str, Any]:
    told = explain(row)
    return {
        "kind": row.kind,
        "state": row.state,
        "light": row.light,
        "basis": row.basis,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "summary": told.summary,
        "days": [{"date": d.date, "counted": d.counted, "reason": d.reason} for d in told.days],
    }


def todo_row(step: Step) -> dict[str, Any]:
    return {
        "step": step.pk,
        "number": step.case.number,
        "title": step.case.title,
        "applicant": step.case.applicant_name,
        "name": step.name,
        "opened_at": step.opened_at,
        "due_at": step.due_at,
        "light": light(step.warn_at, step.due_at),
    }
