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
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

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


def sign(pdf: bytes, *, identifier: str, unit: str) -> bytes:
    """``pdf`` with an invisible signature (the red seal is drawn on the page) that forbids every later change."""
    key, certificate = _load(str(_newest()))
    store = SimpleCertificateStore()
    store.register(certificate)
    signer = signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", name=unit, reason="颁发电子证照", contact_info=identifier,
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


def _folder() -> Path:
    return Path(settings.KEYS_DIR)


def _all() -> list[Path]:
    return sorted(_folder().glob("seal-*.pem"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def _newest() -> Path:
    """The key in use; made on first use. Of two processes that make one at once, the first one wins."""
    found = _all()
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
    return _all()[-1]


def _make() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.CITY_NAME),
        x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.CITY_NAME}电子证照签章（示范）"),
    ])
    usage = x509.KeyUsage(digital_signature=True, content_commitment=True, key_encipherment=False,
                          data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
                          encipher_only=False, decipher_only=False)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(_NOT_BEFORE).not_valid_after(_NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
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
