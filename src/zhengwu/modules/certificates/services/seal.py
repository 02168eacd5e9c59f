"""Making the paper: set by Typst, signed, kept once. Lazily at the first download, or by the periodic job."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from zhengwu.kernel.directory.api import SYSTEM, open_text
from zhengwu.kernel.files import api as files
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import paper, qr
from zhengwu.lib.identifiers import mask_id
from zhengwu.lib.now import local
from zhengwu.lib.periodic import each
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate
from zhengwu.modules.certificates.signing import sign

PURPOSE = "certificate"
SEAL_WORDS = "电子证照专用章"


def public_url(request: HttpRequest | None = None) -> str:
    """Scheme and host people reach this installation by, without a slash at the end: ``settings.PUBLIC_URL``, else
    as the request says; "" when neither is known."""
    configured = str(getattr(settings, "PUBLIC_URL", "") or "")
    return (configured or (request.build_absolute_uri("/") if request is not None else "")).rstrip("/")


def check_url(identifier: str, base: str) -> str:
    """Where anybody checks the certificate; printed on it and in its QR."""
    return f"{base}{reverse('certificates:check')}?code={identifier}"


@transaction.atomic
def paper_of(certificate: Certificate, base: str) -> files.StoredFile:
    """The certificate's file; made, signed and entered in the ledger (``certificate.sealed``) the first time.

    ``base``: see ``public_url``. Two who ask at once get the same file: the row is locked meanwhile.
    """
    # The file is not joined: who waited for the lock would be given the row anew, but the join as it was before.
    row = Certificate.objects.select_for_update(of=("self",)).select_related("unit").get(pk=certificate.pk)
    if row.file is not None:
        return row.file
    data = sign(paper.render("certificate", content(row, base)), identifier=row.identifier, unit=row.unit.name)
    row.file = files.keep(name=f"{row.title}-{row.number}.pdf", media_type="application/pdf", data=data, owner=None,
                          purpose=PURPOSE, subject=row.identifier)
    row.save(update_fields=["file"])
    append(row.stream, SYSTEM.by(), [Entry("certificate.sealed", {
        "identifier": row.identifier, "file_sm3": row.file.sm3, "size": row.file.size})])
    certificate.file = row.file
    return row.file


def content(certificate: Certificate, base: str) -> dict[str, Any]:
    """What stands on the paper; the same row gives the same page. A citizen's number is masked even here."""
    address = check_url(certificate.identifier, base)
    return {
        "title": certificate.title, "number": certificate.number, "identifier": certificate.identifier,
        "unit": certificate.unit.name, "holder": certificate.holder_name,
        "holder_code_label": str(Certificate.CodeType(certificate.holder_code_type).label),
        "holder_code": shown_code(certificate),
        "facts": [{"label": label, "value": value} for label, value in certificate.face],
        "valid_from": paper.chinese_date(certificate.valid_from),
        "valid_to": paper.chinese_date(certificate.valid_to) if certificate.valid_to else "",
        "issued_on": paper.chinese_date(local(certificate.issued_at).date()), "seal_purpose": SEAL_WORDS,
        "qr": qr.svg_bytes(address).decode(), "url": f"{base}{reverse('certificates:check')}",
    }


def shown_code(certificate: Certificate) -> str:
    """The holder's code as people may see it: a credit code whole, a citizen's number masked."""
    code = open_text(certificate.holder_code_sealed, HOLDER_CODE)
    return mask_id(code) if certificate.holder_code_type == Certificate.CodeType.CITIZEN else code


def seal_pending(limit: int = 50) -> int:
    """Makes papers ahead of their first download, oldest first; returns how many.

    Does nothing without ``settings.PUBLIC_URL``: the address in the QR would not be known.
    """
    base = public_url()
    if not base:
        return 0
    rows = list(Certificate.objects.filter(file=None).order_by("id")[:limit])
    return each(rows, lambda row: paper_of(row, base), name="certificates.seal")
