"""/api/v1/certificates/{code}: what anybody who holds an identifier may know of the certificate."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from zhengwu.kernel.directory.http import actor, anyone
from zhengwu.modules.certificates.checking import count_lookup
from zhengwu.modules.certificates.selectors import facts_of, public_certificate

router = Router(tags=["certificates"], auth=anyone)


class CertificateOut(Schema):
    identifier: str
    title: str
    number: str
    holder: str = Field(description="an enterprise's name, or a person's masked")
    unit: str
    issued_on: date
    valid_from: date
    valid_to: date | None = Field(description="last valid day; null without end")
    status: str = Field(description="normal, held, revoked, cancelled or expired; as of today")
    status_label: str
    status_on: date
    status_reason: str
    file_sm3: str = Field(description="SM3 of the PDF in hex, empty until it has been made")


@router.get("certificates/{code}", response=CertificateOut, summary="证照的状态和公开信息",
            operation_id="getCertificate")
def certificate(request: HttpRequest, code: str) -> dict[str, Any]:
    """``code``: the whole identifier (1.2.156.3005.2…). Throttled for those who do not sign in."""
    if actor(request).account_id is None:
        count_lookup(request)
    return asdict(facts_of(public_certificate(code)))
