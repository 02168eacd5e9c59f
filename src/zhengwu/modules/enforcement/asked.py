"""Cases somebody applies for that are no permits: 给付, 确认, 奖励, 裁决, and permits by pledge (告知承诺).

Their words, papers and remedies are their own; 行政许可法 is cited only for the pledge, which is a permit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zhengwu.kernel.cases.api import CaseKind, Deed, register, tell
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.papers import PaperKind
from zhengwu.kernel.cases.papers import register as register_paper
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.lib.problem import Conflict, Invalid
from zhengwu.modules.enforcement.families import number

Data = dict[str, Any]
ITEMS_MAX = 30


@dataclass(frozen=True)
class Words:
    """How one kind speaks. ``law``: what acceptance rests on; ``series``: 机关代字; ``delivery``: limit and basis."""

    code: str
    title: str
    granted: str
    denied: str
    paper: str
    refusal: str
    law: str
    series: str
    delivery: tuple[Limit, str] | None = None


PAYMENT = Words("payment", "行政给付", "准予给付", "不予给付", "行政给付决定书", "不予行政给付决定书",
                "《社会救助暂行办法》及本级给付办法", "给")
CONFIRMATION = Words("confirmation", "行政确认", "予以确认", "不予确认", "行政确认书", "不予行政确认决定书",
                     "设定该项确认的法律、法规", "确")
AWARD = Words("award", "行政奖励", "给予奖励", "不予奖励", "行政奖励决定书", "不予行政奖励答复书",
              "公布的奖励办法", "奖")
RULING = Words("ruling", "行政裁决", "已作裁决", "驳回申请", "行政裁决书", "行政裁决书（驳回申请）",
               "设定该项裁决的法律、法规", "裁")
PLEDGE = Words("pledge", "告知承诺", "准予许可", "不予许可", "准予行政许可决定书（告知承诺）", "不予行政许可决定书",
               "《中华人民共和国行政许可法》第三十二条、国办发〔2020〕42号", "承诺许",
               (Limit(10, LimitUnit.WORKING_DAY), "行政许可法第四十四条"))
ALL = (PAYMENT, CONFIRMATION, AWARD, RULING, PLEDGE)


def _facts(case: Case) -> Data:
    return {"name": case.title, "code": case.matter.code if case.matter else "", "unit": case.unit.name}


def _accept(w: Words) -> Callable[[Deed], None]:
    def effect(deed: Deed) -> None:
        case, matter = deed.case, deed.case.matter
        case.state, case.accepted_at = "accepted", deed.at
        if matter is not None:
            deed.start_clock("lawful", matter.lawful, f"{w.law}（权责清单载明）")
            deed.start_clock("promised", matter.promised, "办事指南公布的承诺时限")
            deed.document("ask_accept", f"{w.title}受理通知书", f"{case.unit.short_name}{w.series}受",
                          matter=_facts(case), law=w.law, lawful=matter.lawful.label, promised=matter.promised.label)
        tell("accepted", deed)
    return effect


def _correct(w: Words) -> Callable[[Deed], None]:
    def effect(deed: Deed) -> None:
        if any(s.kind == "correct" for s in deed.steps):
            raise Conflict("corrected-once", "补正告知只能一次，请受理或者不予受理", "a second correction notice")
        items = deed.form.get("items")
        rows = [{k: str(i.get(k, "")).strip()[:200] for k in ("material", "fault", "wanted")}
                for i in items if isinstance(i, dict)] if isinstance(items, list) else []
        if not rows or len(rows) > ITEMS_MAX or not all(r["material"] and r["fault"] for r in rows):
            raise Invalid({"items": f"请逐条写明需要补正的材料和问题，不超过{ITEMS_MAX}条"})
        deed.case.state = "correcting"
        if deed.step is not None:
            deed.step.form = {"items": rows}
        deed.document("ask_correct", "补正告知书", f"{deed.case.unit.short_name}{w.series}补", items=rows,
                      matter=_facts(deed.case))
    return effect


def _corrected(deed: Deed) -> None:
    deed.case.state = "submitted"


def _refuse(w: Words) -> Callable[[Deed], None]:
    def effect(deed: Deed) -> None:
        deed.require_opinion("请写明不予受理的理由，并告知应向何机关申请")
        deed.case.state = "refused"
        deed.document("ask_refuse", f"{w.title}不予受理通知书", f"{deed.case.unit.short_name}{w.series}不受",
                      reason=deed.opinion, matter=_facts(deed.case))
    return effect


def _grant(w: Words) -> Callable[[Deed], None]:
    def effect(deed: Deed) -> None:
        _decided(w, deed, "granted")
        result = deed.case.matter.result_name if deed.case.matter else ""
        deed.document("ask_grant", w.paper, f"{deed.case.unit.short_name}{w.series}", word=w.granted, law=w.law,
                      content=deed.opinion or result or w.granted, matter=_facts(deed.case))
        tell("granted", deed)
    return effect


def _deny(w: Words) -> Callable[[Deed], None]:
    def effect(deed: Deed) -> None:
        deed.require_opinion(f"{w.denied}须说明理由和依据")
        _decided(w, deed, "denied")
        deed.document("ask_deny", w.refusal, f"{deed.case.unit.short_name}{w.series}不", word=w.denied, law=w.law,
                      reason=deed.opinion, matter=_facts(deed.case))
        tell("denied", deed)
    return effect


def _decided(w: Words, deed: Deed, state: str) -> None:
    deed.case.state, deed.case.decided_at = state, deed.at
    deed.stop_clocks("lawful", "promised")
    if w.delivery is not None:
        deed.start_clock("delivery", *w.delivery)


def _issue(deed: Deed) -> None:
    tell("issued", deed)


def _deliver(deed: Deed) -> None:
    deed.stop_clocks("delivery")
    rows = [{"name": d.title, "number": d.number} for d in deed.case.documents.filter(
        kind__in=("ask_grant", "ask_deny", "ask_settle", "ask_revoke"))]
    deed.document("enf_delivery", "送达回证", "", way=str(deed.form.get("way") or "窗口领取")[:20], papers=rows[-1:])
    tell("delivered", deed)


def _settle(deed: Deed) -> None:
    deed.require_opinion("请写明调解达成的协议")
    deed.case.decided_at = deed.at
    deed.stop_clocks("lawful", "promised")
    deed.document("ask_settle", "行政裁决调解协议书", f"{deed.case.unit.short_name}裁调", content=deed.opinion,
                  matter=_facts(deed.case))


def _revoke(deed: Deed) -> None:
    deed.require_opinion("请写明承诺不实的事实和撤销的依据")
    deed.case.state = "revoked"
    deed.document("ask_revoke", "撤销行政许可决定书", f"{deed.case.unit.short_name}撤", reason=deed.opinion,
                  matter=_facts(deed.case))
    tell("revoked", deed)


def _need(deed: Deed) -> None:
    deed.require_opinion("请写明意见，下一环节和申请人要据此办理")


def _opened(deed: Deed) -> None:
    deed.document("receipt", "申请材料接收凭证", "", matter=_facts(deed.case))


def _finished(deed: Deed) -> None:
    deed.case.closed_at = deed.at
    if deed.case.state in ("granted", "accepted"):
        deed.case.state = "closed"
    deed.stop_clocks("lawful", "promised", "delivery")


def _states(w: Words) -> Mapping[str, str]:
    return {"submitted": "待受理", "correcting": "待补正", "accepted": "办理中", "refused": "不予受理",
            "granted": w.granted, "denied": w.denied, "closed": "已办结", "withdrawn": "已撤回",
            **({"revoked": "已撤销"} if w is PLEDGE else {})}


def _kind(w: Words) -> CaseKind:
    told = {("", "open"): "已收到您的申请：{title}（{number}）",
            ("precheck", "accept"): "您的申请已受理：{title}（{number}）",
            ("precheck", "correct"): "您的申请需要补正，请一次补齐：{title}（{number}）",
            ("precheck", "refuse"): "您的申请不予受理：{title}（{number}）",
            ("decide", "grant"): f"{w.granted}：{{title}}（{{number}}）",
            ("decide", "deny"): f"{w.denied}，请查看理由和救济途径：{{title}}（{{number}}）",
            ("deliver", "deliver"): "已送达：{title}（{number}）",
            ("revoke", "revoke"): "因承诺不实，原许可已被撤销：{title}（{number}）"}
    return CaseKind(
        code=w.code, title=w.title, states=_states(w), first_state="submitted", number=number, opened=_opened,
        finished=_finished, recipients=told, charts=(w.code,),
        effects={
            ("precheck", "accept"): _accept(w), ("precheck", "correct"): _correct(w),
            ("precheck", "refuse"): _refuse(w), ("correct", "submit"): _corrected,
            ("decide", "grant"): _grant(w), ("decide", "partly"): _grant(w), ("decide", "deny"): _deny(w),
            ("collective", "deny"): _deny(w), ("mediate", "settled"): _settle, ("issue", "issue"): _issue,
            ("deliver", "deliver"): _deliver, ("revoke", "revoke"): _revoke, ("review", "fail"): _need,
            ("approve", "return"): _need, ("decide", "return"): _need, ("legal", "return"): _need,
        },
        apart=("review", "approve", "decide", "legal", "hearing") if w is not PLEDGE else ("review", "legal", "revoke"))


def _told(words: str, label: str = "", key: str = "", *, remedies: bool = False) -> Callable[[Document, Case], Data]:
    def page(paper: Document, case: Case) -> Data:
        data = {k: v for k, v in paper.data.items() if isinstance(v, str)}
        return {"paragraphs": [words.format(title=case.title, **data)], "remedies": remedies,
                "facts": [[label, paper.data[key]]] if key else []}
    return page


def _items(paper: Document, case: Case) -> Data:
    return {"paragraphs": [f"你（单位）申请的“{case.title}”，需要补正下列材料。本告知一次列明全部内容。"],
            "heads": ["材料", "存在的问题", "补正要求"],
            "rows": [[i["material"], i["fault"], i["wanted"]] for i in paper.data["items"]]}


_PAPERS = (
    PaperKind("ask_accept", "受理通知书", "设定该事项的规定", {"lawful": "法定时限", "promised": "承诺时限"},
              page=_told("你（单位）申请的“{title}”，本机关已经受理。依据：{law}。"
                         "法定时限{lawful}，承诺时限{promised}，自受理之日起计算。")),
    PaperKind("ask_correct", "补正告知书", "一次告知制度", {"items[].material": "材料", "items[].fault": "问题"},
              page=_items),
    PaperKind("ask_refuse", "不予受理通知书", "设定该事项的规定", {"reason": "理由"},
              page=_told("你（单位）申请的“{title}”，本机关不予受理。", "理由", "reason", remedies=True)),
    PaperKind("ask_grant", "决定书", "设定该事项的规定", {"content": "内容", "word": "决定"},
              page=_told("你（单位）申请的“{title}”，经审查，根据{law}，决定：{word}。", "内容", "content",
                         remedies=True)),
    PaperKind("ask_deny", "决定书", "设定该事项的规定", {"reason": "理由", "word": "决定"},
              page=_told("你（单位）申请的“{title}”，经审查，根据{law}，决定：{word}。", "理由", "reason",
                         remedies=True)),
    PaperKind("ask_settle", "行政裁决调解协议书", "中办、国办关于健全行政裁决制度的意见", {"content": "协议内容"},
              page=_told("“{title}”一案，经本机关调解，双方自愿达成如下协议。", "协议内容", "content")),
    PaperKind("ask_revoke", "撤销行政许可决定书", "行政许可法第六十九条", {"reason": "事实和依据"},
              page=_told("你（单位）以告知承诺方式取得的“{title}”，经核查承诺不实，本机关决定予以撤销，并记入信用记录。",
                         "事实和依据", "reason", remedies=True)),
)


def register_asked() -> None:
    """Called once, when the app is ready."""
    for paper in _PAPERS:
        register_paper(paper)
    for words in ALL:
        register(_kind(words))
