"""Personal identifiers: encrypted at rest (SM4), found by a blind index (HMAC-SM3), shown masked."""

import base64
from functools import cache

from django.conf import settings

from zhengwu.kernel.directory.models import Account
from zhengwu.lib.identifiers import check_citizen_id, check_mobile, check_uscc, mask_id, mask_phone
from zhengwu.lib.keys import FileKeys, Vault


@cache
def _vault(folder: str) -> Vault:
    return Vault(FileKeys(settings.KEYS_DIR))


def vault() -> Vault:
    """The installation's vault; its keys lie in ``settings.KEYS_DIR``."""
    return _vault(str(settings.KEYS_DIR))


def seal_text(text: str, context: str = "text") -> str:
    """Ciphertext (base64) for a text column; "" stays "". ``context`` names the column: elsewhere it does not open."""
    return base64.b64encode(vault().hide(text, context)).decode() if text else ""


def open_text(sealed: str, context: str = "text") -> str:
    """The plain text of ``seal_text`` with the same context."""
    return vault().reveal(base64.b64decode(sealed), context) if sealed else ""


def blind_index(text: str, context: str = "citizen_id") -> str:
    """What an identifier is found by without being readable (64 hex digits)."""
    return vault().blind_index(text.strip().upper(), context).hex()


def set_identity(account: Account, *, citizen_id: str = "", phone: str = "", uscc: str = "") -> None:
    """Checks and sets identifiers on an unsaved or saved account (the caller saves). Raises Problem at the field."""
    if citizen_id:
        number = check_citizen_id(citizen_id, field="citizen_id")
        account.id_sealed, account.id_index = seal_text(number, "citizen_id"), blind_index(number)
    if phone:
        account.phone_sealed = seal_text(check_mobile(phone, field="phone"), "phone")
    if uscc:
        account.uscc = check_uscc(uscc, field="uscc")


def masked_id(account: Account) -> str:
    """The credit code (public) or the masked citizen id; "" when unknown."""
    return account.uscc or (mask_id(open_text(account.id_sealed, "citizen_id")) if account.id_sealed else "")


def masked_phone(account: Account) -> str:
    return mask_phone(phone_of(account)) if account.phone_sealed else ""


def phone_of(account: Account) -> str:
    """The plain number, for a message driver only."""
    return open_text(account.phone_sealed, "phone")
