"""Papers about a certificate: ordered with what they must state, numbered without gaps, sealed and kept once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from zhengwu.kernel.cases import papers
from zhengwu.kernel.cases.api import next_number
from zhengwu.kernel.cases.papers import PaperKind
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.files import api as files
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import local
from zhengwu.lib.paper import chinese_date, render
from zhengwu.lib.problem import Conflict
from zhengwu.modules.certificates.models import Certificate, CertificatePaper

PURPOSE = "certificate-paper"
_STATED = {"reason": "事实和理由", "basis": "依据"}
_LAW = "《中华人民共和国行政许可法》"
KINDS: dict[str, tuple[PaperKind, str, str, bool]] = {
    # kind, 机关代字's ending, what is decided, whether it ends with the remedies
    "cert_held": (
        PaperKind("cert_held", "暂扣证照决定书", "行政处罚法第九条", _STATED),
        "证扣",
        "暂扣上述证照",
        True,
    ),
    "cert_normal": (
        PaperKind("cert_normal", "解除暂扣通知书", "行政处罚法第九条", _STATED),
        "证解",
        "解除暂扣，发还上述证照",
        False,
    ),
    "cert_revoked": (
        PaperKind("cert_revoked", "撤销行政许可决定书", "行政许可法第六十九条", _STATED),
        "证撤",
        "撤销上述行政许可，收回证照",
        True,
    ),
    "cert_cancelled": (
        PaperKind("cert_cancelled", "注销行政许可决定书", "行政许可法第七十条", _STATED),
        "证销",
        "依法办理上述行政许可的注销手续，证照作废",
        True,
    ),
    "cert_changed": (
        PaperKind("cert_changed", "准予变更行政许可决定书", "行政许可法第四十九条", _STATED),
        "证变",
        "准予变更，换发新版本证照，原版本同时失效",
        True,
    ),
    "cert_reissued": (
        PaperKind("cert_reissued", "证照遗失补发通知书", "持证主体的补发申请", _STATED),
        "证补",
        "补发证照，原版本同时失效",
        False,
    ),
    "cert_renewed": (
        PaperKind(
            "cert_renewed",
            "准予延续行政许可决定书",
            "行政许可法第五十条",
            _STATED | {"new_to": "延续后的有效期"},
        ),
        "证延",
        "准予延续，换发新证照",
        True,
    ),
    "cert_unrenewed": (
        PaperKind("cert_unrenewed", "不予延续行政许可决定书", "行政许可法第五十条", _STATED),
        "证不延",
        "不予延续",
        True,
    ),
    "cert_deemed": (
        PaperKind(
            "cert_deemed",
            "视为准予延续告知书",
            "行政许可法第五十条第二款",
            _STATED | {"new_to": "延续后的有效期"},
        ),
        "证视延",
        "视为准予延续，换发新证照",
        False,
    ),
}


def register_kinds() -> None:
    """Called once, when the app is ready."""
    for kind, *_ in KINDS.values():
        papers.register(kind)


def order(certificate: Certificate, code: str, *, at: datetime, **data: Any) -> CertificatePaper:
    """A paper of kind ``code`` in the caller's transaction; ``data`` must state what the kind requires.

    Raises Problem naming what is missing, before a number is taken.
    """
    papers.require_content(code, data)
    kind, letters, _, _ = KINDS[code]
    return CertificatePaper.objects.create(
        certificate=certificate, kind=code, title=kind.title, data=data, at=at,
        number=next_number(f"{certificate.unit.short_name}{letters}", at))


def page_data(paper: CertificatePaper) -> dict[str, Any]:
    """Everything the template is given; the same row gives the same page."""
    row, data = paper.certificate, paper.data
    _, _, decided, remedies = KINDS[paper.kind]
    facts = [["证照名称", row.title], ["证照编号", row.number], ["电子证照标识", row.identifier],
             ["颁发日期", chinese_date(local(row.issued_at).date())]]
    if data.get("new_to"):
        facts += [["新证照标识", data.get("new_identifier", "")], ["延续后的有效期", f"至{data['new_to']}"]]
    reason, basis = str(data["reason"]).rstrip("。"), str(data["basis"])
    return {
        "title": paper.title, "number": paper.number, "unit": row.unit.name, "applicant": row.holder_name,
        "date": chinese_date(local(paper.at).date()), "facts": facts,
        "paragraphs": [f"你（单位）持有的下列证照，经本机关查明：{reason}。"],
        "then": [f"根据{basis if '《' in basis else _LAW + '等规定（' + basis + '）'}，本机关决定：{decided}。"],
        "remedies": remedies, "case_number": row.case.number if row.case else "", "phone": row.unit.phone,
    }


def paper_bytes(paper: CertificatePaper) -> bytes:
    """The sealed PDF, kept the first time and the same file ever after; where the seal may not be used an unsealed
    copy that says so, not kept. ``certificate`` with ``unit`` and ``case`` are to be loaded."""
    if paper.file is None:
        try:
            _keep(paper)
        except Conflict:
            return render("notice", page_data(paper) | {"sealed": False}, at=paper.at)
    assert paper.file is not None
    with open_content(paper.file.sm3) as stream:
        return stream.read()


@transaction.atomic
def _keep(paper: CertificatePaper) -> None:
    row = CertificatePaper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if row.file is None:
        unit = paper.certificate.unit
        data = papers.seal(papers.SealOrder(
            unit_id=unit.pk, unit_name=unit.name, title=row.title, number=row.number,
            subject=f"certificate-paper:{row.pk}", purpose="", on=local(row.at).date(),
            draw=lambda picture: render("notice", page_data(paper) | {"seal_image": picture}, at=row.at)))
        row.file = files.keep(name=f"{row.title}-{row.number}.pdf", media_type="application/pdf", data=data, owner=None,
                              purpose=PURPOSE, subject=paper.certificate.identifier[:80])
        row.save(update_fields=["file"])
        append(f"certificate-paper:{row.pk}", SYSTEM.by(), [Entry("paper.sealed", {
            "kind": row.kind, "number": row.number, "file_sm3": row.file.sm3})])
    paper.file = row.file
