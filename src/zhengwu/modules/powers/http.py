"""/api/v1/powers: the published power and duty list."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from zhengwu.kernel.directory.api import ANONYMOUS
from zhengwu.kernel.directory.http import anyone
from zhengwu.kernel.matters.models import Power
from zhengwu.lib.now import today
from zhengwu.lib.paging import decode, encode
from zhengwu.modules.powers.selectors import access_power, history, listed

router = Router(tags=["powers"], auth=anyone)


class PowerRow(Schema):
    code: str
    name: str
    type: str
    family: str
    unit: str
    division: str
    state: str = Field(description="in words, as of today")
    in_force: bool = Field(description="whether a case may be begun on it today")
    valid_from: str
    valid_to: str | None


class PowerPage(Schema):
    items: list[PowerRow]
    next: str | None = Field(None, description="cursor of the next page")


class BasisOut(Schema):
    law: str
    article: str
    text: str
    lapsed: bool


class VersionOut(Schema):
    number: int
    change: str
    ground: str
    reason: str
    effective: str
    changed: list[str] = Field(description="fields that differ from the version before")


class PowerOut(PowerRow):
    sub_items: list[str]
    exercise: str
    limit: str
    duties: str
    accountability: str
    chart: str = Field(description="key of the flow chart, empty without one")
    bases: list[BasisOut]
    matters: list[str] = Field(description="codes of the matters that exercise it")
    versions: list[VersionOut]


class Filters(Schema):
    division: str = Field("", max_length=12)
    type: str = Field("", max_length=2)
    state: str = Field("force", max_length=10, description="force, later, ended, or all")
    q: str = Field("", max_length=100, description="words in name, unit or law")
    cursor: str = Field("", max_length=900)
    limit: int = Field(20, ge=1, le=100)


def _row(power: Power) -> dict[str, Any]:
    return {
        "code": power.code, "name": power.name, "type": power.type, "family": power.family, "unit": power.unit.name,
        "division": power.division_id, "state": power.state_label, "in_force": power.runs_on(today()),
        "valid_from": power.valid_from.isoformat() if power.valid_from else "",
        "valid_to": power.valid_to.isoformat() if power.valid_to else None,
    }


@router.get("powers", response=PowerPage, summary="公布的权责清单，按拼音", operation_id="listPowers")
def powers(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    asked = {"division": filters.division, "type": filters.type, "q": filters.q, "state": filters.state}
    rows = listed(ANONYMOUS, asked).order_by("sort_key", "id")
    if filters.cursor:
        sort_key, pk = decode(filters.cursor, str, int)
        rows = rows.filter(sort_key__gte=sort_key).exclude(sort_key=sort_key, pk__lte=pk)
    found = list(rows[: filters.limit + 1])
    more = found[filters.limit - 1] if len(found) > filters.limit else None
    return {"items": [_row(p) for p in found[: filters.limit]],
            "next": encode(more.sort_key, more.pk) if more else None}


@router.get("powers/{code}", response=PowerOut, summary="一项权力及其版本", operation_id="getPower")
def power(request: HttpRequest, code: str) -> dict[str, Any]:
    """Published ones only, also those that have ended; inner powers when they are open to the public."""
    found = access_power(ANONYMOUS, code)
    return _row(found) | {
        "sub_items": found.sub_items, "exercise": found.exercise, "limit": found.limit_label or found.limit_note,
        "duties": found.duties, "accountability": found.accountability,
        "chart": found.chart.key if found.chart else "",
        "bases": [{"law": b.law.name, "article": b.article, "text": b.text, "lapsed": b.lapsed}
                  for b in found.bases.select_related("law")],
        "matters": list(found.matters.exclude(status="draft").values_list("code", flat=True)),
        "versions": [{
            "number": c.version.number, "change": c.version.change, "ground": c.ground, "reason": c.version.reason,
            "effective": c.version.effective.isoformat() if c.version.effective else "",
            "changed": [d.field for d in c.differences]} for c in history(found)],
    }
