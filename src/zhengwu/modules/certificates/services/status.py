"""What an organ may do to a certificate it issued: hold, give back, revoke, cancel; and what time does to it."""

import re
from datetime import datetime

from django.db import transaction

from zhengwu.kernel.directory.api import SYSTEM, Actor, Role
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib import now
from zhengwu.lib.identifiers import is_citizen_id
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.services.issue import signed
from zhengwu.modules.certificates.services.paperwork import order

Status = Certificate.Status
REASON_MAX = 300
ALLOWED: dict[str, tuple[str, ...]] = {
    Status.NORMAL: (Status.HELD, Status.REVOKED, Status.CANCELLED),
    Status.HELD: (Status.NORMAL, Status.REVOKED, Status.CANCELLED),
    Status.EXPIRED: (Status.CANCELLED,),
}
"""From which state to which: a revoked or cancelled certificate stays so; one that lapsed is only cancelled."""
BASIS = {
    Status.HELD: "行政处罚法第九条", Status.REVOKED: "行政许可法第六十九条", Status.CANCELLED: "行政许可法第七十条",
    Status.NORMAL: "暂扣期满或者暂扣决定解除",
}
LAPSED = "有效期届满"
GROUNDS: dict[str, list[tuple[str, str, str]]] = {
    Status.HELD: [("h1", "违法行为依法给予暂扣证照处罚", "《中华人民共和国行政处罚法》第九条")],
    Status.NORMAL: [("n1", "暂扣期满", "暂扣决定"), ("n2", "暂扣决定被撤销或者解除", "暂扣决定")],
    Status.REVOKED: [
        (
            "r1",
            "行政机关工作人员滥用职权、玩忽职守作出准予决定",
            "《中华人民共和国行政许可法》第六十九条第一款第（一）项",
        ),
        ("r2", "超越法定职权作出准予决定", "《中华人民共和国行政许可法》第六十九条第一款第（二）项"),
        ("r3", "违反法定程序作出准予决定", "《中华人民共和国行政许可法》第六十九条第一款第（三）项"),
        (
            "r4",
            "对不具备申请资格或者不符合法定条件的申请人准予许可",
            "《中华人民共和国行政许可法》第六十九条第一款第（四）项",
        ),
        ("r5", "依法可以撤销的其他情形", "《中华人民共和国行政许可法》第六十九条第一款第（五）项"),
        ("r6", "以欺骗、贿赂等不正当手段取得", "《中华人民共和国行政许可法》第六十九条第二款"),
    ],
    Status.CANCELLED: [
        ("c1", "有效期届满未延续", "《中华人民共和国行政许可法》第七十条第（一）项"),
        (
            "c2",
            "赋予公民特定资格，该公民死亡或者丧失行为能力",
            "《中华人民共和国行政许可法》第七十条第（二）项",
        ),
        ("c3", "法人或者其他组织依法终止", "《中华人民共和国行政许可法》第七十条第（三）项"),
        ("c4", "许可依法被撤销、撤回，或者证件依法被吊销", "《中华人民共和国行政许可法》第七十条第（四）项"),
        ("c5", "因不可抗力导致许可事项无法实施", "《中华人民共和国行政许可法》第七十条第（五）项"),
        (
            "c6",
            "法律、法规规定的其他情形，包括持证主体申请注销",
            "《中华人民共和国行政许可法》第七十条第（六）项",
        ),
    ],
}
"""Status → grounds the law knows: (code, words, article)."""
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def may_change(actor: Actor, certificate: Certificate) -> bool:
    """Whether ``actor`` is head or leader (审核人、分管领导) of the unit that issued it."""
    return actor.has_role(Role.HEAD, Role.LEADER, unit_id=certificate.unit_id)


def choices(certificate: Certificate) -> list[tuple[str, str, str]]:
    """What may be done to it now: (status, label, article)."""
    return [(s, str(Status(s).label if s != Status.NORMAL else "解除暂扣"), BASIS[Status(s)])
            for s in ALLOWED.get(certificate.state, ())]


