"""Papers of a case as PDF: always set again from the stored data, so a reprint equals the first print."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings

from zhengwu.kernel.cases.models import Case, Document
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


def _refusal(paper: Document, case: Case) -> Data:
    return {"reason": paper.data.get("reason", "").rstrip("。")}


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
        "delivered_at": _day(paper.at),
    }


_PAPERS: dict[str, tuple[str, Callable[[Document, Case], Data]]] = {
    "receipt": ("receipt", _receipt),
    "acceptance": ("acceptance", _acceptance),
    "correction": ("correction", _correction),
    "refusal": ("refusal", _refusal),
    "grant": ("decision", _grant),
    "denial": ("decision", _denial),
    "extension": ("extension", _extension),
    "delivery": ("delivery", _delivery),
}


def render_document(paper: Document, case: Case) -> bytes:
    """The PDF of a paper. Raises KeyError for a kind no template was made for (a programming error)."""
    template, more = _PAPERS[paper.kind]
    return render(template, _base(paper, case) | more(paper, case), at=paper.at)
