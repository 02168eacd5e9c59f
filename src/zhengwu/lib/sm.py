"""The commercial ciphers: SM3 (GB/T 32905), SM2 signatures (GB/T 32918), SM4 (GB/T 32907).

SM3 of long data comes from OpenSSL through hashlib where it is compiled in; the rest is gmssl-pyx's.
Public keys are 130 hex digits: 04, x, y. That length is never ambiguous; a bare 128-digit key whose x
happens to begin with 04 is, and libraries that strip a leading "04" break one key in 256.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

import gmssl_pyx

SIGNER_ID = b"1234567812345678"  # the default identity of GB/T 35276, what OpenSSL calls distid
KEY_SIZE, DIGEST_SIZE = 16, 32
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
_GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
_CURVE = b"".join(n.to_bytes(32, "big") for n in (_A, _B, _GX, _GY))
_SEALED = b"\x01"  # first byte of what sm4_encrypt returns: SM4-GCM, 12-byte nonce, 16-byte tag
_NONCE, _TAG = 12, 16


def _openssl() -> Any:
    """An empty SM3 context of OpenSSL, to be copied (which spares the look-up by name); None where it has no SM3."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return None


_EMPTY = _openssl()
# Below this size the one call into gmssl-pyx beats three into hashlib (2.3 to 3.8 µs at 65 bytes); above it OpenSSL's
# faster rounds win (10 to 44 ms a MiB).
_SHORT = 1024


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest."""
    if len(data) < _SHORT or _EMPTY is None:
        return gmssl_pyx.sm3_hash(data)  # type: ignore[no-any-return]
    context = _EMPTY.copy()
    context.update(data)
    return context.digest()  # type: ignore[no-any-return]


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """HMAC (RFC 2104) with SM3, 32 bytes."""
    block = (sm3(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = sm3(bytes(b ^ 0x36 for b in block) + data)
    return sm3(bytes(b ^ 0x5C for b in block) + inner)


def same(left: bytes, right: bytes) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(left, right)


def _point(public_hex: str) -> bytes:
    """The 64 bytes x, y. Raises ValueError for another form or a point off the curve."""
    if len(public_hex) != 130 or not public_hex.startswith("04"):
        raise ValueError("SM2 public key must be 04 and 128 hex digits")
    raw = bytes.fromhex(public_hex)[1:]
    x, y = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if x >= _P or y >= _P or (y * y - x * x * x - _A * x - _B) % _P:
        raise ValueError("SM2 public key is no point of the curve")
    return raw


def key_id(public_hex: str) -> str:
    """The short name of a public key: first 16 hex digits of the SM3 of its 65 bytes."""
    return sm3(bytes.fromhex(public_hex)).hex()[:16]


def sm2_z(public_hex: str) -> bytes:
    """Z of GB/T 32918.2 5.5: the digest of identity, curve and public key that goes before every message."""
    bits = (len(SIGNER_ID) * 8).to_bytes(2, "big")
    return sm3(bits + SIGNER_ID + _CURVE + _point(public_hex))


def _is_der(signature: bytes) -> bool:
    """Whether this is the one DER form of two positive numbers; GmSSL would complain of others on stderr."""
    if not 8 <= len(signature) <= 72 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        return False
    at = 2
    for _ in range(2):
        number = signature[at + 2:at + 2 + signature[at + 1]] if at + 1 < len(signature) else b""
        if not 1 <= len(number) <= 33 or signature[at] != 2 or signature[at + 1] != len(number):
            return False
        padded = number[0] == 0
        if number[0] & 0x80 or (padded and (len(number) == 1 or not number[1] & 0x80)):
            return False
        at += 2 + len(number)
    return at == len(signature)


def sm2_verify(public_hex: str, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (DER of r, s) over ``data`` was made by the key; False for anything malformed."""
    if not _is_der(signature):
        return False
    try:
        digest = sm3(sm2_z(public_hex) + data)
        return bool(gmssl_pyx.sm2_verify_sm3_digest(_point(public_hex), digest, signature))
    except (ValueError, gmssl_pyx.GmsslInnerError):
        return False


@dataclass(frozen=True)
class Sm2Key:
    """A signing key. Z is computed once, so a signature costs one digest and one point multiplication."""

    private: bytes = field(repr=False)
    public_hex: str
    _z: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_z", sm2_z(self.public_hex))

    @classmethod
    def generate(cls) -> "Sm2Key":
        """A fresh random key."""
        public, private = gmssl_pyx.sm2_key_generate()
        return cls(private, "04" + public.hex())

    @classmethod
    def load(cls, stored: str) -> "Sm2Key":
        """Reads what ``save`` wrote. Raises ValueError when the two halves do not belong together."""
        try:
            private_hex, public_hex = stored.split()
            key = cls(bytes.fromhex(private_hex), public_hex)
            works = sm2_verify(public_hex, b"self-test", key.sign(b"self-test"))
        except gmssl_pyx.GmsslInnerError as error:
            raise ValueError("not an SM2 key") from error
        if not works:
            raise ValueError("SM2 private and public key do not belong together")
        return key

    def save(self) -> str:
        """Private and public key in hex, separated by a space; belongs in a file of mode 0600."""
        return f"{self.private.hex()} {self.public_hex}"

    @property
    def id(self) -> str:
        """``key_id`` of the public half."""
        return key_id(self.public_hex)

    def sign(self, data: bytes) -> bytes:
        """DER of r, s over ``data`` (hashed with Z); ``sm2_verify`` and OpenSSL accept it."""
        return bytes(gmssl_pyx.sm2_sign_sm3_digest(self.private, sm3(self._z + data)))


def sm4_encrypt(key: bytes, plain: bytes, context: bytes = b"") -> bytes:
    """SM4-GCM under a 16-byte key and a random nonce: version, nonce, tag, cipher text.

    ``context`` (say b"account.phone") is authenticated, not stored: moved to another column it is refused.
    Raises ValueError for an empty ``plain`` (an absent value is stored as absent) or a key of another size.
    """
    if len(key) != KEY_SIZE or not plain:
        raise ValueError("SM4 needs a 16-byte key and a text that is not empty")
    nonce = secrets.token_bytes(_NONCE)
    cipher, tag = gmssl_pyx.sm4_gcm_encrypt(key, nonce, _SEALED + context, plain)
    return bytes(_SEALED + nonce + tag + cipher)


def sm4_decrypt(key: bytes, sealed: bytes, context: bytes = b"") -> bytes:
    """Undoes ``sm4_encrypt``. Raises ValueError when key, context or any bit is another."""
    head = 1 + _NONCE + _TAG
    if len(key) != KEY_SIZE or len(sealed) <= head or sealed[:1] != _SEALED:
        raise ValueError("not something sm4_encrypt made")
    nonce, tag = sealed[1:1 + _NONCE], sealed[1 + _NONCE:head]
    try:
        return bytes(gmssl_pyx.sm4_gcm_decrypt(key, nonce, _SEALED + context, sealed[head:], tag))
    except gmssl_pyx.GmsslInnerError:
        raise ValueError("SM4: wrong key, wrong context or changed bytes") from None
