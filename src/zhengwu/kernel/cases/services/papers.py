"""Papers of a case as PDF: the standard documents of approvals (申请材料接收凭证 … 送达回证) and how a page is set.

A paper is set from its stored data; ``services.print`` keeps the first sealed print, so a reprint is that very file.
"""

from datetime import date
from typing import Any

from django.conf import settings

from zhengwu.kernel.cases import papers
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.papers import PaperKind
from zhengwu.kernel.cases.selectors import query_code
from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import local
from zhengwu.lib.paper import chinese_date, render
from zhengwu.lib.qr import svg
from zhengwu.lib.workdays import last_day

Data = dict[str, Any]


def public_url(path: str) -> str:
    """An absolute address for paper: the installation's public one."""
    return settings.PUBLIC_URL.rstrip("/") + path


def _day(moment: Any) -> str:
    return chinese_date(local(moment).date()) if moment else ""


def _base(paper: Document, case: Case) -> Data:
    matter = paper.data.get("matter", {})
    return {
        "unit": matter.get("unit") or case.unit.name,
        "number": paper.number,
        "date": _day(paper.at),
        "applicant": case.applicant_name,
        "matter": case.title,
        "matter_code": matter.get("code", ""),
        "case_number": case.number,
        "query_code": query_code(case.number),
        "phone": matter.get("phone", ""),
        "received_on": _day(case.opened_at),
        "accepted_on": _day(case.accepted_at),
        "url": public_url("/progress/"),
        "qr": svg(public_url(f"/progress/?number={case.number}")),
    }


def _receipt(paper: Document, case: Case) -> Data:
    first = Event.objects.filter(stream=case.number, seq=1).first()
    handed = case.submissions.filter(at__lte=paper.at)  # what a correction brought later is not on the receipt
    return {
        "received_at": f"{local(paper.at):%Y-%m-%d %H:%M}",
        "received_by": "网上受理" if case.applicant_id else "窗口受理",
        "materials": [{"name": s.name, "copies": 1, "form": s.get_way_display()} for s in handed],
        "proof": bytes(first.hash).hex() if first else "",
    }


def _acceptance(paper: Document, case: Case) -> Data:
    """The last days are those the limits had at acceptance: what extended or stopped them later has its own paper."""
    due = {}
    for row in Clock.objects.filter(subject=case.number, kind__in=("lawful", "promised")):
        limit = Limit(row.limit_n, LimitUnit(row.limit_unit))
        due[row.kind] = chinese_date(last_day(due_at(row.started_at, limit, row.unit_id), limit.unit))
    return {
        "accepted_on": chinese_date_of(paper.data.get("accepted", "")),
        "lawful_limit": paper.data.get("lawful", ""),
        "promised_limit": paper.data.get("promised", ""),
        "lawful_due": due.get("lawful", ""),
        "promised_due": due.get("promised", ""),
    }


def chinese_date_of(iso: str) -> str:
    """A stored ISO day as documents write it."""
    return chinese_date(date.fromisoformat(iso)) if iso else ""


def _correction(paper: Document, case: Case) -> Data:
    return {
        "items": [
            {"material": i["material"], "problem": i["fault"], "wanted": i["wanted"]}
            for i in paper.data.get("items", [])
        ],
        "due": paper.data.get("due", ""),
    }


def _special(paper: Document, case: Case) -> Data:
    """§45: which of the eight procedures, by what law, how long, from when; its days do not count."""
    data = paper.data
    return {
        "paragraphs": [
            f"你（单位）申请的“{case.title}”，本机关于{_day(case.accepted_at)}受理。办理中需要依法进行下列程序："],
        "facts": [["程序", data.get("procedure", "")], ["依据", data.get("basis", "")],
                  ["需要的时间", data.get("time", "")], ["开始日期", chinese_date_of(data.get("since", ""))],
                  ["预计结束", chinese_date_of(data.get("until", ""))], ["说明", data.get("reason", "")]],
        "closing": "根据《中华人民共和国行政许可法》第四十五条的规定，上述程序所需时间不计算在办理期限内，特此告知。",
    }


