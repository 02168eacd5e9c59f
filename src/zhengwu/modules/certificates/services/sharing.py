"""Sharing: an organ asks to look at certificates of a type for a purpose, the definer grants, every look is written
down where the holder sees it (政务数据共享条例; 个人信息保护法 §§34–35, 44)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from zhengwu.kernel.directory.api import WORKERS, Actor, Role, blind_index
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.identifiers import normal
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.certificates.models import HOLDER_CODE, Access, Certificate, CertificateType, Sharing

TERM_MAX_DAYS = 730
LOOK_MAX = 20
State = Sharing.State


@transaction.atomic
def ask_sharing(*, unit: Unit, kind: CertificateType, purpose: str, basis: str, valid_from: date, valid_to: date,
                by: Actor, labels: Sequence[str] = ()) -> Sharing:
    """A head or leader asks for their organ. Raises Denied, Invalid by field, Conflict (own type, overlapping)."""
    if not by.has_role(Role.HEAD, Role.LEADER, unit_id=unit.pk):
        raise Denied("not-entitled", "共享申请由使用单位的审核人或分管领导提出", "a head or leader asks for the unit")
    errors = {}
    for name, text, most in (("purpose", purpose, 100), ("basis", basis, 200)):
        if not 2 <= len(text.strip()) <= most:
            errors[name] = f"请写明（2到{most}字）"
    if valid_from < today() or not valid_from <= valid_to or (valid_to - valid_from).days > TERM_MAX_DAYS:
        errors["valid_to"] = "期限从今天或以后起，不超过两年"
    unknown = set(labels) - {field["label"] for field in kind.fields}
    if unknown:
        errors["labels"] = f"该类证照没有这些信息项：{'、'.join(sorted(unknown))}"
    if errors:
        raise Invalid(errors)
    if unit.pk == kind.definer_id:
        raise Conflict("own-type", "本单位定义的证照不需要申请共享", "it is your own type")
    same = Sharing.objects.filter(unit=unit, type_code=kind.code, purpose=purpose.strip(),
                                  state__in=(State.ASKED, State.GRANTED), valid_to__gte=valid_from)
    if same.exists():
        raise Conflict("sharing-exists", "同一用途的共享已在申请或授权期内", "asked or granted already")
    assert by.account_id is not None  # whoever holds a post has an account
    row = Sharing.objects.create(
        unit=unit, type_code=kind.code, type_name=kind.name, definer_id=kind.definer_id, purpose=purpose.strip(),
        basis=basis.strip(), labels=list(labels), valid_from=valid_from, valid_to=valid_to, asked_by_id=by.account_id,
        asked_at=now())
    _record(row, "asked", by)
    return row


def may_decide(actor: Actor, sharing: Sharing) -> bool:
    """A head or leader of the organ that defined the type, or the centre."""
    return actor.has_role(Role.HEAD, Role.LEADER, unit_id=sharing.definer_id) or actor.has_role(Role.CENTRE)


@transaction.atomic
def decide_sharing(*, sharing_id: int, to: str, reason: str, by: Actor) -> Sharing:
    """Grants, refuses, or takes back what was granted. Raises NotFound, Denied, Conflict, Invalid (reason)."""
    row = Sharing.objects.select_for_update(of=("self",)).filter(pk=sharing_id).first()
    if row is None:
        raise NotFound("no-such-sharing", "没有这件共享申请", "no such sharing")
    if not may_decide(by, row):
        raise Denied("not-the-definer", "共享由证照定义机构的审核人、分管领导或政务中心决定", "not the definer")
    allowed = {State.ASKED: (State.GRANTED, State.REFUSED), State.GRANTED: (State.REVOKED,)}.get(State(row.state), ())
    if to not in allowed:
        raise Conflict("sharing-state", f"现为“{row.get_state_display()}”，不能这样处理", "the state does not allow it")
    if (to != State.GRANTED and not reason.strip()) or len(reason) > 300:
        raise Invalid({"reason": "请写明理由（300字以内）"})
    row.state, row.reason, row.decided_at = to, reason.strip(), now()
    row.save(update_fields=["state", "reason", "decided_at"])
    _record(row, str(to), by)
    return row


def _record(row: Sharing, word: str, by: Actor) -> None:
    append(row.stream, by.by(), [Entry(f"sharing.{word}", {
        "unit": row.unit.name, "type": row.type_code, "purpose": row.purpose, "basis": row.basis,
        "from": row.valid_from.isoformat(), "to": row.valid_to.isoformat(), "reason": row.reason})])


def usable(actor: Actor) -> list[Sharing]:
    """The authorisations in force today for units in which the actor works."""
    day = today()
    return list(Sharing.objects.filter(unit_id__in=actor.unit_ids(*WORKERS), state=State.GRANTED, valid_from__lte=day,
                                       valid_to__gte=day).select_related("unit", "definer"))


@transaction.atomic
def look(*, sharing_id: int, by: Actor, subject: str, holder_code: str = "", identifier: str = "",
         way: str = Access.Way.PAGE) -> list[dict[str, Any]]:
    """What ``by`` may see of a holder's certificates of the authorised type, newest first; each look leaves a trace.

    By the holder's whole code, or one identifier or number. ``subject``: the business at hand (办件编号 or words).
    Each row: the facts, and ``face`` with the authorised items only. Raises NotFound (no authorisation in force,
    whether it exists or not), Invalid.
    """
    sharing = next((row for row in usable(by) if row.pk == sharing_id), None)
    if sharing is None:
        raise NotFound("no-sharing", "本单位没有这项共享授权，或者授权不在有效期内", "no authorisation in force")
    errors = {}
    if not 2 <= len(subject.strip()) <= 80:
        errors["subject"] = "请写明所办业务，例如办件编号（持证主体会看到）"
    if not holder_code.strip() and not identifier.strip():
        errors["holder_code"] = "请填写持证主体的证件号码，或者证照标识、编号"
    if errors:
        raise Invalid(errors)
    rows = Certificate.objects.filter(type_code=sharing.type_code)
    if holder_code.strip():
        rows = rows.filter(holder_code_index=blind_index(normal(holder_code)[:40], HOLDER_CODE))
    if identifier.strip():
        rows = rows.filter(Q(identifier=identifier.strip().upper()[:100]) | Q(number=identifier.strip()[:60]))
    found = list(rows.select_related("unit", "file").order_by("-id")[:LOOK_MAX])
    Access.objects.bulk_create([Access(
        certificate=row, sharing=sharing, unit_name=sharing.unit.name, account_id=by.account_id, way=way,
        purpose=sharing.purpose, subject=subject.strip(), at=now()) for row in found])
    append(
        sharing.stream,
        by.by(),
        [Entry("sharing.used", {"way": str(way), "subject": subject.strip(), "found": len(found)})],
    )
    return [_shown(row, sharing) for row in found]


def _shown(row: Certificate, sharing: Sharing) -> dict[str, Any]:
    allowed = set(sharing.labels)
    return {"identifier": row.identifier, "title": row.title, "number": row.number, "holder": row.holder_name,
            "unit": row.unit.name, "valid_from": row.valid_from, "valid_to": row.valid_to, "status": row.state,
            "status_label": row.state_label,
            "face": [[label, text] for label, text in row.face if not allowed or label in allowed]}
