"""The papers of enforcement (文书): what each must state (行政处罚法 §44, §52, §59, §64; 行政强制法 §24, §35)."""

from typing import Any

from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.papers import PaperKind, register
from zhengwu.lib.now import local
from zhengwu.lib.paper import chinese_date

Data = dict[str, Any]
_PL, _QZ = "行政处罚法", "行政强制法"
SERVED = frozenset({"enf_penalty_notice", "enf_hearing", "enf_penalty", "enf_exempt", "enf_spot", "enf_coercion",
                    "enf_extend", "enf_lift", "enf_levy", "enf_press", "enf_fix", "enf_delivery"})
"""Papers meant for the party; the rest stays in the office."""


def _facts(paper: Document) -> list[list[str]]:
    d = paper.data
    rows = [["案由", d.get("subject", "")], ["违法事实" if d.get("penal") else "事实", d.get("violation", "")],
            ["主要证据", d.get("proof", "")], ["依据", d.get("basis", "")]]
    return [row for row in rows if row[1]]


def _numbered(items: list[str]) -> str:
    return "；".join(f"（{n}）{text}" for n, text in enumerate(items, 1)) + "。"


def _penalty_notice(paper: Document, case: Case) -> Data:
    d = paper.data
    then = [f"本机关拟对你（单位）作出如下处罚：{_numbered(d['measures'])}",
            "你（单位）有权进行陈述和申辩，本机关不因申辩给予更重的处罚。请自收到本告知书之日起五个工作日内提出，逾期视为放弃。"]
    if d.get("hearing"):
        then.append("你（单位）有权要求听证。要求听证的，自收到本告知书之日起五个工作日内提出，听证不收取费用。")
    return {"paragraphs": ["本机关对你（单位）立案调查，现将拟作出的行政处罚告知如下。"], "facts": _facts(paper),
            "then": then, "closing": "特此告知（《中华人民共和国行政处罚法》第四十四条、第四十五条、第六十三条）。"}


def _hearing(paper: Document, case: Case) -> Data:
    d = paper.data
    return {
        "paragraphs": ["根据你（单位）的要求，本机关决定对本案公开举行听证。" if d.get("open", True)
                       else "根据你（单位）的要求，本机关决定对本案不公开举行听证。"],
        "facts": [["案由", d.get("subject", "")], ["时间", d["time"]], ["地点", d["place"]], ["主持人", d["chair"]]],
        "then": ["你（单位）认为主持人与本案有直接利害关系的，有权申请回避；可以亲自参加，也可以委托一至二人代理。"
                 "无正当理由拒不出席的，视为放弃听证权利。"],
        "closing": "特此通知（《中华人民共和国行政处罚法》第六十四条）。"}


def _penalty(paper: Document, case: Case) -> Data:
    d = paper.data
    then = [f"根据上述规定，本机关决定：{_numbered(d['measures'])}", f"履行方式和期限：{d['how']}"]
    if d.get("fine"):
        then.append("作出罚款决定的机关与收缴罚款的机构分离：请自收到本决定书之日起十五日内到指定银行或者通过电子支付系统缴纳罚款；"
                    "到期不缴纳的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额。")
    if d.get("weighed"):
        then.insert(0, f"裁量：{d['weighed']}")
    return {"paragraphs": [d.get("course", "本案依法立案调查，现已调查终结。")], "facts": _facts(paper), "then": then,
            "remedies": True}


def _exempt(paper: Document, case: Case) -> Data:
    return {"paragraphs": [f"本机关对“{paper.data.get('subject', '')}”一案立案调查，现决定不予行政处罚。"],
            "facts": [["理由和依据", paper.data["reason"]]], "remedies": True}


def _coercion(paper: Document, case: Case) -> Data:
    d = paper.data
    then = [f"根据上述规定，本机关决定对你（单位）采取如下措施：{_numbered(d['measures'])}", f"期限：{d['term']}",
            "清单一式二份，由当事人和行政机关分别保存。你（单位）有权陈述和申辩。"]
    return {"facts": _facts(paper), "then": then, "remedies": True}


