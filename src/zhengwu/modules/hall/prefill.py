"""What is known is shown, not typed (在线政务服务规定 §7): facts of the account and of certificates in force.

A property of a form says where its value is kept: ``"x-known": "account.name"`` (or ``phone``, ``uscc``, ``id``) or
``"held.<field>"`` of any certificate that spares a material of the matter. A telephone is only suggested, people change
it; everything else is fixed and the form cannot contradict it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhengwu.kernel.directory.api import masked_id, open_text, phone_of
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.held import HeldCertificate
from zhengwu.lib.identifiers import mask_id


@dataclass(frozen=True)
class Known:
    """A value, how it is shown, and where it comes from in words."""

    value: str
    shown: str
    source: str


def known(schema: Mapping[str, Any], account: Account, held: Mapping[int, HeldCertificate]) -> dict[str, Known]:
    """Property name → what is known of it; only properties that say where."""
    facts: dict[str, Known] = {}
    certificates = list({c.number: c for c in held.values()}.values())
    for name, part in schema.get("properties", {}).items():
        kind, _, field = str(part.get("x-known", "")).partition(".")
        found = _of_account(account, field) if kind == "account" else None
        if kind == "held":
            found = _of_certificates(certificates, field)
        if found is not None:
            facts[name] = found
    return facts


def suggested(schema: Mapping[str, Any], account: Account) -> dict[str, str]:
    """What stands in an empty form to begin with: the account's telephone."""
    if not account.phone_sealed:
        return {}
    phones = [n for n, part in schema.get("properties", {}).items() if part.get("format") == "phone"]
    return {n: phone_of(account) for n in phones if "x-known" not in schema["properties"][n]}


def _of_account(account: Account, field: str) -> Known | None:
    source = "来自您的账号"
    if field == "name":
        return Known(account.name, account.name, source)
    if field == "uscc" and account.uscc:
        return Known(account.uscc, account.uscc, source)
    if field == "id" and account.id_sealed:
        number = open_text(account.id_sealed, "citizen_id")
        return Known(number, mask_id(number), source)
    return None


def _of_certificates(certificates: list[HeldCertificate], field: str) -> Known | None:
    for certificate in certificates:
        value = certificate.fields.get(field)
        if value not in (None, ""):
            return Known(str(value), str(value), f"来自电子证照《{certificate.title}》")
    return None


def who(account: Account) -> str:
    """Name and masked number, for the head of a form."""
    return " ".join(part for part in (account.name, masked_id(account)) if part)
