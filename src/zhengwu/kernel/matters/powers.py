"""The contents of a power as plain data: taken, compared, put into force; and the coded grounds of a change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from pypinyin import lazy_pinyin

from zhengwu.kernel.clock.api import LimitUnit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.models.power import Law, LegalBasis, MatterType, Power

FIELDS: tuple[tuple[str, str], ...] = (
    ("name", "权力名称"), ("type", "权力类型"), ("sub_items", "子项"), ("exercise", "行使内容"), ("bases", "设定依据"),
    ("limit_n", "法定时限"), ("limit_unit", "时限单位"), ("limit_note", "时限说明"), ("chart", "流程图"),
    ("duties", "责任事项"), ("accountability", "追责情形"), ("government", "政府层级"), ("leader_unit", "审批机构"),
    ("leader_title", "分管领导岗位"), ("openness", "公开范围"),
)
"""Key in ``content`` and word on screen, in the order they are shown."""

GROUNDS: dict[str, tuple[str, frozenset[str]]] = {
    "A1": ("法律法规新设", frozenset({"new"})),
    "A2": ("上级下放承接", frozenset({"new"})),
    "A3": ("职能划转划入", frozenset({"new"})),
    "B1": ("法律法规修改", frozenset({"change"})),
    "B2": ("规范名称、子项或者依据", frozenset({"change"})),
    "B3": ("压缩时限、优化流程", frozenset({"change"})),
    "C1": ("设定依据废止或者失效", frozenset({"cancel"})),
    "C2": ("没有法律法规依据", frozenset({"cancel"})),
    "C3": ("市场机制能够调节、行业组织能够自律", frozenset({"cancel"})),
    "C4": ("职能划转划出", frozenset({"cancel"})),
    "D1": ("内容相近、由同一环节办理", frozenset({"merge"})),
    "D2": ("同一事项的前后环节", frozenset({"merge"})),
    "E1": ("基层直接面对、由基层办理更方便", frozenset({"delegate"})),
    "E2": ("上级文件要求下放", frozenset({"delegate"})),
    "F1": ("事中事后监管足以达到目的", frozenset({"file"})),
    "F2": ("上级文件要求改为备案", frozenset({"file"})),
}
"""Code → (ground, changes it may stand for). A cut, merger or delegation without one of these goes nowhere."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. ``pieces``: (kind, text) with kind ∈ same, gone, new, to be read in one line."""

    field: str
    label: str
    before: str
    after: str
    pieces: tuple[tuple[str, str], ...]


def blank(type: str = "10") -> dict[str, Any]:
    """The content of a power about which nothing has been written yet."""
    return {"name": "", "type": type, "sub_items": [], "exercise": "", "bases": [], "limit_n": None,
            "limit_unit": str(LimitUnit.WORKING_DAY), "limit_note": "", "chart": "", "duties": "", "accountability": "",
            "government": False, "leader_unit": None, "leader_title": "", "openness": "published"}


def content_of(power: Power) -> dict[str, Any]:
    """The power as it stands, as JSON; dates as ISO text."""
    return {
        "name": power.name, "type": power.type, "sub_items": list(power.sub_items), "exercise": power.exercise,
        "bases": [_basis(b) for b in power.bases.select_related("law")],
        "limit_n": power.limit_n, "limit_unit": str(power.limit_unit), "limit_note": power.limit_note,
        "chart": power.chart.key if power.chart else "", "duties": power.duties,
        "accountability": power.accountability, "government": power.government, "leader_unit": power.leader_unit_id,
        "leader_title": power.leader_title, "openness": power.openness,
    }


def _basis(basis: LegalBasis) -> dict[str, Any]:
    return {"law": basis.law.name, "article": basis.article, "text": basis.text,
            "valid_from": basis.valid_from.isoformat() if basis.valid_from else None,
            "valid_to": basis.valid_to.isoformat() if basis.valid_to else None}


def apply_content(power: Power, content: dict[str, Any]) -> None:
    """Makes the power read as ``content`` says, legal bases included; saves it. Inside the caller's transaction."""
    plain = {key: value for key, value in content.items() if key not in ("bases", "chart", "leader_unit")}
    for key, value in plain.items():
        setattr(power, key, value)
    power.sort_key = " ".join(lazy_pinyin(power.name))[:400]
    power.family = Power.Family.INNER if power.type >= "61" else Power.Family.ADMINISTRATIVE
    power.chart = Definition.objects.filter(key=content["chart"]).first() if content["chart"] else None
    power.leader_unit_id = content["leader_unit"]
    power.save()
    power.bases.all().delete()
    rows = []
    for order, basis in enumerate(content["bases"], 1):
        law, _ = Law.objects.get_or_create(name=basis["law"])
        rows.append(LegalBasis(power=power, law=law, order=order, article=basis["article"], text=basis["text"],
                               valid_from=_day(basis["valid_from"]), valid_to=_day(basis["valid_to"])))
    LegalBasis.objects.bulk_create(rows)
    keep_basis_end([power])


def keep_basis_end(powers: list[Power]) -> list[Power]:
    """Writes ``basis_to`` of the powers from their bases; returns those on which it changed."""
    ends: dict[int, list[date | None]] = {}
    for basis in LegalBasis.objects.filter(power__in=powers).select_related("law"):
        ends.setdefault(basis.power_id, []).append(basis.ends)
    changed = []
    for power in powers:
        own = ends.get(power.pk, [])
        end = max((d for d in own if d is not None), default=None) if own and None not in own else None
        if end != power.basis_to:
            power.basis_to = end
            changed.append(power)
    Power.objects.bulk_update(changed, ["basis_to"], batch_size=500)
    return changed


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """What a reader must know to see what changed, field by field in the order of the list."""
    found = []
    for key, label in FIELDS:
        old, new = shown(key, before.get(key)), shown(key, after.get(key))
        if old != new:
            found.append(Difference(key, label, old, new, _pieces(old, new)))
    return found


def shown(key: str, value: Any) -> str:
    """A field of ``content`` as people read it."""
    if value is None or value in ("", []):
        return ""
    read = _SHOWN.get(key)
    return read(value) if read else str(value)


def _bases_shown(bases: list[dict[str, Any]]) -> str:
    return "；".join(f"《{b['law']}》{b['article']}" + (f"：{b['text']}" if b["text"] else "") for b in bases)


_SHOWN: dict[str, Callable[[Any], str]] = {
    "type": lambda v: str(MatterType(v).label),
    "openness": lambda v: str(Power.Openness(v).label),
    "government": lambda v: "是" if v else "否",
    "limit_unit": lambda v: LimitUnit(v).label,
    "sub_items": "；".join,
    "bases": _bases_shown,
}


def _pieces(old: str, new: str) -> tuple[tuple[str, str], ...]:
    pieces: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", old[a:b]))
            continue
        if b > a:
            pieces.append(("gone", old[a:b]))
        if d > c:
            pieces.append(("new", new[c:d]))
    return tuple(pieces)