def _told(words: str, label: str = "理由") -> Any:
    def page(paper: Document, case: Case) -> Data:
        return {"paragraphs": [words.format(subject=paper.data.get("subject", case.title))],
                "facts": [[label, paper.data["reason"]]], "remedies": bool(paper.data.get("remedy"))}
    return page


def _levy(paper: Document, case: Case) -> Data:
    d = paper.data
    return {"facts": _facts(paper), "remedies": True,
            "then": [f"根据上述规定，本机关决定：{_numbered(d['measures'])}", f"缴纳方式和期限：{d['how']}",
                     "征收决定与收缴分离，请缴入指定银行，并索取财政票据。"]}


def _press(paper: Document, case: Case) -> Data:
    d = paper.data
    return {"paragraphs": ["本机关作出的决定已经生效，你（单位）逾期没有履行。"],
            "facts": [["应履行的义务", d["duty"]], ["履行方式", d["how"]]],
            "then": ["请自收到本催告书之日起十日内履行。逾期仍不履行的，本机关将依法强制执行或者申请人民法院强制执行。"
                     "你（单位）有权陈述和申辩。"],
            "closing": "特此催告（《中华人民共和国行政强制法》第三十五条、第五十四条）。"}


def _inner(paper: Document, case: Case) -> Data:
    return {"paragraphs": [f"“{paper.data['subject']}”经下列程序办理，结果：{paper.data['result']}。"],
            "heads": ["环节", "办理单位和人员", "结果", "时间"], "rows": paper.data["steps"], "closing": "存档备查。"}


def _delivery(paper: Document, case: Case) -> Data:
    return {"recipient": case.applicant_name, "papers": paper.data.get("papers", []), "method": paper.data["way"],
            "delivered_at": chinese_date(local(paper.at).date())}


_BODY = {"violation": "事实", "proof": "证据", "basis": "依据", "measures": "内容"}
KINDS = (
    PaperKind("enf_penalty_notice", "行政处罚告知书", f"{_PL}第四十四条", _BODY, page=_penalty_notice),
    PaperKind("enf_hearing", "行政处罚听证通知书", f"{_PL}第六十四条",
              {"time": "时间", "place": "地点", "chair": "主持人"}, page=_hearing),
    PaperKind("enf_penalty", "行政处罚决定书", f"{_PL}第五十九条", _BODY | {"how": "履行方式和期限"}, page=_penalty),
    PaperKind("enf_spot", "当场行政处罚决定书", f"{_PL}第五十二条", _BODY | {"how": "履行方式和期限"}, page=_penalty),
    PaperKind("enf_exempt", "不予行政处罚决定书", f"{_PL}第五十七条", {"reason": "理由和依据"}, page=_exempt),
    PaperKind("enf_coercion", "行政强制措施决定书", f"{_QZ}第二十四条", _BODY | {"term": "期限"}, page=_coercion),
    PaperKind("enf_extend", "延长行政强制措施期限通知书", f"{_QZ}第二十五条", {"reason": "理由"},
              page=_told("本机关决定将对你（单位）采取的强制措施延长三十日。")),
    PaperKind("enf_lift", "解除行政强制措施决定书", f"{_QZ}第二十七条", {"reason": "理由"},
              page=_told("本机关决定解除对你（单位）采取的强制措施，退还有关财物。")),
    PaperKind("enf_levy", "行政征收决定书", "本级公布的收费和征收目录", _BODY | {"how": "缴纳方式和期限"}, page=_levy),
    PaperKind("enf_press", "催告书", f"{_QZ}第三十五条、第五十四条", {"duty": "义务", "how": "履行方式"}, page=_press),
    PaperKind("enf_fix", "责令改正通知书", f"{_PL}第二十八条", {"reason": "问题和改正要求"},
              page=_told("本机关检查中发现你（单位）存在下列问题，责令限期改正。", "问题和改正要求")),
    PaperKind("enf_inner", "内部审批记录", "本级权责清单", {"subject": "事由", "steps": "办理经过"}, page=_inner),
    PaperKind("enf_delivery", "送达回证", f"{_PL}第六十一条", {"way": "送达方式"}, "delivery", _delivery),
)


def register_papers() -> None:
    """Called once, when the app is ready."""
    for kind in KINDS:
        register(kind)
