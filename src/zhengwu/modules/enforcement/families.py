"""The families of powers an office exercises of itself: which types of matter and which charts belong to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zhengwu.kernel.cases.api import next_serial
from zhengwu.kernel.cases.models import Case
from zhengwu.lib.identifiers import licence_check_char
from zhengwu.lib.now import local


@dataclass(frozen=True)
class Family:
    """``code`` is the kind of its cases. ``types``: matter types (GB/T 39046; 61–66 ours). ``ends``: id of an end of
    the chart → state. ``team``: two investigators are needed (行政处罚法 §42, 行政强制法 §18)."""

    code: str
    title: str
    types: tuple[str, ...]
    states: Mapping[str, str]
    ends: Mapping[str, str]
    team: bool = True
    party: bool = True


PENALTY = Family(
    "penalty",
    "行政处罚",
    ("02",),
    {
        "clue": "待立案",
        "open": "调查中",
        "noticed": "已告知",
        "decided": "已决定",
        "exempt": "不予处罚",
        "closed": "已结案",
        "not_filed": "不予立案",
        "transferred": "已移送",
        "general": "转普通程序",
    },
    {"not_filed": "not_filed", "transferred": "transferred", "closed": "closed", "to_general": "general",
     "not_punished": "exempt"},
)
COERCION = Family(
    "coercion",
    "行政强制",
    ("03",),
    {
        "asked": "待批准",
        "held": "措施实施中",
        "lifted": "已解除",
        "disposed": "已处理",
        "closed": "已结案",
        "refused": "未批准",
    },
    {"not_approved": "refused", "closed": "closed"},
)
LEVY = Family(
    "levy",
    "行政征收",
    ("04",),
    {"assessing": "核定中", "decided": "已决定征收", "overdue": "逾期催告", "paid": "已缴清", "closed": "已结案",
     "not_due": "不予征收"},
    {"not_due": "not_due", "closed": "closed"},
    team=False,
)
INSPECTION = Family(
    "inspection",
    "行政检查",
    ("06",),
    {"planned": "待审批", "approved": "待抽取", "drawn": "检查中", "checked": "已检查", "closed": "已归档",
     "dropped": "不予安排", "transferred": "移交立案"},
    {"dropped": "dropped", "closed": "closed", "transferred": "transferred"},
    team=False,
    party=False,
)
INNER = Family(
    "inner",
    "内部权力",
    ("61", "62", "63", "64", "65", "66"),
    {"running": "审批中", "approved": "已批准", "closed": "已办结", "dropped": "未通过"},
    {"done": "closed", "dropped": "dropped"},
    team=False,
    party=False,
)
FAMILIES = {f.code: f for f in (PENALTY, COERCION, LEVY, INSPECTION, INNER)}
BY_TYPE = {type_: family for family in FAMILIES.values() for type_ in family.types}
OFFICE_TYPES = tuple(BY_TYPE)


def number(case: Case, at: datetime) -> str:
    """区划6 + 事项类型2 + YYYYMMDD + 流水6 + 校验1, as every case of the house is numbered."""
    kind = case.matter.master.type if case.matter else "10"
    body = f"{case.division_id[:6]}{kind}{local(at):%Y%m%d}{next_serial():06d}"
    return body + licence_check_char(body)
