"""Divisions and units of the demo city."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from pypinyin import lazy_pinyin

from zhengwu.demo import codes
from zhengwu.demo.accounts import CITY, COUNTY
from zhengwu.demo.tables import DivisionRow, OrganRow, divisions, organs
from zhengwu.kernel.directory.models import Division, Unit

FOUNDED = date(2019, 3, 1)
"""When the organs took their present shape (the reform of 2018–19)."""

_HEADS = {Unit.Family.INSTITUTION: codes.INSTITUTION, Unit.Family.MASS: codes.MASS}
_SECTIONS = ("办公室", "行政审批股", "政策法规股", "业务管理股")
_GROUPS = ("政务公开领导小组", "优化营商环境工作领导小组")


def pinyin(name: str) -> str:
    """What names are sorted by: the reading, syllables apart."""
    return " ".join(lazy_pinyin(name))


@dataclass
class Units:
    """Units being built, and afterwards found by (division, key), the key of an organ, ``area`` or ``centre``."""

    rows: list[Unit] = field(default_factory=list)
    by_key: dict[tuple[str, str], Unit] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: iter(()))

    def __getitem__(self, place: tuple[str, str]) -> Unit:
        return self.by_key[place]

    def add(self, key: str, place: DivisionRow, parent: Unit | None, *, name: str, short: str, family: str, kind: str,
            head: str = "") -> Unit:
        """One more unit; ``head`` begins its credit code, "" for units that have none."""
        number = len(self.rows) + 1
        pk = next(self._ids)
        unit = Unit(
            pk=pk, name=name, short_name=short[:40], family=family, kind=kind, division_id=place.code, parent=parent,
            code=codes.credit_code(head, place.code, 7_000_000 + number) if head else None,
            path=f"{parent.path if parent else ''}{pk:08d}.", sort_key=pinyin(name)[:200],
            phone=f"0809-{6_200_000 + number * 7:07d}", address=f"{place.name}政务大道{number % 180 + 1}号",
            valid_from=FOUNDED,
        )
        self.rows.append(unit)
        self.by_key[place.code, key] = unit
        return unit


def load_divisions() -> int:
    """Writes the divisions; returns how many."""
    rows = [Division(code=r.code, name=r.name, level=r.level, parent_id=r.parent or None) for r in divisions()]
    Division.objects.bulk_create(rows)
    return len(rows)


def load_units() -> Units:
    """Writes the tree: areas, their organs in all families, the full county's offices, townships, villages."""
    plan = Units(_ids=_fresh_ids())
    for place in divisions():
        if place.level == Division.Level.CITY:
            _area(plan, place, None)
        elif place.level == Division.Level.COUNTY:
            _area(plan, place, plan[CITY, "area"])
        elif place.level == Division.Level.TOWNSHIP:
            _township(plan, place)
        else:
            _village(plan, place)
    Unit.objects.bulk_create(plan.rows, batch_size=500)
    return plan


def _fresh_ids() -> Iterator[int]:
    """Ids from the table's own sequence: a path holds its unit's id, so it must be known before the row is written."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "select nextval(pg_get_serial_sequence('directory_unit', 'id')) from generate_series(1, 500)"
            )
            yield from (row[0] for row in cursor.fetchall())


def _area(plan: Units, place: DivisionRow, parent: Unit | None) -> None:
    area = plan.add("area", place, parent, name=place.name, short=place.short, family=Unit.Family.GOVERNMENT,
                    kind=Unit.Kind.AREA)
    for organ in organs():
        name, short = organ.names(place)
        if name:
            unit = plan.add(organ.key, place, area, name=name, short=short, family=organ.family, kind=Unit.Kind.ORGAN,
                            head=_HEADS.get(Unit.Family(organ.family), codes.ORGAN))
            if place.code == COUNTY:
                _sections(plan, place, unit, organ)
    plan.add("centre", place, area, name=f"{place.name}政务服务中心", short=f"{place.short}政务中心",
             family=Unit.Family.INSTITUTION, kind=Unit.Kind.CENTRE, head=codes.INSTITUTION)
    if place.code in (CITY, COUNTY):
        for number, group in enumerate(_GROUPS):
            plan.add(f"group{number}", place, area, name=f"{place.name}{group}", short=group,
                     family=Unit.Family.GOVERNMENT, kind=Unit.Kind.GROUP)


def _sections(plan: Units, place: DivisionRow, organ_unit: Unit, organ: OrganRow) -> None:
    for number, section in enumerate(_SECTIONS if organ.windows else _SECTIONS[:1]):
        plan.add(f"{organ.key}.{number}", place, organ_unit, name=f"{organ_unit.short_name}{section}", short=section,
                 family=organ.family, kind=Unit.Kind.SECTION)


def _township(plan: Units, place: DivisionRow) -> None:
    county = plan[place.parent, "area"]
    seat = "办事处" if place.name.endswith("街道") else "人民政府"
    unit = plan.add("township", place, county, name=f"{county.name}{place.name}{seat}", short=place.name,
                    family=Unit.Family.GOVERNMENT, kind=Unit.Kind.TOWNSHIP, head=codes.ORGAN)
    if place.parent == COUNTY:
        for key, name in (("school", "中心学校"), ("clinic", "卫生院")):
            plan.add(key, place, unit, name=f"{county.name}{place.name}{name}", short=f"{place.name}{name}",
                     family=Unit.Family.INSTITUTION, kind=Unit.Kind.ORGAN, head=codes.INSTITUTION)


def _village(plan: Units, place: DivisionRow) -> None:
    township = plan[place.parent, "township"]
    committee = "居民委员会" if place.name.endswith("社区") else "村民委员会"
    plan.add("village", place, township, name=f"{township.short_name}{place.name}{committee}", short=place.name,
             family=Unit.Family.MASS, kind=Unit.Kind.VILLAGE, head=codes.VILLAGE)
