"""Writing a checked list: units, basic list, matters with materials and powers, in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max
from pypinyin import lazy_pinyin

from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters.api import MatterType, enlist
from zhengwu.kernel.matters.models import MasterMatter, Material, Matter, ServicePoint
from zhengwu.kernel.search.api import Item, index_many
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import Conflict
from zhengwu.modules.powers.importing.checking import Checker
from zhengwu.modules.powers.importing.columns import Line
from zhengwu.ui.registry import address

CHARTS = {"instant": "instant", "promised": "standard"}
CHUNK = 100
NOT_YET = "（待完善）"


@dataclass
class Writer:
    """One import being written. ``tell(done)`` shows how far it is, outside the transaction."""

    division: Division
    publish: bool
    by: By
    tell: Callable[[int], None]
    created_units: int = 0
    masters: int = 0
    materials: int = 0
    matters: list[Matter] = field(default_factory=list)
    _units: dict[str, Unit] = field(default_factory=dict)
    _masters: dict[tuple[str, str, int], MasterMatter] = field(default_factory=dict)
    _known: dict[tuple[str, str], MasterMatter] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def write(self, checked: Checker) -> dict[str, Any]:
        """Everything, or an exception and nothing. Returns what was written, in numbers."""
        point, charts = self._ground()
        self._make_units(checked)
        names = {line.cells["name"] for line in checked.lines}
        self._known = {(m.type, m.name): m for m in MasterMatter.objects.filter(name__in=names).order_by("-pk")}
        used: dict[tuple[int, str, str], int] = {}
        rows: list[tuple[Matter, Line]] = []
        for line in checked.lines:
            unit = line.facts["unit"] or self._units[line.cells["unit"]]
            key = (unit.pk, line.facts["type"], line.cells["name"])
            nth = used[key] = used.get(key, 0) + 1
            rows.append((self._matter(line, unit, self._master(line, nth), point, charts), line))
        MasterMatter.objects.bulk_create([m for m in self._masters.values() if m.pk is None], batch_size=500)
        for start in range(0, len(rows), CHUNK):
            self._store(rows[start: start + CHUNK])
            self.tell(min(len(rows), start + CHUNK))
        self.matters = [m for m, _ in rows]
        enlist(self.matters, by=self.by, on=today() if self.publish else None)
        if self.publish:
            index_many(self._items(now()))
        return {"matters": len(rows), "units": self.created_units, "masters": self.masters, "materials": self.materials,
                "published": self.publish, "to_complete": sum(not m.complete for m in self.matters)}

    def _ground(self) -> tuple[ServicePoint, dict[str, Definition]]:
        point = ServicePoint.objects.filter(division=self.division).order_by("pk").first()
        if point is None:
            raise Conflict("no-service-point", f"{self.division.name}还没有政务服务中心，请先登记服务点")
        charts = {kind: Definition.objects.filter(key=key, versions__state="published").first()
                  for kind, key in CHARTS.items()}
        if None in charts.values():
            raise Conflict("no-chart", "即办件、承诺件的标准流程图还没有公布", "the standard charts are not published")
        return point, {kind: chart for kind, chart in charts.items() if chart is not None}

    def _make_units(self, checked: Checker) -> None:
        area = Unit.objects.filter(division=self.division, kind=Unit.Kind.AREA).order_by("pk").first()
        for name in checked.missing:
            with connection.cursor() as cursor:
                cursor.execute("select nextval(pg_get_serial_sequence('directory_unit', 'id'))")
                pk = int(cursor.fetchone()[0])
            self._units[name] = Unit.objects.create(
                pk=pk, name=name, short_name=name[:40], family=Unit.Family.GOVERNMENT, kind=Unit.Kind.ORGAN,
                division=self.division, parent=area, path=f"{area.path if area else ''}{pk:08d}.",
                sort_key=" ".join(lazy_pinyin(name))[:200], valid_from=today())
            self.created_units += 1

    def _master(self, line: Line, nth: int) -> MasterMatter:
        """The entry of the basic list with this name and type; a second matter of a unit by that name has its own."""
        type_code, name = line.facts["type"], line.cells["name"]
        key = (type_code, name, nth)
        if key not in self._masters:
            found = self._known.get((type_code, name)) if nth == 1 else None
            self._masters[key] = found or self._new_master(line, type_code, name)
        return self._masters[key]

    def _new_master(self, line: Line, type_code: str, name: str) -> MasterMatter:
        self.masters += 1
        audience = line.cells.get("audience", "")
        field = line.facts["unit"].short_name if line.facts["unit"] else line.cells["unit"]
        return MasterMatter(
            code=self._next_code(type_code), name=name, type=type_code, field=field[:40],
            basis=line.cells.get("basis") or NOT_YET, lawful_days=line.facts["lawful"],
            for_person=not audience or "个人" in audience or "自然人" in audience,
            for_enterprise=not audience or "法人" in audience or "企业" in audience,
            theme=line.cells.get("theme", ""))

    def _next_code(self, type_code: str) -> str:
        """51 + type + 9 + running number (7): the range kept for what was imported."""
        head = f"51{type_code}9"
        if head not in self._last:
            last = MasterMatter.objects.filter(code__startswith=head).aggregate(last=Max("code"))["last"]
            self._last[head] = int(last[len(head):]) if last else 0
        self._last[head] += 1
        return f"{head}{self._last[head]:07d}"

    def _matter(self, line: Line, unit: Unit, master: MasterMatter, point: ServicePoint,
                charts: dict[str, Definition]) -> Matter:
        cells, facts = line.cells, line.facts
        level = "3" if self.division.level == Division.Level.CITY else "4"
        own = facts["code"] if len(facts["code"]) == 31 and facts["code"][19:] == master.code else ""
        return Matter(
            code=own or f"{unit.code or f'ZZ{unit.pk:016d}'}{level}{master.code}", master=master, name=cells["name"],
            sort_key=" ".join(lazy_pinyin(cells["name"]))[:400], division=self.division, unit=unit, point=point,
            chart=charts[facts["kind"]], kind=facts["kind"], lawful_n=facts["lawful"], promised_n=facts["promised"],
            conditions=cells.get("conditions", ""), procedure=cells.get("procedure", ""),
            fee_text=cells.get("fee") or "不收费", result_name=cells.get("result", ""), phone=cells.get("phone", ""),
            source_code="" if own else facts["code"], valid_from=today(),
            complete=bool(cells.get("lawful") and cells.get("basis") and facts["materials"]),
            status=Matter.Status.PUBLISHED if self.publish else Matter.Status.DRAFT)

    def _store(self, rows: list[tuple[Matter, Line]]) -> None:
        Matter.objects.bulk_create([m for m, _ in rows])
        materials = [Material(matter=m, order=n, name=name) for m, line in rows
                     for n, name in enumerate(line.facts["materials"], 1)]
        Material.objects.bulk_create(materials)
        self.materials += len(materials)

    def _items(self, at: datetime) -> Iterator[Item]:
        """What the search finds of them, once the hall has a page for it."""
        base = address("hall:matters")
        for matter in self.matters if base else []:
            yield Item(kind="matter", key=matter.code, title=matter.name, url=f"{base}{matter.code}/",
                       body="\n".join([matter.unit.name, str(MatterType(matter.master.type).label), matter.conditions]),
                       public=True, unit_id=matter.unit_id, division=matter.division_id, at=at, suggest=True)
