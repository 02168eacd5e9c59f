"""The kind of case "application": what 行政许可法 attaches to each action of an approval.

Articles: §32 receipt, correction once with everything, acceptance; §42 twenty days, joint forty-five; §44 ten days to
deliver; §45 time not counted; §38 reasons and remedies.
"""

from datetime import datetime
from typing import Any

from zhengwu.kernel.cases.api import CaseKind, Deed, next_serial, register, tell
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.identifiers import licence_check_char
from zhengwu.lib.now import local
from zhengwu.lib.problem import Conflict, Invalid

KIND = "application"
STATES = {
    "submitted": "待受理",
    "correcting": "待补正",
    "accepted": "办理中",
    "refused": "不予受理",
    "granted": "准予许可",
    "denied": "不予许可",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
REMEDY = (
    "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，或者自收到本决定书之日起六个月内依法提起行政诉讼。"
)
DELIVERY = Limit(10, LimitUnit.WORKING_DAY)
EXTENSION = Limit(10, LimitUnit.WORKING_DAY)
JOINT_EXTENSION = Limit(15, LimitUnit.WORKING_DAY)
CORRECTION_ITEMS_MAX = 30


def number(case: Case, at: datetime) -> str:
    """区划6 + 事项类型2 + YYYYMMDD + 流水6 + 校验1 (23 characters; our rule, GB/T 39046 sets none)."""
    kind = case.matter.master.type if case.matter else "10"
    body = f"{case.division_id[:6]}{kind}{local(at):%Y%m%d}{next_serial():06d}"
    return body + licence_check_char(body)


def opened(deed: Deed) -> None:
    case = deed.case
    deed.document("receipt", "申请材料接收凭证", "", matter=_matter_facts(case))


def _matter_facts(case: Case) -> dict[str, Any]:
    matter = case.matter
    if matter is None:
        return {"name": case.title}
    return {
        "name": matter.name,
        "code": matter.code,
        "unit": matter.unit.name,
        "phone": matter.phone,
        "complaint_phone": matter.complaint_phone,
    }


def accept(deed: Deed) -> None:
    """Acceptance (§32(1)(五)). By the system it is deemed, and dates back to the day of receipt (§32(4))."""
    case, matter = deed.case, deed.case.matter
    deemed = deed.actor.kind == "system"
    case.state = "accepted"
    case.accepted_at = deed.step.opened_at if deemed and deed.step else deed.at
    if matter is None:
        return
    basis = "行政许可法第二十六条、第四十二条" if matter.kind == Matter.Kind.JOINT else "行政许可法第四十二条"
    deed.start_clock("lawful", matter.lawful, basis, at=case.accepted_at)
    deed.start_clock("promised", matter.promised, "办事指南公布的承诺时限", at=case.accepted_at)
    deed.facts["deemed"] = deemed
    deed.document(
        "acceptance",
        "受理通知书",
        f"{case.unit.short_name}受",
        matter=_matter_facts(case),
        deemed=deemed,
        accepted=local(case.accepted_at).date().isoformat(),
        lawful=matter.lawful.label,
        promised=matter.promised.label,
    )
    tell("accepted", deed)


def correction(deed: Deed) -> None:
    """The one complete correction notice (§32(4)): every item names the material, the fault and what is wanted."""
    if any(s.kind == "correct" for s in deed.steps):
        raise Conflict(
            "corrected-once",
            "补正告知只能一次：本件已经一次性告知过，请受理或作出不予受理决定（行政许可法第三十二条）",
            "a second correction notice is not lawful",
        )
    items = deed.form.get("items")
    if not isinstance(items, list) or not items:
        raise Invalid({"items": "请逐条写明需要补正的材料、问题和要求"})
    if len(items) > CORRECTION_ITEMS_MAX:
        raise Invalid({"items": f"补正内容不超过{CORRECTION_ITEMS_MAX}条"})
    clean = []
    for index, item in enumerate(items):
        row = (
            {k: str(item.get(k, "")).strip() for k in ("material", "fault", "wanted")} if isinstance(item, dict) else {}
        )
        if not row or not row["material"] or not row["fault"]:
            raise Invalid({f"items.{index}": f"第{index + 1}条缺少材料名称或存在的问题"})
        if max(map(len, row.values())) > 200:
            raise Invalid({f"items.{index}": f"第{index + 1}条每栏不超过200字"})
        clean.append(row)
    deed.case.state = "correcting"
    assert deed.step is not None
    deed.step.form = {"items": clean}
    deed.document(
        "correction", "补正告知书", f"{deed.case.unit.short_name}补", items=clean, matter=_matter_facts(deed.case)
    )


def corrected(deed: Deed) -> None:
    deed.case.state = "submitted"


def refuse(deed: Deed) -> None:
    """Not accepted (§32(1)(一)(二)): with the reason and where to turn."""
    deed.require_opinion("请写明不予受理的理由，并告知应向何机关申请")
    case = deed.case
    case.state = "refused"
    deed.document(
        "refusal",
        "不予受理决定书",
        f"{case.unit.short_name}不受",
        reason=deed.opinion,
        remedy=REMEDY,
        matter=_matter_facts(case),
    )


def _decided(deed: Deed, state: str) -> None:
    case = deed.case
    case.state, case.decided_at = state, deed.at
    deed.stop_clocks("lawful", "promised")
    deed.start_clock("delivery", DELIVERY, "行政许可法第四十四条")


def grant(deed: Deed) -> None:
    _decided(deed, "granted")
    case = deed.case
    matter = case.matter
    deed.document(
        "grant",
        "准予行政许可决定书",
        f"{case.unit.short_name}许准",
        matter=_matter_facts(case),
        opinion=deed.opinion,
        content=matter.result_name if matter else "",
        years=matter.certificate_years if matter else None,
    )
    tell("granted", deed)


def deny(deed: Deed) -> None:
    """A refusal states reasons, law and remedies (§38). Before the legal review it is only what is proposed."""
    deed.require_opinion("不予许可须说明理由和法律依据（行政许可法第三十八条）")
    if _needs_legal_review(deed):
        deed.silent = True
        return
    _decided(deed, "denied")
    case = deed.case
    deed.document(
        "denial",
        "不予行政许可决定书",
        f"{case.unit.short_name}许不",
        matter=_matter_facts(case),
        reason=deed.opinion,
        remedy=REMEDY,
    )
    tell("denied", deed)


def _needs_legal_review(deed: Deed) -> bool:
    """The chart has a legal review, and its last word in this case is not 同意."""
    if not any(node.kind_of_step == "legal" for node in deed.chart.tasks()):
        return False
    words = [s.outcome for s in deed.steps if s.kind == "legal" and s.outcome not in ("", "cancelled")]
    return not words or words[-1] != "agree"


def issue(deed: Deed) -> None:
    tell("issued", deed)


def deliver(deed: Deed) -> None:
    deed.stop_clocks("delivery")
    deed.document("delivery", "送达回证", "", way=str(deed.form.get("way", "电子送达"))[:20], opinion=deed.opinion)
    tell("delivered", deed)


def extension(case: Case) -> tuple[Limit, str]:
    """How long the organ's leader may extend, once (§42: ten working days; fifteen for joint handling)."""
    if case.matter is not None and case.matter.kind == Matter.Kind.JOINT:
        return JOINT_EXTENSION, "行政许可法第四十二条第二款"
    return EXTENSION, "行政许可法第四十二条第一款"


def need_opinion(deed: Deed) -> None:
    deed.require_opinion("请写明意见，下一环节和申请人要据此办理")


def finished(deed: Deed) -> None:
    """No token is left: the case is done. Refusal and grant stay readable as the state; the day is kept."""
    case = deed.case
    case.closed_at = deed.at
    if case.state in ("granted", "accepted"):
        case.state = "closed"
    deed.stop_clocks("lawful", "promised", "delivery")


APPLICATION = CaseKind(
    code=KIND,
    title="政务服务办件",
    states=STATES,
    first_state="submitted",
    number=number,
    opened=opened,
    finished=finished,
    effects={
        ("precheck", "accept"): accept,
        ("precheck", "correct"): correction,
        ("precheck", "refuse"): refuse,
        ("correct", "submit"): corrected,
        ("decide", "grant"): grant,
        ("decide", "deny"): deny,
        ("issue", "issue"): issue,
        ("deliver", "deliver"): deliver,
        ("review", "fail"): need_opinion,
        ("approve", "return"): need_opinion,
        ("approve", "disagree"): need_opinion,
        ("legal", "return"): need_opinion,
        ("decide", "return"): need_opinion,
    },
    recipients={
        ("", "open"): "已收到您的申请：{title}（{number}）",
        ("precheck", "accept"): "您的申请已受理：{title}（{number}）",
        ("precheck", "correct"): "您的申请需要补正，请按告知一次性补齐：{title}（{number}）",
        ("precheck", "refuse"): "您的申请不予受理：{title}（{number}）",
        ("decide", "grant"): "您的申请已获准予：{title}（{number}）",
        ("decide", "deny"): "您的申请未获准予，请查看理由和救济途径：{title}（{number}）",
        ("issue", "issue"): "证照已制作完成：{title}（{number}）",
        ("deliver", "deliver"): "已送达，请您评价：{title}（{number}）",
    },
    extension=extension,
    apart=("review", "approve", "decide", "legal"),
)


def register_kind() -> None:
    register(APPLICATION)
