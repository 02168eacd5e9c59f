"""The content of a power as somebody types it: checked, with words that say what would be right."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhengwu.kernel.clock.api import LimitUnit
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.api import MatterType
from zhengwu.kernel.matters.models import Power
from zhengwu.kernel.matters.powers import blank
from zhengwu.lib.numbers import whole
from zhengwu.lib.uploads import refuse_secret_text

BASES_MAX, SUBS_MAX = 30, 60
LONG = {"exercise": 2000, "duties": 6000, "accountability": 6000}
_BASIS = "每行一条，写成“法律名称｜条款｜条文｜失效日期”，后两项可以不写"


def clean(typed: Mapping[str, str], *, power: Power | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """The content and what is wrong with it by field. ``typed`` as the form sends it; ``power`` fixes the type."""
    errors: dict[str, str] = {}
    content = blank()
    content["name"] = _text(typed, "name", 200, errors)
    content["type"] = _one_of(typed.get("type", power.type if power else ""), MatterType.values, "type",
                              "请选择权力类型", errors)
    for key, most in LONG.items():
        content[key] = _text(typed, key, most, errors)
    content["limit_note"] = _text(typed, "limit_note", 300, errors)
    content["leader_title"] = _text(typed, "leader_title", 60, errors)
    content["sub_items"] = _lines(typed.get("sub_items", ""), SUBS_MAX, "sub_items", errors)
    content["bases"] = _bases(typed.get("bases", ""), errors)
    content["limit_n"], content["limit_unit"] = _limit(typed, errors)
    content["chart"] = _chart(typed.get("chart", ""), errors)
    content["openness"] = _one_of(typed.get("openness", "published"), Power.Openness.values, "openness",
                                  "请选择公开范围", errors)
    content["government"] = typed.get("government", "") in ("1", "on", "true")
    content["leader_unit"] = _leader(typed, content, errors)
    if not content["name"]:
        errors["name"] = "请填写权力名称，与法律法规的表述一致"
    for key in ("name", *LONG):
        refuse_secret_text(str(content[key]), field=key)
    return content, errors


def faults(content: Mapping[str, Any]) -> dict[str, str]:
    """What must still be filled in before the gates: field → words."""
    found = {}
    if not content["bases"]:
        found["bases"] = "没有设定依据：法无授权不可为，至少写明一条"
    if not content["chart"]:
        found["chart"] = "没有流程图：请选择公布的流程图"
    if not content["duties"]:
        found["duties"] = "没有责任事项：有权必有责"
    if not content["accountability"]:
        found["accountability"] = "没有追责情形"
    if (content["government"] or content["type"] >= "61") and not content["leader_unit"]:
        found["leader_unit"] = "内部权力和政府层级的权力要写明由哪个机构的分管领导审批"
    return found


def typed_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as the form shows it."""
    lines = ["｜".join(part for part in (b["law"], b["article"], b["text"], b["valid_to"] or "")).rstrip("｜")
             for b in content["bases"]]
    return {**content, "bases": "\n".join(lines), "sub_items": "\n".join(content["sub_items"]),
            "limit_n": content["limit_n"] or "", "leader_unit": content["leader_unit"] or ""}


def _text(typed: Mapping[str, str], key: str, most: int, errors: dict[str, str]) -> str:
    text = typed.get(key, "").replace("\0", "").strip()
    if len(text) > most:
        errors[key] = f"不超过{most}字，现有{len(text)}字"
    return text


def _one_of(value: str, allowed: list[str], key: str, words: str, errors: dict[str, str]) -> str:
    if value in allowed:
        return value
    errors[key] = words
    return allowed[0]


def _lines(text: str, most: int, key: str, errors: dict[str, str]) -> list[str]:
    lines = [line.strip()[:200] for line in text.replace("\0", "").splitlines() if line.strip()]
    if len(lines) > most:
        errors[key] = f"不超过{most}行，现有{len(lines)}行"
    return lines[:most]


def _bases(text: str, errors: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    lines = [line.strip() for line in text.replace("\0", "").splitlines() if line.strip()]
    if len(lines) > BASES_MAX:
        errors["bases"] = f"不超过{BASES_MAX}条，现有{len(lines)}条"
    for number, line in enumerate(lines[:BASES_MAX], 1):
        law, article, words, ends = ([p.strip() for p in line.replace("|", "｜").split("｜")] + [""] * 4)[:4]
        law = law.strip("《》 ")
        if not law or len(law) > 200 or len(article) > 100:
            errors["bases"] = f"第{number}行没有法律名称，或者过长。{_BASIS}"
            continue
        try:
            last = date.fromisoformat(ends).isoformat() if ends else None
        except ValueError:
            errors["bases"] = f"第{number}行的失效日期“{ends[:20]}”不对，应写成2027-01-01。{_BASIS}"
            continue
        found.append({"law": law, "article": article, "text": words, "valid_from": None, "valid_to": last})
    return found


def _limit(typed: Mapping[str, str], errors: dict[str, str]) -> tuple[int | None, str]:
    unit = typed.get("limit_unit", "") or str(LimitUnit.WORKING_DAY.value)
    if unit not in [str(u.value) for u in LimitUnit]:
        errors["limit_unit"], unit = "请选择时限单位", str(LimitUnit.WORKING_DAY.value)
    text = typed.get("limit_n", "").strip()
    if not text:
        return None, unit
    number = whole(text)
    if number is None or not 0 < number <= 3000:
        errors["limit_n"] = "法定时限应是1到3000的整数；法律没有规定的，留空并在时限说明里写明"
        return None, unit
    return number, unit


def _chart(key: str, errors: dict[str, str]) -> str:
    if key and not Definition.objects.filter(key=key, versions__state="published").exists():
        errors["chart"] = "没有这张流程图，或者它还没有公布"
        return ""
    return key


def _leader(typed: Mapping[str, str], content: dict[str, Any], errors: dict[str, str]) -> int | None:
    text = typed.get("leader_unit", "").strip()
    if not text:
        return None
    number = whole(text)
    if number is None or not Unit.objects.filter(pk=number).exists():
        errors["leader_unit"] = "请从列表选择审批机构"
        return None
    return number
