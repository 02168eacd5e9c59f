"""Electronic seals of organs: made, handed over, stopped, revoked; and the one way they come onto a paper."""

import base64
import secrets
from datetime import date
from typing import BinaryIO

from django.db import transaction

from zhengwu.kernel.cases.papers import SealOrder
from zhengwu.kernel.directory.api import SYSTEM, Actor, Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.files import api as files
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import paper
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.sm import sm3
from zhengwu.modules.certificates import signing
from zhengwu.modules.certificates.models import Seal, SealUse

PICTURE = "seal-picture"
PICTURE_MAX = 500_000
MOVES = {
    Seal.State.ACTIVE: (Seal.State.STOPPED, Seal.State.REVOKED),
    Seal.State.STOPPED: (Seal.State.ACTIVE, Seal.State.REVOKED),
}
"""From which state to which; a revoked seal stays revoked."""


def may_administer(actor: Actor, unit_id: int | None = None) -> bool:
    """Seals are kept by the leader of the organ and, for all organs, by the security administrator."""
    return actor.has_role(Role.SECADMIN) or actor.has_role(Role.LEADER, unit_id=unit_id)


def _require(actor: Actor, unit_id: int) -> None:
    if not may_administer(actor, unit_id):
        raise Denied(
            "seal-keeper-only",
            "电子印章由本单位分管领导或安全管理员管理",
            "not the keeper of this organ's seals",
        )


@transaction.atomic
def make_seal(*, unit: Unit, purpose: str, custodian: Account, valid_from: date, valid_to: date, by: Actor,
              pkcs12: bytes = b"", password: str = "", picture: BinaryIO | None = None) -> Seal:
    """A seal of ``unit``. Its certificate comes from ``pkcs12``, else is made by the installation (示范).

    Raises Denied, Invalid by field, Problem (file, picture), Conflict when one with these words is in use.
    """
    _require(by, unit.pk)
    words, errors = purpose.strip(), {}
    if len(words) > 12:
        errors["purpose"] = "专用字样不超过12个字"
    if valid_to < max(valid_from, today()):
        errors["valid_to"] = "有效期止不能早于启用日期和今天"
    if not Appointment.objects.filter(account=custodian, unit=unit).exists():
        errors["custodian"] = f"保管人须是{unit.name}的工作人员"
    if errors:
        raise Invalid(errors)
    if Seal.objects.filter(unit=unit, purpose=words, state=Seal.State.ACTIVE).exists():
        raise Conflict("seal-exists", "同样字样的印章正在使用，请先停用或注销", "such a seal is in use")
    key_file = f"seal-unit-{unit.pk}-{secrets.token_hex(4)}.pem"
    name = f"{unit.name}{f'（{words}）' if words else ''}"
    facts = (signing.keep_key(key_file, signing.key_of_pkcs12(pkcs12, password)) if pkcs12 else
             signing.make_key(key_file, unit=unit.name, common=name, start=valid_from, end=valid_to))
    kept = files.store(name="seal.png", stream=picture, owner=by, purpose=PICTURE) if picture is not None else None
    if kept is not None and (kept.media_type != "image/png" or kept.size > PICTURE_MAX):
        raise Invalid({"picture": "印模图片须是500KB以内的PNG，底色透明"})
    seal = Seal.objects.create(
        unit=unit, name=name, purpose=words, custodian=custodian, picture=kept, key_file=key_file,
        subject=facts.subject, issuer=facts.issuer, serial=facts.serial, fingerprint=facts.fingerprint,
        valid_from=max(valid_from, facts.not_before), valid_to=min(valid_to, facts.not_after), state_at=now())
    append(seal.stream, by.by(), [Entry("seal.made", {
        "name": seal.name, "fingerprint": seal.fingerprint, "valid_to": seal.valid_to.isoformat()})])
    return seal


