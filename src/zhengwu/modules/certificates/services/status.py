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
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def may_change(actor: Actor, certificate: Certificate) -> bool:
    """Whether ``actor`` is head or leader (审核人、分管领导) of the unit that issued it."""
    return actor.has_role(Role.HEAD, Role.LEADER, unit_id=certificate.unit_id)


def choices(certificate: Certificate) -> list[tuple[str, str, str]]:
    """What may be done to it now: (status, label, article)."""
    return [(s, str(Status(s).label if s != Status.NORMAL else "解除暂扣"), BASIS[Status(s)])
            for s in ALLOWED.get(certificate.state, ())]


@transaction.atomic
def change_status(*, identifier: str, to: str, reason: str, by: Actor, at: datetime | None = None) -> Certificate:
    """Sets the status of a certificate with a reason that everybody who checks it may read.

    Raises NotFound (not visible), Denied (not head or leader of the issuer), Conflict (state does not allow it),
    Invalid (reason). The holder is told.
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
    certificate.status, certificate.status_reason = to, _checked(reason)
    certificate.status_at = moment
    certificate.save(update_fields=["status", "status_reason", "status_at"])
    append(certificate.stream, signed(by.by()), [Entry(f"certificate.{to}", {
        "identifier": certificate.identifier, "reason": certificate.status_reason, "basis": BASIS[Status(to)]})],
        at=moment)
    _tell(certificate)
    return certificate


def _checked(reason: str) -> str:
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
    """Marks what passed its last day as 失效, with the ledger entry; returns how many. Harmless when repeated."""
    marked = 0
    while True:
        with transaction.atomic():
            rows = list(Certificate.objects.select_for_update(of=("self",), skip_locked=True)
                        .filter(status__in=Certificate.LAPSING, valid_to__lt=now.today()).order_by("valid_to")[:batch])
            for row in rows:
                row.status, row.status_reason, row.status_at = Status.EXPIRED, LAPSED, now.now()
                row.save(update_fields=["status", "status_reason", "status_at"])
                append(row.stream, SYSTEM.by(), [Entry("certificate.expired", {"identifier": row.identifier})])
        marked += len(rows)
        if len(rows) < batch:
            return marked
