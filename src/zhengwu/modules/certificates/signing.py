"""The digital signature in the paper (PAdES), and what a foreign file's signature is worth.

The installation signs with a certificate it made itself: it shows that a file comes from here unchanged. A city's own
installation puts the certificate of a licensed authority (电子签名法 §17) in its place: ``seal-<id>.pem`` in
``KEYS_DIR``, private key and certificate. The newest file signs; all stay trusted, so that old papers keep checking.
"""

import hashlib
import hmac
import io
import logging
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhengwu.lib.now import CN, local
from zhengwu.lib.problem import Conflict, Problem
from zhengwu.modules.certificates.numbering import ROOT

log = logging.getLogger(__name__)

FIELD = "DianZiYinZhang"
_NOT_BEFORE, _NOT_AFTER = datetime(2020, 1, 1), datetime(2049, 12, 31)  # wide: the simulator signs in other years
_RESERVED = 8192
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_DOT = rb"(?:\.|\\056)"  # how a PDF writes a full stop in a string, plain or escaped
_IDENTIFIER = re.compile(_DOT.join([re.escape(ROOT).encode().replace(rb"\.", _DOT), rb"[0-9A-Z]{21}", rb"[0-9A-Z]{18}",
                                    rb"[0-9A-Z]{1,32}", rb"[0-9]{3}", rb"[0-9A-Z]"]))


@dataclass(frozen=True, slots=True)
class Seal:
    """What the signature of a file says. ``ours``: made with a key of this installation; ``whole``: it covers the
    file to its last byte and nothing was changed; ``identifier``: the certificate the file claims to be, or ""."""

    found: bool
    ours: bool
    whole: bool
    identifier: str


def sign(pdf: bytes, *, identifier: str, unit: str, reason: str = "颁发电子证照", key_file: str = "") -> bytes:
    """``pdf`` with an invisible signature (the red seal is drawn on the page) that forbids every later change.

    ``identifier`` is what the paper is known by; ``key_file`` a name in ``KEYS_DIR`` (an organ's seal), "" for the
    installation's own key. Raises Conflict when that file is gone.
    """
    key, certificate = _load(str(_named(key_file) if key_file else _newest()))
    store = SimpleCertificateStore()
    store.register(certificate)
    signer = signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", name=unit, reason=reason, contact_info=identifier,
        certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES, subfilter=fields.SigSeedSubFilter.PADES)
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer, bytes_reserved=_RESERVED)
    return bytes(out.getvalue())


def examine(data: bytes) -> Seal:
    """Looks at any file, however broken; never raises for what is in it.

    Reads the signature's own bytes only and unpacks nothing, so a file made to burst (compressed streams in streams)
    has nothing to burst in. Work is linear in the size.
    """
    claimed = _IDENTIFIER.search(data)
    identifier = claimed[0].replace(rb"\056", b".").decode() if claimed else ""
    for found in reversed(list(_RANGE.finditer(data))):
        try:
            ours, whole = _judge(data, *(int(n) for n in found.groups()))
        except (ValueError, TypeError, KeyError, IndexError) as error:
            log.info("a signature in a file to check cannot be read: %s", type(error).__name__)
            return Seal(True, False, False, identifier)
        return Seal(True, ours, ours and whole, identifier)
    return Seal(False, False, False, identifier)


def _judge(data: bytes, start: int, length: int, resume: int, rest: int) -> tuple[bool, bool]:
    """(made by us, nothing changed and covered to the last byte) of the signature lying between the two ranges."""
    end = resume + rest
    if start != 0 or not 0 < length < resume <= end <= len(data) or resume - length > 2 * _RESERVED + 2:
        return False, False
    message = bytes.fromhex(data[length + 1:resume - 1].decode("ascii"))
    signed = cms.ContentInfo.load(message)["content"]
    signer = signed["signer_infos"][0]
    serial = signer["sid"].chosen["serial_number"].native
    own = next((c for c in map(_certificate, _all()) if c.serial_number == serial), None)
    attributes = signer["signed_attrs"].untag().dump()
    if own is None or not _verified(own.public_key(), signer["signature"].native, attributes):
        return False, False
    said = {a["type"].native: a["values"][0].native for a in signer["signed_attrs"]}
    digest = hashlib.sha256(data[:length] + data[resume:end]).digest()
    return True, hmac.compare_digest(digest, bytes(said["message_digest"])) and end == len(data)


