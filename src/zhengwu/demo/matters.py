"""Service points, windows and the implementation lists with their guides."""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengwu.demo import codes, guides
from zhengwu.demo.accounts import CITY, COUNTY
from zhengwu.demo.lists import choose, field_of, places
from zhengwu.demo.tables import DivisionRow, MasterRow, complete, organs
from zhengwu.demo.tables import masters as basic_list
from zhengwu.demo.units import Units, pinyin
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Material, Matter, ServicePoint, Window

CHARTS = {"instant": "instant", "promised": "standard", "joint": "joint"}
"""Kind of matter → key of the chart; a promised matter that is complete runs on ``promised`` (with site inspection)."""
_NUMERALS = ("", "一", "二", "三", "四")


@dataclass
class Lists:
    """What was written: matters with their materials, and the windows of the full county by kind of organ."""

    matters: list[Matter] = field(default_factory=list)
    windows: dict[str, list[Window]] = field(default_factory=dict)


def load_lists(units: Units, masters: dict[str, MasterMatter], charts: dict[str, Definition], *, seed: int,
               on: date) -> Lists:
    """Writes points, windows, matters with materials and joint units; in force since the year before ``on``."""
    made = Lists()
    points = _points(units)
    made.windows = _windows(units, points[COUNTY])
    materials: list[Material] = []
    joint: list[JointUnit] = []
    certificate_types = _certificate_types(units)
    for place in places():
        rng = random.Random(f"{seed}:{place.code}")  # noqa: S311 - a fictional city, not a secret
        for number, row in enumerate(choose(place, units, rng)):
            unit = units[place.code, row.organ]
            matter = _matter(place=place, row=row, unit=unit, master=masters[row.name], rng=rng, on=on)
            matter.point = points[place.code]
            matter.chart = charts["promised" if matter.complete and row.kind == "promised" else CHARTS[row.kind]]
            matter.certificate_type = certificate_types.get(row.name, "")
            if place.code == COUNTY:
                rows = made.windows[row.organ]
                matter.window = rows[number % len(rows)]
            made.matters.append(matter)
            materials += _materials(matter, row)
            joint += _joint(matter, row, units)
    Matter.objects.bulk_create(made.matters, batch_size=250)
    Material.objects.bulk_create(materials, batch_size=1000)
    JointUnit.objects.bulk_create(joint)
    return made


def _points(units: Units) -> dict[str, ServicePoint]:
    rows = [
        ServicePoint(name=units[p.code, "centre"].name, division_id=p.code, unit=units[p.code, "centre"],
                     address=f"{p.name}政务大道1号", phone=units[p.code, "centre"].phone)
        for p in places()
    ]
    return {row.division_id: row for row in ServicePoint.objects.bulk_create(rows)}


def _windows(units: Units, point: ServicePoint) -> dict[str, list[Window]]:
    """46 numbered windows for the 40 departments of the full county."""
    rows: list[Window] = []
    by_organ: dict[str, list[Window]] = {}
    for organ in organs():
        for nth in range(1, organ.windows + 1):
            which = f"{_NUMERALS[nth]}窗" if organ.windows > 1 else "窗口"
            window = Window(point=point, number=f"{len(rows) + 1:02d}", name=f"{field_of(organ)}{which}",
                            unit=units[COUNTY, organ.key])
            rows.append(window)
            by_organ.setdefault(organ.key, []).append(window)
    Window.objects.bulk_create(rows)
    return by_organ


def _certificate_types(units: Units) -> dict[str, str]:
    """证照类型代码 (21): credit code of the city's department that defines it + serial; equal names share a type."""
    types: dict[str, dict[str, str]] = {}
    found: dict[str, str] = {}
    for row in basic_list():
        detail = complete().get(row.name)
        if not detail and not guides.has_certificate(row):
            continue
        name = detail["result"] if detail else guides.result(row)
        known = types.setdefault(row.organ, {})
        code = units[CITY, row.organ].code
        found[row.name] = known.setdefault(name, f"{code}{len(known) + 1:03d}")
    return found


def _matter(*, place: DivisionRow, row: MasterRow, unit: Unit, master: MasterMatter, rng: random.Random,
            on: date) -> Matter:
    detail: dict[str, Any] = complete().get(row.name, {})
    cents, fee, fee_basis = guides.FEES.get(row.name, (0, "不收费", ""))
    level = 3 if place.code == CITY else 4
    result = detail.get("result") or guides.result(row)
    return Matter(
        code=codes.implementation_code(unit.code or "", level, master.code), master=master, name=row.name,
        sort_key=pinyin(row.name)[:400], division_id=place.code, unit=unit, kind=row.kind, lawful_n=row.lawful,
        promised_n=detail.get("promised") or _promised(row, rng),
        conditions=detail.get("conditions") or guides.conditions(row),
        procedure=detail.get("procedure") or guides.procedure(row),
        fee_cents=cents, fee_text=fee, fee_basis=fee_basis, result_name=result,
        certificate_years=detail.get("years") or (5 if result.endswith("许可证") else None),
        phone=unit.phone, complaint_phone="0809-12345", online=True,
        visits=0 if row.kind == "instant" or detail else rng.choice((0, 0, 0, 1)),
        form_schema=guides.schema(row.name, detail["form"], set(detail["optional"])) if detail else guides.form(row),
        complete=bool(detail), status=Matter.Status.PUBLISHED, valid_from=date(on.year - 1, 1, 1),
    )


def _promised(row: MasterRow, rng: random.Random) -> int:
    """Working days promised: a day for what is done on the spot, else a fifth to three fifths of the lawful limit."""
    if row.kind == "instant":
        return 1
    return max(1, round(row.lawful * rng.choice((0.2, 0.25, 0.35, 0.4, 0.5, 0.6))))


def _materials(matter: Matter, row: MasterRow) -> list[Material]:
    detail = complete().get(row.name)
    rows = detail["materials"] if detail else guides.materials(row)
    return [Material(matter=matter, order=order, **facts) for order, facts in enumerate(rows, 1)]


def _joint(matter: Matter, row: MasterRow, units: Units) -> list[JointUnit]:
    parts = complete().get(row.name, {}).get("joint", [])
    return [
        JointUnit(matter=matter, unit=units[matter.division_id, part["organ"]], order=order, part=part["part"],
                  limit_days=part["days"])
        for order, part in enumerate(parts, 1)
    ]
