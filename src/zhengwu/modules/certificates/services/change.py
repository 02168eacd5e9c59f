"""A new version of a certificate: changed (变更 §49), reissued after loss (补发), renewed (延续 §50)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib import now
from zhengwu.lib.paper import chinese_date
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.numbering import compose, issuer_of
from zhengwu.modules.certificates.services.holders import require_alive
from zhengwu.modules.certificates.services.issue import signed
from zhengwu.modules.certificates.services.paperwork import order
from zhengwu.modules.certificates.services.status import checked_reason, may_change

Status = Certificate.Status
REPLACED = "已换发新版本"
FACE_TEXT_MAX = 200
_CARRIED = ("number", "type_code", "title", "holder_id", "holder_name", "holder_code_type", "holder_code_sealed",
            "holder_code_index", "unit_id", "matter_id", "kind_id", "valid_to")
_WORDS = {
    "changed": "已变更并换发",
    "reissued": "已补发",
    "renewed": "已准予延续并换发",
    "deemed": "已依法视为准予延续并换发",
}


def locked(identifier: str, by: Actor) -> Certificate:
    """The certificate with its row locked. Raises NotFound (not visible), Denied (not head or leader of the issuer)."""
    row = (Certificate.objects.visible_to(by).select_for_update(of=("self",)).select_related("unit", "kind", "case")
           .filter(identifier=identifier).first())
    if row is None:
        raise NotFound("no-such-certificate", "没有这份证照", "no such certificate")
    if not may_change(by, row):
        raise Denied("not-the-issuer", f"只有{row.unit.name}的审核人或分管领导可以换发证照",
                     "only a head or leader of the issuing unit may do this")
    return row


@transaction.atomic
def change(*, identifier: str, face: Sequence[tuple[str, str]], reason: str, by: Actor, holder_name: str = "",
           at: datetime | None = None) -> Certificate:
    """A new version with another face (pairs of label and text) or holder's name (更名); the old one lapses.

    Raises NotFound, Denied, Conflict (not in force, nothing changed, holder no more), Invalid.
    """
    old = locked(identifier, by)
    why = checked_reason(reason)
    pairs = [[label.strip(), text.strip()] for label, text in face]
    for label, text in pairs:
        if not label or len(text) > FACE_TEXT_MAX:
            raise Invalid({"face": f"照面每项不超过{FACE_TEXT_MAX}字，项目名称不能为空"})
        refuse_secret_text(text, field="face")
    name = holder_name.strip() or old.holder_name
    if len(name) > 100:
        raise Invalid({"holder_name": "持证主体名称不超过100字"})
    if pairs == old.face and name == old.holder_name:
        raise Conflict("nothing-changed", "照面内容没有变化，不需要换发", "nothing was changed")
    return succeed(old, "changed", by=by, reason=why, basis="《中华人民共和国行政许可法》第四十九条",
                   at=at or now.now(), holder_name=name, data={**old.data, "face": pairs})


@transaction.atomic
def reissue(*, identifier: str, reason: str, by: Actor, at: datetime | None = None) -> Certificate:
    """A new version with the same face after loss or damage. Raises as ``change``."""
    old = locked(identifier, by)
    return succeed(
        old, "reissued", by=by, reason=checked_reason(reason), basis="持证主体的补发申请", at=at or now.now()
    )


def succeed(old: Certificate, how: str, *, by: Actor, reason: str, basis: str, at: datetime,
            **new: Any) -> Certificate:
    """The next version of ``old`` (its row locked), which lapses; ledger on both, paper, notice.

    ``new`` are the columns that differ. Raises Conflict for one not in force or a holder that is no more.
    """
    if old.status != Status.NORMAL or (how != "deemed" and old.state != Status.NORMAL):
        raise Conflict(
            "certificate-state", f"证照现为“{old.state_label}”，不能换发", "only one in force has a successor"
        )
    require_alive(old.holder_code_index)
    day: date = new.pop("valid_from", None) or now.local(at).date()
    version = old.version + 1
    fresh = Certificate(**{name: getattr(old, name) for name in _CARRIED} | {
        "identifier": compose(old.type_code, issuer_of(old.unit).code or "", old.serial, version),
        "version": version, "previous": old, "issued_at": at, "valid_from": day, "data": old.data,
        "status_at": at} | new)
    old.status, old.status_reason, old.status_at = Status.EXPIRED, f"{REPLACED}（第{version}版）", at
    old.save(update_fields=["status", "status_reason", "status_at"])
    fresh.save(force_insert=True)
    who = signed(by.by())
    append(
        old.stream,
        who,
        [Entry("certificate.replaced", {"identifier": old.identifier, "by": fresh.identifier})],
        at=at,
    )
    append(fresh.stream, who, [Entry(f"certificate.{how}", {
        "identifier": fresh.identifier, "previous": old.identifier, "title": fresh.title, "unit": fresh.unit.name,
        "reason": reason, "basis": basis, "valid_from": day.isoformat(),
        "valid_to": fresh.valid_to.isoformat() if fresh.valid_to else ""})], at=at)
    until = chinese_date(fresh.valid_to) if fresh.valid_to else "长期"
    order(fresh, f"cert_{how}", at=at, reason=reason, basis=basis, new_identifier=fresh.identifier,
          **({"new_to": until} if how in ("renewed", "deemed") else {}))
    if fresh.holder_id is not None:
        notify(account_id=fresh.holder_id, title=f"您的“{fresh.title}”{_WORDS[how]}（第{version}版）", body=reason,
               url=f"/certificates/{fresh.identifier}/", channels=("in_app", "sms"), key=f"{fresh.stream}:{how}")
    return fresh
