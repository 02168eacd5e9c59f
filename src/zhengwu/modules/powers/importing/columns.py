"""The columns of an import: their names, what may stand in them, and other names they go by."""

from dataclasses import dataclass, field
from typing import Any

from zhengwu.kernel.matters.api import MatterType


@dataclass(frozen=True, slots=True)
class Column:
    """``aliases`` are headings of other systems' exports."""

    key: str
    label: str
    help: str
    sample: str
    required: bool = False
    aliases: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column("name", "事项名称", "与基本目录的表述一致，不超过200字", "食品经营许可", True, ("name", "名称", "事项")),
    Column("type", "事项类型", "代码或名称：01行政许可、07行政确认、10其他行政权力、20公共服务等", "行政许可", True,
           ("task_type", "类型", "事项类型代码")),
    Column("unit", "实施主体", "单位目录里的全称、简称或者统一社会信用代码", "县市场监管局", True,
           ("department", "单位", "部门", "实施部门")),
    Column("code", "实施编码", "31位实施编码或者原系统的编码，不超过64位；不填由系统生成", "", False,
           ("item_code", "编码", "事项编码", "task_code")),
    Column("division", "行政区划", "所选地区的代码；不填就是所选地区", "519921", False,
           ("area_code", "区划", "行政区划代码")),
    Column("kind", "办件类型", "即办件或者承诺件，不填是承诺件", "承诺件", False, ("project_type",)),
    Column("lawful", "法定时限", "工作日，1到3000的整数；不填按20个工作日并标为待完善", "20", False,
           ("法定时限（工作日）", "anticipate_day")),
    Column("promised", "承诺时限", "工作日，不长于法定时限；不填与法定时限相同", "8", False,
           ("承诺时限（工作日）", "promise_day")),
    Column("basis", "设定依据", "写成《法律名称》第几条，多条用分号隔开", "《中华人民共和国食品安全法》第三十五条",
           False, ("依据", "法律依据")),
    Column("conditions", "受理条件", "", "", False, ("条件",)),
    Column("procedure", "办理程序", "", "", False, ("办理流程", "程序")),
    Column("fee", "收费", "不收费，或者收费标准", "不收费", False, ("收费说明", "收费标准")),
    Column("result", "办理结果", "结果证照或者文书的名称", "食品经营许可证", False, ("结果名称",)),
    Column("materials", "申请材料", "多份用分号隔开", "营业执照；经营场所平面图", False, ("材料",)),
    Column("audience", "服务对象", "个人、法人，或者两者用顿号隔开；不填是两者", "个人、法人", False, ("对象",)),
    Column("theme", "服务主题", "不超过20字", "准营准办", False, ("主题",)),
    Column("phone", "咨询电话", "", "", False, ("电话",)),
)
LABELS = {column.key: column.label for column in COLUMNS}
TYPES = {**{label: value for value, label in MatterType.choices}, **{value: value for value in MatterType.values},
         **{str(int(value)): value for value in MatterType.values}}
"""What people and systems write → code of the type."""


@dataclass(slots=True)
class Fault:
    """One thing that must be corrected: where, what is wrong, what would be right."""

    row: int
    column: str
    wrong: str
    right: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "wrong": self.wrong, "right": self.right}


@dataclass(slots=True)
class Line:
    """A row that has been read: texts by key of the column."""

    row: int
    cells: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)


def headings(cells: list[str]) -> tuple[dict[int, Column], list[str], list[Column]]:
    """Column by position, headings that mean nothing to us, required columns that are missing."""
    known = {name.lower(): c for c in COLUMNS for name in (c.label, *c.aliases)}
    found: dict[int, Column] = {}
    strange = []
    for position, cell in enumerate(cells):
        column = known.get(cell.strip().lower().removesuffix("*"))
        if column is not None and column not in found.values():
            found[position] = column
        elif cell:
            strange.append(cell[:40])
    return found, strange, [c for c in COLUMNS if c.required and c not in found.values()]
