"""/api/v1/matters: the public list, the guide, and the chart a matter's cases run on."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from ninja import Query, Router, Schema
from pydantic import Field

from zhengwu.kernel.directory.http import anyone
from zhengwu.kernel.flow.api import draw
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.matters.models import Matter
from zhengwu.kernel.matters.selectors import access_matter, find
from zhengwu.lib.paging import decode, encode
from zhengwu.lib.problem import NotFound

router = Router(tags=["matters"], auth=anyone)


class MatterRow(Schema):
    code: str
    name: str
    type: str
    kind: str
    unit: str
    division: str
    lawful: str
    promised: str
    online: bool


class MatterPage(Schema):
    items: list[MatterRow]
    next: str | None = Field(None, description="cursor of the next page")


class MaterialOut(Schema):
    id: int
    name: str
    source: str
    originals: int
    copies: int
    form: str
    required: bool
    note: str


class Guide(MatterRow):
    """The six disclosures (六公开): name, legal basis, procedure, materials, limits, fees."""

    basis: str
    conditions: str
    procedure: str
    fee: str
    fee_cents: int
    fee_basis: str
    result: str
    place: str
    hours: str
    phone: str
    complaint_phone: str
    visits: int
    materials: list[MaterialOut]
    form_schema: dict[str, Any]


class Filters(Schema):
    division: str = Field("", max_length=12, description="division code")
    kind: str = Field("", max_length=10)
    type: str = Field("", max_length=2)
    audience: str = Field("", max_length=10, description="person or enterprise")
    cursor: str = Field("", max_length=600)
    limit: int = Field(20, ge=1, le=100)


def _row(matter: Matter) -> dict[str, Any]:
    return {
        "code": matter.code,
        "name": matter.name,
        "type": matter.master.type,
        "kind": matter.kind,
        "unit": matter.unit.name,
        "division": matter.division_id,
        "lawful": matter.lawful.label,
        "promised": matter.promised.label,
        "online": matter.online,
    }


@router.get(
    "matters", response=MatterPage, summary="现行公布的事项，按拼音", operation_id="listMatters"
)
def matters(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    rows = find(division=filters.division, kind=filters.kind, type=filters.type, audience=filters.audience)
    rows = rows.order_by("sort_key", "id")
    if filters.cursor:
        sort_key, pk = decode(filters.cursor, str, int)
        rows = rows.filter(sort_key__gte=sort_key).exclude(sort_key=sort_key, pk__lte=pk)
    found = list(rows[: filters.limit + 1])
    more = found[filters.limit - 1] if len(found) > filters.limit else None
    return {
        "items": [_row(m) for m in found[: filters.limit]],
        "next": encode(more.sort_key, more.pk) if more else None,
    }


@router.get(
    "matters/{code}", response=Guide, summary="办事指南（六公开）", operation_id="getMatter"
)
def matter(request: HttpRequest, code: str) -> dict[str, Any]:
    found = access_matter(code)
    return _row(found) | {
        "basis": found.master.basis,
        "conditions": found.conditions,
        "procedure": found.procedure,
        "fee": found.fee_text,
        "fee_cents": found.fee_cents,
        "fee_basis": found.fee_basis,
        "result": found.result_name,
        "place": found.point.address,
        "hours": found.point.hours_text,
        "phone": found.phone,
        "complaint_phone": found.complaint_phone,
        "visits": found.visits,
        "form_schema": found.form_schema,
        "materials": list(
            found.materials.values("id", "name", "source", "originals", "copies", "form", "required", "note")
        ),
    }


def _unless_known(request: HttpRequest, etag: str, make: Callable[[], HttpResponse]) -> HttpResponseBase:
    """304 when the asker has this version, before anything is drawn."""
    response = get_conditional_response(request, etag=etag) or make()
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    return response


def _published(code: str) -> Version:
    found = access_matter(code)
    version = (
        Version.objects.filter(definition_id=found.chart_id, state=VersionState.PUBLISHED).order_by("-number").first()
    )
    if version is None:
        raise NotFound("no-chart", "该事项还没有公布流程图", "no published chart")
    return version


@router.get(
    "matters/{code}/chart.bpmn",
    summary="流程图（BPMN 2.0，即实际运行的文件）",
    operation_id="getMatterChart",
    openapi_extra={
        "responses": {
            200: {"description": "BPMN 2.0 XML", "content": {"application/xml": {"schema": {"type": "string"}}}}
        }
    },
)
def chart_bpmn(request: HttpRequest, code: str) -> HttpResponseBase:
    version = _published(code)
    return _unless_known(
        request,
        f'"{version.sm3[:32]}"',
        lambda: HttpResponse(version.xml, content_type="application/xml; charset=utf-8"),
    )


@router.get(
    "matters/{code}/chart.svg",
    summary="流程图（图片）",
    operation_id="getMatterPicture",
    openapi_extra={
        "responses": {200: {"description": "SVG", "content": {"image/svg+xml": {"schema": {"type": "string"}}}}}
    },
)
def chart_svg(request: HttpRequest, code: str) -> HttpResponseBase:
    version = _published(code)
    return _unless_known(
        request,
        f'"{version.sm3[:32]}-svg"',
        lambda: HttpResponse(draw(version.xml), content_type="image/svg+xml; charset=utf-8"),
    )