def _verified(key: object, signature: bytes, message: bytes) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What the X.509 certificate of a seal says."""

    subject: str
    issuer: str
    serial: str
    fingerprint: str
    not_before: date
    not_after: date


def make_key(name: str, *, unit: str, common: str, start: date, end: date) -> KeyFacts:
    """A new key and self-signed certificate for an organ's seal, kept as ``name`` in ``KEYS_DIR``."""
    return keep_key(name, _make(organisation=unit, common=common, start=_midnight(start),
                                end=_midnight(end + timedelta(days=1))))


def key_of_pkcs12(data: bytes, password: str) -> bytes:
    """Private key and certificate of a PKCS#12 file as PEM. Raises Problem at ``file`` for what cannot be used."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError as error:
        raise Problem(
            "pkcs12",
            "证书文件打不开：请确认是PKCS#12（.p12、.pfx）文件，口令正确",
            "not a PKCS#12 file, or wrong password",
            field="file",
            status=422,
        ) from error
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Problem(
            "pkcs12-content",
            "文件里没有可用的私钥和证书（支持RSA和ECC）",
            "no usable key in it",
            field="file",
            status=422,
        )
    return _pem(key, certificate)


def keep_key(name: str, pem: bytes) -> KeyFacts:
    """Writes key and certificate for their owner only; returns what the certificate says."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(_folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    found = x509.load_pem_x509_certificate(pem)
    return KeyFacts(found.subject.rfc4514_string()[:200], found.issuer.rfc4514_string()[:200],
                    f"{found.serial_number:x}"[:60], found.fingerprint(hashes.SHA256()).hex(),
                    local(found.not_valid_before_utc).date(), local(found.not_valid_after_utc).date())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CN)


def _named(name: str) -> Path:
    path = _folder() / name
    if not path.is_file():
        raise Conflict(
            "seal-key-missing",
            "印章的密钥文件不在本系统中，不能用印，请联系系统管理员",
            "the seal's key is missing",
        )
    return path


def _folder() -> Path:
    return Path(settings.KEYS_DIR)


def _all() -> list[Path]:
    return sorted(_folder().glob("seal-*.pem"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def _newest() -> Path:
    """The installation's key in use; made on first use. Of two processes that make one at once, the first one wins.
    Organs' seals (``seal-unit-…``) sign only in their own name."""
    found = _own()
    if found:
        return found[-1]
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, unfinished = tempfile.mkstemp(dir=_folder(), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, _folder() / "seal-1.pem")
        except FileExistsError:
            log.info("another process has just made the seal's key")
    finally:
        os.unlink(unfinished)
    return _own()[-1]


def _own() -> list[Path]:
    return [path for path in _all() if not path.name.startswith("seal-unit-")]


def _make(organisation: str = "", common: str = "", start: datetime = _NOT_BEFORE, end: datetime = _NOT_AFTER) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, (organisation or settings.CITY_NAME)[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, (common or f"{settings.CITY_NAME}电子证照签章（示范）")[:64]),
    ])
    usage = x509.KeyUsage(digital_signature=True, content_commitment=True, key_encipherment=False,
                          data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
                          encipher_only=False, decipher_only=False)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pem(key, certificate)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    return private + certificate.public_bytes(serialization.Encoding.PEM)


@lru_cache(maxsize=16)
def _load(path: str) -> tuple[asn1_keys.PrivateKeyInfo, asn1_x509.Certificate]:
    data = Path(path).read_bytes()
    key = serialization.load_pem_private_key(data, password=None)
    certificate = x509.load_pem_x509_certificate(data)
    return (
        asn1_keys.PrivateKeyInfo.load(key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                                        serialization.NoEncryption())),
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
    )


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())
