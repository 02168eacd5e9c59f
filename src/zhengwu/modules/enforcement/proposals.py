"""What an office proposes to do: measures, their sums, whether the law then asks for a hearing and a legal review."""

from typing import Any

from zhengwu.lib.problem import Invalid
from zhengwu.modules.enforcement.models import Affair, Discretion

MEASURES = {
    "warning": "警告、通报批评",
    "fine": "罚款",
    "confiscate": "没收违法所得、没收非法财物",
    "suspend": "暂扣许可证件、降低资质等级、吊销许可证件",
    "limit": "限制开展生产经营活动、责令停产停业、责令关闭、限制从业",
    "detain": "行政拘留",
    "seal": "查封场所、设施或者财物",
    "seize": "扣押财物",
    "freeze": "冻结存款、汇款",
    "levy": "征收费（税、金）",
    "order": "责令改正",
}
"""Code → name; the first six are the kinds of 行政处罚法 §9, then those of 行政强制法 §9."""
HEAVY_PERSON, HEAVY_BODY = 500_000, 5_000_000
"""较大数额 in cents: from here a hearing may be asked for (行政处罚法 §63); the city's rule, 5,000 and 50,000 yuan."""
SPOT_PERSON, SPOT_BODY = 20_000, 300_000
"""What may be fined on the spot at most, in cents (行政处罚法 §51)."""
CENTS_MAX = 10**13
FIELDS = {"violation": "认定的事实", "proof": "主要证据", "basis": "法律依据", "how": "履行方式和期限"}


def cents(proposal: dict[str, Any]) -> int:
    """The sum of fines and levies, in cents."""
    return sum(int(m.get("cents", 0)) for m in proposal.get("measures", []) if m.get("kind") in ("fine", "levy"))


def heavy(proposal: dict[str, Any], party_kind: str) -> bool:
    """Whether the party may ask for a hearing, and the legal review cannot be left out (行政处罚法 §58, §63)."""
    kinds = {m.get("kind") for m in proposal.get("measures", [])}
    line = HEAVY_PERSON if party_kind == Affair.Party.PERSON else HEAVY_BODY
    taken = sum(int(m.get("cents", 0)) for m in proposal.get("measures", []) if m.get("kind") == "confiscate")
    return bool(kinds & {"suspend", "limit"}) or cents(proposal) >= line or taken >= line


def words(proposal: dict[str, Any]) -> list[str]:
    """The measures as a decision writes them."""
    rows = []
    for measure in proposal.get("measures", []):
        sum_ = int(measure.get("cents", 0))
        name = MEASURES[measure["kind"]] if not measure.get("text") else str(measure["text"])
        rows.append(f"{name}，计{sum_ // 100}.{sum_ % 100:02d}元" if sum_ else name)
    return rows


def clean(raw: dict[str, Any], *, rule: Discretion | None) -> dict[str, Any]:
    """A proposal fit to be kept: texts trimmed, at least one measure, a fine within the discretion table or with the
    reason why not. ``raw``: the texts of FIELDS, ``measures`` rows of kind, text, cents (int), ``beyond``.
    Raises Invalid by field."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, title in FIELDS.items():
        found[name] = str(raw.get(name) or "").strip()
        if not found[name]:
            errors[name] = f"请填写{title}"
        elif len(found[name]) > 2000:
            errors[name] = f"{title}不超过2000字"
    found["measures"] = _measures(raw.get("measures"), errors)
    found["beyond"] = str(raw.get("beyond") or "").strip()[:300]
    if rule is not None:
        found |= {"discretion": rule.pk, "act": rule.act, "level": rule.get_level_display()}
        sum_ = cents(found)
        if not rule.low_cents <= sum_ <= rule.high_cents and not found["beyond"] and "measures" not in errors:
            errors["beyond"] = (f"罚款{sum_ / 100:.2f}元不在裁量基准{rule.low_cents / 100:.2f}至"
                                f"{rule.high_cents / 100:.2f}元之间，须说明理由")
    if errors:
        raise Invalid(errors)
    return found


def _measures(rows: Any, errors: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for row in rows if isinstance(rows, list) else []:
        kind, text = str(row.get("kind") or ""), str(row.get("text") or "").strip()
        amount = row.get("cents") or 0
        if not kind and not text and not amount:
            continue
        if kind not in MEASURES:
            errors["measures"] = "请选择措施种类"
        elif not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= CENTS_MAX:
            errors["measures"] = "金额应为不超过一千亿元的数，精确到分"
        elif kind in ("fine", "levy") and amount == 0:
            errors["measures"] = f"{MEASURES[kind]}须写明金额"
        elif len(text) > 200:
            errors["measures"] = "每项措施的内容不超过200字"
        else:
            found.append({"kind": kind, "text": text, "cents": amount})
    if not found and "measures" not in errors:
        errors["measures"] = "至少写明一项措施"
    return found
