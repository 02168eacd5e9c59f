"""Checking a table row by row: every fault is named with row, column, what is wrong and what would be right."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Problem
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.powers.importing.columns import LABELS, TYPES, Column, Fault, Line, headings

LIMIT_DEFAULT = 20
"""Working days where the list says none (行政许可法第四十二条); the matter is marked 待完善."""
LONGEST = {"name": 200, "unit": 100, "code": 64, "basis": 4000, "conditions": 4000, "procedure": 4000, "fee": 300,
           "result": 100, "theme": 20, "phone": 40, "materials": 8000}
MATERIALS_MAX = 60
KINDS = {"": "promised", "即办件": "instant", "1": "instant", "instant": "instant", "承诺件": "promised",
         "2": "promised", "promised": "promised"}
_SPLIT = re.compile(r"[；;\n]")


@dataclass
class Checker:
    """What is known while the rows go by. ``missing`` collects names of units that would be created."""

    division: Division
    create_units: bool
    ignore_division: bool
    faults: list[Fault] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    _units: dict[str, Unit] = field(default_factory=dict)
    _codes: dict[str, int] = field(default_factory=dict)
    _names: dict[tuple[str, str], int] = field(default_factory=dict)
    _there: set[str] = field(default_factory=set)
    _named: set[tuple[int, str]] = field(default_factory=set)

    def run(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[int]:
        """Reads and checks everything; yields after each row how many have been read."""
        self._load()
        columns: dict[int, Column] = {}
        for count, (number, cells) in enumerate(rows):
            if count == 0:
                columns, self.strange, lacking = headings(cells)
                self.faults += [Fault(number, c.label, "没有这一列", f"第一行写列名“{c.label}”：{c.help}")
                                for c in lacking]
                if lacking:
                    return
                continue
            line = Line(number, {c.key: cells[p] if p < len(cells) else "" for p, c in columns.items()})
            before = len(self.faults)
            self._check(line)
            if len(self.faults) == before:
                self.lines.append(line)
            yield count
        if not self.lines and not self.faults:
            self.faults.append(Fault(1, "", "文件里没有数据", "第一行写列名，从第二行起一行一个事项"))

    def _load(self) -> None:
        for unit in Unit.objects.filter(division=self.division, valid_to=None):
            for name in (unit.name, unit.short_name, unit.code or ""):
                if name:
                    self._units.setdefault(name, unit)
        rows = Matter.objects.filter(division=self.division)
        for code, source, unit_id, name in rows.values_list("code", "source_code", "unit_id", "name"):
            self._there |= {code, source} - {""}
            self._named.add((unit_id, name))

    def _check(self, line: Line) -> None:
        get = line.cells.get
        for key, most in LONGEST.items():
            if len(get(key) or "") > most:
                self._fault(line, key, f"有{len(get(key) or '')}字", f"不超过{most}字")
        self._texts(line)
        unit = self._unit(line)
        code = (get("code") or "").upper()
        if code in self._there:
            self._fault(line, "code", f"编码{code}已经有了", "删去这一行，或者改用别的编码")
        if code and code in self._codes:
            self._fault(line, "code", f"与第{self._codes[code]}行重复", "每个编码只写一次")
        elif code:
            self._codes[code] = line.row
        own = (get("unit") or "", get("name") or "")
        if unit is not None and (unit.pk, own[1]) in self._named:
            self._fault(line, "name", f"{unit.short_name}已有同名事项", "删去这一行，或者写出与现有事项的区别")
        elif not code and own in self._names:
            self._fault(line, "name", f"与第{self._names[own]}行是同一单位的同名事项", "填写不同的编码，或者合并成一行")
        self._names.setdefault(own, line.row)
        line.facts |= {"unit": unit, "code": code, "materials": self._materials(line), **self._numbers(line)}

    def _texts(self, line: Line) -> None:
        get = line.cells.get
        if not get("name"):
            self._fault(line, "name", "是空的", "填写事项名称")
        try:
            refuse_secret_text("\n".join(line.cells.values()))
        except Problem as problem:
            self._fault(line, "name", "带有国家秘密标志", problem.zh)
        text = get("type") or ""
        if text not in TYPES:
            self._fault(line, "type", f"“{text[:20]}”不是事项类型" if text else "是空的",
                        "写代码或名称，如01或行政许可")
        line.facts["type"] = TYPES.get(text, "10")
        area = (get("division") or "").rstrip("0")
        if not self.ignore_division and area and area != self.division.code.rstrip("0"):
            self._fault(line, "division", f"{get('division')}不是所选地区",
                        f"写{self.division.code}（{self.division.name}），或者勾选“不看文件中的行政区划”")
        kind = KINDS.get(get("kind") or "")
        if kind is None:
            self._fault(line, "kind", f"“{(get('kind') or '')[:20]}”不能识别", "写即办件或者承诺件")
        line.facts["kind"] = kind or "promised"

    def _unit(self, line: Line) -> Unit | None:
        name = line.cells.get("unit", "")
        if not name:
            self._fault(line, "unit", "是空的", "填写实施主体")
            return None
        unit = self._units.get(name) or self._units.get(f"{self.division.name}{name}")
        if unit is None and self.create_units:
            self.missing[name] = self.missing.get(name, 0) + 1
        elif unit is None:
            near = [n for n in self._units if name[-4:] in n][:2]
            self._fault(line, "unit", f"{self.division.name}没有“{name[:40]}”",
                        f"改为{'、'.join(near)}，或者勾选“自动建立没有的单位”" if near else
                        "先在单位目录里建立，或者勾选“自动建立没有的单位”")
        return unit

    def _numbers(self, line: Line) -> dict[str, int]:
        found = {}
        for key, default in (("lawful", LIMIT_DEFAULT), ("promised", 0)):
            text = line.cells.get(key, "").removesuffix("个工作日").removesuffix("工作日")
            number = whole(text) if text else default
            if number is None or (text and not 0 < number <= 3000):
                self._fault(line, key, f"“{text[:20]}”不是天数", "写1到3000的整数")
                number = default
            found[key] = number
        found["promised"] = found["promised"] or found["lawful"]
        if found["promised"] > found["lawful"]:
            self._fault(line, "promised", f"承诺{found['promised']}日长于法定{found['lawful']}日",
                        "承诺时限不能长于法定时限")
        return found

    def _materials(self, line: Line) -> list[str]:
        names = [name.strip() for name in _SPLIT.split(line.cells.get("materials", "")) if name.strip()]
        if len(names) > MATERIALS_MAX or any(len(name) > 200 for name in names):
            self._fault(line, "materials", f"有{len(names)}份，或者有名称过长",
                        f"不超过{MATERIALS_MAX}份，每份不超过200字")
        return names

    def _fault(self, line: Line, key: str, wrong: str, right: str) -> None:
        self.faults.append(Fault(line.row, LABELS[key], wrong, right))
