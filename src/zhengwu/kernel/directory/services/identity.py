"""Personal identifiers: encrypted at rest (SM4), found by a blind index (HMAC-SM3), shown masked."""

from zhengwu.kernel.directory.models import Account
from zhengwu.lib import keys
from zhengwu.lib.identifiers import check_citizen_id, check_phone, check_uscc, mask_id, mask_phone
from zhengwu.lib.sm import hmac_sm3, sm4_decrypt, sm4_encrypt


def seal_text(text: str) -> str:
    """Ciphertext for the database; "" stays ""."""
    return sm4_encrypt(keys.provider().data_key(), text.encode()) if text else ""


def open_text(sealed: str) -> str:
    """The plain text of ``seal_text``."""
    return sm4_decrypt(keys.provider().data_key(), sealed).decode() if sealed else ""


def blind_index(text: str) -> str:
    """What an identifier is found by without being readable."""
    return hmac_sm3(keys.provider().index_key(), text.strip().upper().encode()).hex()


def set_identity(account: Account, *, citizen_id: str = "", phone: str = "", uscc: str = "") -> None:
    """Checks and sets identifiers on an unsaved or saved account (the caller saves). Raises Problem at the field."""
    if citizen_id:
        number = check_citizen_id(citizen_id, field="citizen_id")
        account.id_sealed, account.id_index = seal_text(number), blind_index(number)
    if phone:
        account.phone_sealed = seal_text(check_phone(phone, field="phone"))
    if uscc:
        account.uscc = check_uscc(uscc, field="uscc")


def masked_id(account: Account) -> str:
    return account.uscc or (mask_id(open_text(account.id_sealed)) if account.id_sealed else "")


def masked_phone(account: Account) -> str:
    return mask_phone(open_text(account.phone_sealed)) if account.phone_sealed else ""


def phone_of(account: Account) -> str:
    """The plain number, for a message driver only."""
    return open_text(account.phone_sealed)