@transaction.atomic
def change_status(*, identifier: str, to: str, reason: str, by: Actor, ground: str = "",
                  at: datetime | None = None) -> Certificate:
    """Sets the status of a certificate with a reason that everybody who checks it may read, and makes out the paper.

    ``ground``: a code of GROUNDS, which gives the article; without it the paper names the article in general.
    Raises NotFound (not visible), Denied (not head or leader of the issuer), Conflict (state does not allow it),
    Invalid (reason, ground). The holder is told.
    """
    moment = at or now.now()
    certificate = (Certificate.objects.visible_to(by).select_for_update(of=("self",)).select_related("unit")
                   .filter(identifier=identifier).first())
    if certificate is None:
        raise NotFound("no-such-certificate", "没有这份证照", "no such certificate")
    if not may_change(by, certificate):
        raise Denied("not-the-issuer", f"只有{certificate.unit.name}的审核人或分管领导可以变更证照状态",
                     "only a head or leader of the issuing unit may do this")
    if to not in ALLOWED.get(certificate.state, ()):
        wanted = Status(to).label if to in Status.values else "这个状态"
        raise Conflict("certificate-state", f"证照现为“{certificate.state_label}”，不能改为“{wanted}”",
                       f"a certificate in state {certificate.state} cannot become {to}")
    basis = _basis(to, ground)
    certificate.status, certificate.status_reason = to, checked_reason(reason)
    certificate.status_at = moment
    certificate.save(update_fields=["status", "status_reason", "status_at"])
    append(certificate.stream, signed(by.by()), [Entry(f"certificate.{to}", {
        "identifier": certificate.identifier, "reason": certificate.status_reason, "basis": basis})],
        at=moment)
    order(certificate, f"cert_{to}", at=moment, reason=certificate.status_reason, basis=basis)
    _tell(certificate)
    return certificate


def _basis(to: str, ground: str) -> str:
    if not ground:
        return BASIS[Status(to)]
    article = next((article for code, _, article in GROUNDS[to] if code == ground), "")
    if not article:
        raise Invalid({"ground": "请选择与所作变更相符的法定情形"})
    return article


def checked_reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid({"reason": "请写明原因和依据，查验的人会看到"})
    if len(text) > REASON_MAX:
        raise Invalid({"reason": f"原因不超过{REASON_MAX}字，现有{len(text)}字"})
    if any(is_citizen_id(n) for n in re.findall(r"\d{17}[0-9Xx]", text)) or _MOBILE.search(text):
        raise Invalid({"reason": "原因会公开显示，请不要写身份证号或手机号"})
    refuse_secret_text(text, field="reason")
    return text


def _tell(certificate: Certificate) -> None:
    if certificate.holder_id is None:
        return
    word = "恢复正常" if certificate.status == Status.NORMAL else f"被{certificate.state_label}"
    notify(account_id=certificate.holder_id, title=f"您的“{certificate.title}”已{word}", body=certificate.status_reason,
           url=f"/certificates/{certificate.identifier}/", channels=("in_app", "sms"),
           key=f"{certificate.stream}:{certificate.status}:{certificate.status_at.isoformat()}")


def lapse(batch: int = 500) -> int:
    """Marks what passed its last day as 失效, with the ledger entry; returns how many. Harmless when repeated.

    What somebody asked to renew in time and nobody decided is renewed by law first (``services.renew.deem``).
    """
    marked = 0
    while True:
        with transaction.atomic():
            rows = list(Certificate.objects.select_for_update(of=("self",), skip_locked=True)
                        .filter(status__in=Certificate.LAPSING, valid_to__lt=now.today())
                        .exclude(renewals__state="asked").order_by("valid_to")[:batch])
            for row in rows:
                row.status, row.status_reason, row.status_at = Status.EXPIRED, LAPSED, now.now()
                row.save(update_fields=["status", "status_reason", "status_at"])
                append(row.stream, SYSTEM.by(), [Entry("certificate.expired", {"identifier": row.identifier})])
        marked += len(rows)
        if len(rows) < batch:
            return marked