def _hearing_right(paper: Document, case: Case) -> Data:
    return {
        "paragraphs": [
            f"你（单位）申请（或者与你（单位）有重大利益关系）的“{case.title}”，本机关审查认为："
            f"{paper.data.get('reason', '')}",
            "根据《中华人民共和国行政许可法》第四十七条的规定，你（单位）享有要求听证的权利。要求听证的，应当在收到本告知书"
            "之日起五个工作日内提出；逾期不提出的，视为放弃听证权利。本机关在收到听证申请之日起二十个工作日内组织听证，"
            "你（单位）不承担组织听证的费用。",
        ],
    }


def _hearing_notice(paper: Document, case: Case) -> Data:
    data = paper.data
    return {
        "paragraphs": [
            f"“{case.title}”一案，本机关决定举行听证。根据《中华人民共和国行政许可法》第四十八条的规定，通知如下："
        ],
        "facts": [
            ["听证时间", data.get("time", "")],
            ["听证地点", data.get("place", "")],
            ["主持人", data.get("chair", "")],
            ["记录人", data.get("recorder", "")],
            ["听证方式", data.get("way", "公开举行")],
        ],
        "then": [
            "听证由审查该行政许可申请的工作人员以外的人员主持。你（单位）认为主持人与本事项有直接利害关系的，有权申请"
            "回避；可以亲自参加，也可以委托一至二人代理；可以提出证据，并进行申辩和质证。"
        ],
        "closing": "请持本通知按时参加。无正当理由不到场的，视为放弃听证。",
    }


def _promised(paper: Document, case: Case) -> Data:
    data = paper.data
    return {
        "paragraphs": [
            f"你（单位）申请的“{case.title}”已由本机关受理，属于承诺件，需要经过审查、核查或者审核后作出决定。"
        ],
        "facts": [
            ["法定办结时限", data.get("lawful", "")],
            ["承诺办结时限", data.get("promised", "")],
            ["承诺办结日期", chinese_date_of(data.get("due", ""))],
            ["办理环节", data.get("steps", "")],
        ],
        "closing": "逾期未办结的，可以拨打监督电话，或者凭办件编号和查询码在网上反映。",
    }


def _halted(paper: Document, case: Case) -> Data:
    return {
        "paragraphs": [f"你（单位）申请的“{case.title}”，因{paper.data.get('reason', '').rstrip('。')}，"
                       f"根据{paper.data.get('basis', '')}的规定，自{_day(paper.at)}起中止办理。"],
        "closing": "中止的原因消除后，本机关即恢复办理，并另行告知；中止期间不计算在办理期限内。",
    }


def _ended(paper: Document, case: Case) -> Data:
    return {
        "paragraphs": [f"你（单位）申请的“{case.title}”，因{paper.data.get('reason', '').rstrip('。')}，"
                       f"根据{paper.data.get('basis', '')}的规定，本机关决定终止办理。"],
        "remedies": True,
    }


def _refusal(paper: Document, case: Case) -> Data:
    return {"reason": paper.data.get("reason", "").rstrip("。"),
            "competent_organ": paper.data.get("competent_organ", "")}


def _grant(paper: Document, case: Case) -> Data:
    years = paper.data.get("years")
    return {
        "granted": True,
        "facts": "经审查，申请符合法定条件、标准。",
        "content": paper.data.get("content", ""),
        "term": f"{years}年" if years else "",
    }


def _denial(paper: Document, case: Case) -> Data:
    return {"granted": False, "reason": paper.data.get("reason", "").rstrip("。")}


def _extension(paper: Document, case: Case) -> Data:
    return {
        "due": chinese_date_of(paper.data.get("before", "")),
        "new_due": chinese_date_of(paper.data.get("after", "")),
        "days": str(paper.data.get("days", "")),
        "reason": paper.data.get("reason", "").rstrip("。"),
        "approved_by": "本机关负责人",
    }


def _delivery(paper: Document, case: Case) -> Data:
    decisions = case.documents.filter(kind__in=("grant", "denial"))
    return {
        "recipient": case.applicant_name,
        "papers": [{"name": d.title, "number": d.number} for d in decisions],
        "method": paper.data.get("way", ""),
        "place": paper.data.get("place", ""),
        "witness": paper.data.get("witness", ""),
        "taken_by": paper.data.get("taken_by", ""),
        "delivered_at": _day(paper.at),
    }


