"""Penalties and inspection results in public (行政处罚法 §48; “双公示” within seven working days; 国发〔2019〕5号).

Persons are masked (个人信息保护法 §28); the office's facts, evidence and opinions never leave the case.
"""

from datetime import timedelta

from zhengwu.kernel.cases.api import Deed, state_label
from zhengwu.kernel.publishing.api import publish
from zhengwu.lib.identifiers import mask_name
from zhengwu.lib.now import local
from zhengwu.modules.enforcement.models import Affair, Draw
from zhengwu.modules.enforcement.proposals import MEASURES, cents

PENALTY, INSPECTION = "penalty-decision", "inspection-result"
RESULTS = {"normal": "未发现问题", "fix": "发现问题，已责令改正", "case": "涉嫌违法，移交立案",
           "missing": "通过登记的住所无法联系"}


def shown_name(affair: Affair) -> str:
    """A body's whole name; a person's masked."""
    name = affair.case.applicant_name
    return name if affair.party_kind == Affair.Party.ENTERPRISE else mask_name(name)


def publish_penalty(deed: Deed, affair: Affair) -> None:
    """Who, what for (by the line of the discretion table or the matter), what, by which law, when, number."""
    case, p = deed.case, affair.proposal
    paper = case.documents.filter(kind__in=("enf_penalty", "enf_spot")).order_by("-id").first()
    sum_ = cents(p)
    kinds = "、".join(dict.fromkeys(MEASURES[m["kind"]] for m in p.get("measures", [])))
    day = local(case.decided_at or deed.at)
    what = p.get("act") or case.title
    publish(
        kind=PENALTY, key=str(case.pk), title=f"{what}：行政处罚决定", unit_id=case.unit_id, division=case.division_id,
        summary=f"{case.unit.name}于{day:%Y年%-m月%-d日}对{shown_name(affair)}作出行政处罚决定。",
        facts=[("行政相对人", shown_name(affair)), ("违法行为类型", what), ("处罚种类", kinds),
               *([("罚款金额", f"{sum_ // 100}.{sum_ % 100:02d}元")] if sum_ else []),
               ("处罚依据", p.get("basis", "")), ("决定文书号", paper.number if paper else "无"),
               ("决定日期", f"{day:%Y-%m-%d}"), ("公示截止", f"{day + timedelta(days=365):%Y-%m-%d}"),
               ("处罚机关", case.unit.name)],
        at=deed.at, by=deed.actor)


def publish_inspection(deed: Deed, affair: Affair) -> None:
    """The task, the objects drawn, the result, where the draw can be checked."""
    case = deed.case
    draw = Draw.objects.filter(case_id=case.pk, drawn_at__isnull=False).order_by("-id").first()
    names = [row["name"] for row in draw.result.get("objects", [])] if draw else []
    words = [s.outcome for s in deed.steps if s.kind == "inspect" and s.node == "check" and s.outcome in RESULTS]
    result = RESULTS[words[-1]] if words else state_label(case.kind, case.state)
    publish(
        kind=INSPECTION, key=str(case.pk), title=f"{case.title}：检查结果", unit_id=case.unit_id,
        division=case.division_id,
        summary=f"{case.unit.name}随机抽查{len(names)}家，结果：{result}。",
        facts=[("抽查任务", case.title), ("检查对象", "、".join(names) or "无"), ("检查结果", result),
               ("检查人员", "随机抽取的两名以上执法人员"), ("抽取记录", f"SM3 {draw.seed_sm3}" if draw else "无"),
               ("检查机关", case.unit.name)],
        at=deed.at, by=deed.actor)
