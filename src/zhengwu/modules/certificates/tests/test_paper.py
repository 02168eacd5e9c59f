"""The paper: what is on it, its signature (judged by pyHanko, which made it, and by our own reading), kept once."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from django.db import connection
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import now
from zhengwu.modules.certificates import signing
from zhengwu.modules.certificates.services.seal import content, paper_of, seal_pending
from zhengwu.modules.certificates.signing import examine, sign

pytestmark = pytest.mark.django_db
BASE = "https://zw.jinxiao.example"


@pytest.fixture
def pdf(certificate) -> bytes:
    return open_content(paper_of(certificate, BASE).sm3).read()


def trusted() -> list[x509.Certificate]:
    return [x509.Certificate.load(signing._certificate(path).public_bytes(serialization.Encoding.DER))
            for path in signing._all()]


def test_the_paper_carries_the_chinese_text(certificate, pdf):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace(" ", "").replace("\n", "")
    for part in ("食品经营许可证", "李小满", "李记面馆", "热食类食品制售", "临溪县市场监督管理局", "2026年2月9日",
                 "2031年2月8日", certificate.number, certificate.identifier, "110105********002X"):
        assert part in text, part
    assert "11010519491231002X" not in text


def test_the_qr_leads_to_the_checking_page(certificate):
    shown = content(certificate, BASE)
    assert shown["url"] == f"{BASE}/certificates/check/" and shown["qr"].startswith("<svg")
    assert shown == content(certificate, BASE)


def test_a_foreign_validator_finds_the_signature_good(pdf):
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=trusted(), allow_fetching=False, moment=now())
    status = validate_pdf_signature(signature, context)
    assert status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_our_own_reading_agrees(certificate, pdf):
    seal = examine(pdf)
    assert (seal.found, seal.ours, seal.whole, seal.identifier) == (True, True, True, certificate.identifier)


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6])
def test_one_changed_byte_is_found(pdf, place):
    spoiled = bytearray(pdf)
    spoiled[int(len(pdf) * place)] ^= 1
    assert not examine(bytes(spoiled)).whole


def test_something_appended_is_found(pdf):
    seal = examine(pdf + b"\n% more\n%%EOF\n")
    assert seal.found and not seal.whole


def test_a_signature_by_somebody_else_is_not_ours(pdf, certificate, settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    assert examine(pdf).ours is False
    signing._load.cache_clear()
    foreign = sign(b"".join(pdf.partition(b"%%EOF")[:2]) + b"\n", identifier=certificate.identifier, unit="冒名")
    settings.KEYS_DIR = tmp_path / "elsewhere"
    assert (examine(foreign).found, examine(foreign).ours) == (True, False)


@pytest.mark.parametrize("junk", [
    b"", b"%PDF-1.7", b"/ByteRange [0 1 2 3]", b"/ByteRange [0 99999999 999999999 9999999999]",
    b"x" * 50 + b"/ByteRange [0 10 30 20] <zz>" + b"y" * 30, b"/ByteRange [0 5 12 60]aaaaa<3080>" + b"b" * 80])
def test_no_file_is_too_broken_to_look_at(junk):
    assert not examine(junk).whole


def test_an_old_key_stays_trusted_when_a_new_one_signs(pdf, certificate, settings):
    folder = signing._folder()
    (folder / "seal-2.pem").write_bytes(signing._make())
    try:
        again = sign(pdf.partition(b"%%EOF")[0] + b"%%EOF\n", identifier=certificate.identifier, unit="单位")
        assert examine(pdf).whole and examine(again).whole
        assert signing._newest().name == "seal-2.pem"
    finally:
        (folder / "seal-2.pem").unlink()


def test_keys_are_kept_for_their_owner_only(pdf):
    assert {path.stat().st_mode & 0o777 for path in signing._all()} == {0o600}


def test_made_once_and_entered_in_the_ledger(certificate, pdf):
    again = paper_of(certificate, "https://elsewhere.example")
    assert StoredFile.objects.filter(purpose="certificate").count() == 1
    event = Event.objects.get(stream=certificate.stream, kind="certificate.sealed")
    assert event.data["file_sm3"] == again.sm3


def test_the_job_makes_what_is_missing_and_only_with_an_address(certificate, settings):
    settings.PUBLIC_URL = ""
    assert seal_pending() == 0
    settings.PUBLIC_URL = BASE + "/"
    assert (seal_pending(), seal_pending()) == (1, 0)
    certificate.refresh_from_db()
    assert certificate.file.name == f"食品经营许可证-{certificate.number}.pdf"


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_paper(certificate):
    def ask(_: int) -> str:
        try:
            return paper_of(certificate, BASE).sm3
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(ask, range(3)))) == 1
    assert StoredFile.objects.filter(purpose="certificate").count() == 1