_LAW = "行政许可法"
STANDARD = (
    PaperKind(
        "receipt",
        "申请材料接收凭证",
        "行政许可法第三十二条",
        {"matter.name": "事项"},
        "receipt",
        _receipt,
        "收件专用章",
    ),
    PaperKind(
        "acceptance",
        "受理通知书",
        "行政许可法第三十二条第一款第五项、第四十五条",
        {
            "matter.name": "事项名称",
            "matter.code": "实施编码",
            "accepted": "受理日期",
            "lawful": "法定办结时限",
            "promised": "承诺办结时限",
        },
        "acceptance",
        _acceptance,
    ),
    PaperKind(
        "promised",
        "承诺件通知书",
        "办事指南公布的承诺时限",
        {"lawful": "法定办结时限", "promised": "承诺办结时限", "due": "承诺办结日期"},
        page=_promised,
    ),
    PaperKind(
        "correction",
        "补正告知书",
        "行政许可法第三十二条第一款第四项",
        {"items[].material": "需要补正的材料", "items[].fault": "存在的问题"},
        "correction",
        _correction,
    ),
    PaperKind(
        "refusal",
        "不予受理决定书",
        "行政许可法第三十二条第一款",
        {"reason": "理由", "remedy": "救济途径"},
        "refusal",
        _refusal,
    ),
    PaperKind(
        "special",
        "特别程序告知书",
        "行政许可法第四十五条",
        {"procedure": "程序种类", "basis": "依据", "time": "所需时间", "since": "起始日期"},
        page=_special,
    ),
    PaperKind(
        "extension",
        "延长办理期限告知书",
        "行政许可法第四十二条",
        {"before": "原期限", "after": "延长后的期限", "days": "延长天数", "reason": "理由"},
        "extension",
        _extension,
    ),
    PaperKind(
        "hearing_right", "听证权利告知书", "行政许可法第四十七条", {"reason": "告知的事由"}, page=_hearing_right
    ),
    PaperKind(
        "hearing_notice",
        "听证通知书",
        "行政许可法第四十八条",
        {"time": "时间", "place": "地点", "chair": "主持人"},
        page=_hearing_notice,
    ),
    PaperKind("halted", "中止办理告知书", _LAW, {"reason": "理由", "basis": "依据"}, page=_halted),
    PaperKind("ended", "终止办理决定书", _LAW, {"reason": "理由", "basis": "依据"}, page=_ended),
    PaperKind(
        "grant", "准予行政许可决定书", "行政许可法第三十八条", {"matter.name": "许可事项"}, "decision", _grant
    ),
    PaperKind(
        "denial",
        "不予行政许可决定书",
        "行政许可法第三十八条第二款",
        {"reason": "理由", "remedy": "救济途径"},
        "decision",
        _denial,
    ),
    PaperKind("delivery", "送达回证", "民事诉讼法第八十七条", {"way": "送达方式"}, "delivery", _delivery),
)


def register_standard() -> None:
    """Called once, when the app is ready."""
    for kind in STANDARD:
        papers.register(kind)


def page_data(paper: Document, case: Case) -> Data:
    """Everything the template of ``paper`` is given. Raises KeyError for a kind nobody registered."""
    kind = papers.find(paper.kind)
    if kind is None:
        raise KeyError(paper.kind)
    return _base(paper, case) | {"title": paper.title or kind.title} | _plain(paper.data) | kind.page(paper, case)


def _plain(data: Data) -> Data:
    """What of an order is meant for the page as it is; ``matter`` is the order's own."""
    return {
        k: v
        for k, v in data.items()
        if k in ("paragraphs", "facts", "heads", "rows", "then", "closing", "remedies")
    }


def render_document(paper: Document, case: Case, *, picture: str = "", sealed: bool = True) -> bytes:
    """The PDF of a paper with the seal's ``picture``, or without any seal. Raises KeyError for an unknown kind."""
    kind = papers.find(paper.kind)
    data = page_data(paper, case) | {"sealed": sealed, "seal_image": picture}
    if kind is not None and kind.purpose:
        data["seal_purpose"] = kind.purpose
    return render(kind.template if kind else "notice", data, at=paper.at)
