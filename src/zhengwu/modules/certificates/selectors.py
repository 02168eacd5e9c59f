"""Reading certificates: one by its identifier, the register of a unit, what the public may know."""

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from zhengwu.kernel.directory.api import Actor, blind_index
from zhengwu.kernel.ledger.api import events_of
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.identifiers import check_licence_id, mask_name, normal
from zhengwu.lib.now import local
from zhengwu.lib.problem import NotFound
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate, CertificateQuerySet


def access_certificate(actor: Actor, identifier: str) -> Certificate:
    """The certificate, if ``actor`` may see it; else NotFound, whether it exists or not."""
    found = (Certificate.objects.visible_to(actor).select_related("unit", "case", "matter", "file")
             .filter(identifier=identifier).first())
    if found is None:
        raise NotFound("no-such-certificate", "没有这份证照，或者您无权查看", "no such certificate for you")
    return found


def register(actor: Actor, *, state: str = "", text: str = "") -> CertificateQuerySet:
    """What the actor's units issued, newest first. ``text``: part of title or holder, a number, an identifier, or a
    holder's whole code (found by its blind index)."""
    rows = Certificate.objects.of_units(actor).select_related("unit", "case").order_by("-id")
    if state in Certificate.Status.values:
        rows = rows.in_state(state)
    words = text.strip()[:100]
    if words:
        rule = (Q(title__icontains=words) | Q(holder_name__icontains=words) | Q(number=words)
                | Q(identifier=words.upper()))
        if re.fullmatch(r"[0-9A-Z]{18}", normal(words)):
            rule |= Q(holder_code_index=blind_index(normal(words), HOLDER_CODE))
        rows = rows.filter(rule)
    return rows


@dataclass(frozen=True, slots=True)
class Facts:
    """What anybody who holds the identifier may know; a person's name is masked, an enterprise's is not."""

    identifier: str
    title: str
    number: str
    holder: str
    unit: str
    issued_on: date
    valid_from: date
    valid_to: date | None
    status: str
    status_label: str
    status_on: date
    status_reason: str
    file_sm3: str

    @property
    def good(self) -> bool:
        """Whether it may be relied upon today."""
        return self.status == Certificate.Status.NORMAL


def facts_of(certificate: Certificate) -> Facts:
    """``certificate`` needs ``unit`` and ``file`` loaded."""
    person = certificate.holder_code_type != Certificate.CodeType.USCC
    state = certificate.state
    lapsed = state != certificate.status and certificate.valid_to is not None
    return Facts(
        identifier=certificate.identifier, title=certificate.title, number=certificate.number,
        holder=mask_name(certificate.holder_name) if person else certificate.holder_name, unit=certificate.unit.name,
        issued_on=local(certificate.issued_at).date(), valid_from=certificate.valid_from, valid_to=certificate.valid_to,
        status=state, status_label=certificate.state_label,
        status_on=certificate.valid_to if lapsed and certificate.valid_to else local(certificate.status_at).date(),
        status_reason="有效期届满" if lapsed else certificate.status_reason,
        file_sm3=certificate.file.sm3 if certificate.file else "",
    )


def public_certificate(code: str) -> Certificate:
    """By its whole identifier, for anybody. Raises Problem for one with a wrong form or check character, NotFound."""
    identifier = check_licence_id(code[:120], field="code")
    found = Certificate.objects.select_related("unit", "file").filter(identifier=identifier).first()
    if found is None:
        raise NotFound("no-such-certificate", "没有查到这份证照。标识的格式正确，但本市没有颁发过它",
                       "no certificate with this identifier was issued here")
    return found


def history(certificate: Certificate) -> list[Event]:
    """What happened to it, oldest first: issued, sealed, held, revoked …"""
    return list(events_of(certificate.stream))