@transaction.atomic
def set_seal_state(*, seal_id: int, to: str, reason: str, by: Actor) -> Seal:
    """Stops, puts back in use or revokes. Raises NotFound, Denied, Conflict, Invalid (reason)."""
    seal = Seal.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=seal_id).first()
    if seal is None or not may_administer(by, seal.unit_id):
        raise NotFound("no-such-seal", "没有这枚印章，或者不由您管理", "no such seal for you")
    if to not in MOVES.get(Seal.State(seal.state), ()):
        raise Conflict("seal-state", f"印章现为“{seal.state_label}”，不能这样变更", "the state does not allow it")
    if not reason.strip() or len(reason) > 300:
        raise Invalid({"reason": "请写明原因（300字以内）"})
    if to == Seal.State.ACTIVE and Seal.objects.filter(unit_id=seal.unit_id, purpose=seal.purpose, state=to).exists():
        raise Conflict("seal-exists", "同样字样的印章正在使用，请先停用或注销", "such a seal is in use")
    seal.state, seal.reason, seal.state_at = to, reason.strip(), now()
    seal.save(update_fields=["state", "reason", "state_at"])
    append(seal.stream, by.by(), [Entry(f"seal.{to}", {"name": seal.name, "reason": seal.reason})])
    return seal


def picture_of(seal: Seal) -> bytes:
    """The seal as PNG: uploaded, or drawn from the organ's name."""
    if seal.picture is not None:
        with open_content(seal.picture.sm3) as stream:
            return stream.read()
    return paper.preview("seal", {"unit": seal.unit.name, "seal_purpose": seal.purpose}, ppi=200)[0]


def _as_svg(seal: Seal) -> str:
    """For the page: SVG around an uploaded picture; "" lets the page draw the seal itself, sharp at every size."""
    if seal.picture is None:
        return ""
    data = base64.b64encode(picture_of(seal)).decode()
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42" width="42mm" height="42mm">'
            f'<image width="42" height="42" href="data:image/png;base64,{data}"/></svg>')


def seal_for(unit_id: int, purpose: str, day: date) -> Seal | None:
    """The seal of these words, else the organ's own; None where the organ has none at all (the installation's key
    signs then). Raises Conflict when there are seals but none may be used that day."""
    rows = list(Seal.objects.filter(unit_id=unit_id, purpose__in=("", purpose)).select_related("unit", "picture"))
    usable = [seal for seal in rows if seal.usable_on(day)]
    if rows and not usable:
        raise Conflict(
            "seal-unusable",
            f"{rows[0].unit.name}的电子印章已停用、注销或者过期，不能用印",
            "no seal may be used",
        )
    return max(usable, key=lambda seal: (seal.purpose == purpose, seal.pk), default=None)


def put_seal(order: SealOrder, *, by: Actor = SYSTEM, reason: str = "") -> bytes:
    """Sets the page with the seal's picture, signs it and writes the use log. Raises Conflict (see ``seal_for``)."""
    seal = seal_for(order.unit_id, order.purpose, today())
    pdf = order.draw(_as_svg(seal) if seal else "")
    words = reason or order.title
    if seal is None:
        return signing.sign(pdf, identifier=order.subject, unit=order.unit_name, reason=words)
    signed = signing.sign(pdf, identifier=order.subject, unit=seal.name, reason=words, key_file=seal.key_file)
    SealUse.objects.create(
        seal=seal,
        title=order.title[:200],
        number=order.number[:100],
        subject=order.subject[:120],
        sm3=sm3(signed).hex(),
        by_label=by.by().label if by is not SYSTEM else "系统（发文自动用印）",
        at=now(),
    )
    return signed


def may_open_picture(actor: Actor, stored: files.StoredFile) -> bool:
    """A seal's picture is for those who administer it; papers carry it anyway."""
    seal = Seal.objects.filter(picture_id=stored.pk).first()
    if seal is None:
        return actor.account_id is not None and stored.owner_id == actor.account_id
    return may_administer(actor, seal.unit_id)


def seals_of(actor: Actor) -> list[Seal]:
    """The seals the actor administers, with holder and custodian."""
    rows = Seal.objects.select_related("unit", "custodian", "picture")
    if not actor.has_role(Role.SECADMIN):
        rows = rows.filter(unit_id__in=actor.unit_ids(Role.LEADER))
    return list(rows)


def access_seal(actor: Actor, seal_id: int) -> Seal:
    """Raises NotFound for one the actor does not administer."""
    seal = Seal.objects.select_related("unit", "custodian", "picture").filter(pk=seal_id).first()
    if seal is None or not may_administer(actor, seal.unit_id):
        raise NotFound("no-such-seal", "没有这枚印章，或者不由您管理", "no such seal for you")
    return seal
