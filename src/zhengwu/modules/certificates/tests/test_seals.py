"""Organs' seals: on papers as a signature others verify, in a use log, and no more once stopped, revoked or expired."""

import io
from datetime import date, datetime

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from zhengwu.kernel.cases.services.printing import print_of
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import CN, now, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem
from zhengwu.modules.certificates import signing
from zhengwu.modules.certificates.models import Seal, SealUse
from zhengwu.modules.certificates.services.seal import paper_of
from zhengwu.modules.certificates.services.seals import make_seal, picture_of, set_seal_state
from zhengwu.modules.certificates.tests.test_pages import as_, text

pytestmark = pytest.mark.django_db
BASE = "https://zw.jinxiao.example"


@pytest.fixture
def seal(world) -> Seal:
    return make_seal(unit=world.organ, purpose="", custodian=world.people["officer"], valid_from=date(2026, 1, 1),
                     valid_to=date(2027, 1, 1), by=world.actor("leader"))


def validated(pdf: bytes, seal: Seal):
    found = x509.load_pem_x509_certificate((signing._folder() / seal.key_file).read_bytes())
    trust = asn1.Certificate.load(found.public_bytes(serialization.Encoding.DER))
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[trust], allow_fetching=False, moment=now()))


def test_a_certificate_is_signed_with_the_organs_seal_and_the_use_is_logged(world, seal, certificate):
    pdf = open_content(paper_of(certificate, BASE).sm3).read()
    assert validated(pdf, seal).bottom_line
    use = SealUse.objects.get()
    assert (use.seal, use.number, use.subject) == (seal, certificate.number, certificate.identifier)
    assert use.sm3 == paper_of(certificate, BASE).sm3
    assert signing.examine(pdf).whole and signing.examine(pdf).identifier == certificate.identifier


def test_a_paper_of_a_case_is_sealed_too(world, seal, run):
    case = run(until="decide")
    paper = case.documents.get(kind="acceptance")
    pdf = print_of(paper, case)
    assert validated(pdf, seal).bottom_line and SealUse.objects.get().title == "受理通知书"
    assert print_of(paper, case) == pdf and SealUse.objects.count() == 1


@pytest.mark.parametrize("how", ["stopped", "revoked", "expired"])
def test_a_seal_out_of_use_does_not_sign(world, seal, certificate, run, how):
    if how == "expired":
        Seal.objects.update(valid_to=date(2026, 2, 8))
    else:
        set_seal_state(seal_id=seal.pk, to=how, reason="保管人变动", by=world.actor("leader"))
    with pytest.raises(Conflict, match="不能用印"):
        paper_of(certificate, BASE)
    certificate.refresh_from_db()
    assert certificate.file is None and not SealUse.objects.exists()
    case = run(until="decide")
    paper = case.documents.get(kind="acceptance")
    copy = print_of(paper, case)
    assert not PdfFileReader(io.BytesIO(copy)).embedded_signatures and paper.file is None
    assert as_(world, "citizen").get(f"/certificates/{certificate.identifier}.pdf").status_code == 409


def test_a_stopped_seal_may_come_back_a_revoked_one_never(world, seal, certificate):
    leader = world.actor("leader")
    set_seal_state(seal_id=seal.pk, to="stopped", reason="核查", by=leader)
    set_seal_state(seal_id=seal.pk, to="active", reason="核查完毕", by=leader)
    assert paper_of(certificate, BASE)
    set_seal_state(seal_id=seal.pk, to="revoked", reason="换发", by=leader)
    with pytest.raises(Conflict):
        set_seal_state(seal_id=seal.pk, to="active", reason="后悔", by=leader)
    with pytest.raises(Conflict):
        set_seal_state(seal_id=seal.pk, to="nonsense", reason="x", by=leader)
    assert Event.objects.filter(stream=seal.stream).count() == 4
    pdf = open_content(paper_of(certificate, BASE).sm3).read()
    assert signing.examine(pdf).whole  # what was sealed before stays genuine


def test_who_may_make_and_see_seals(world, seal):
    args = {"unit": world.organ, "purpose": "行政审批专用章", "custodian": world.people["officer"],
            "valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1)}
    for who in ("officer", "head", "stranger", "citizen"):
        with pytest.raises(Denied):
            make_seal(**args, by=world.actor(who))
    with pytest.raises(Conflict):
        make_seal(**args | {"purpose": ""}, by=world.actor("leader"))
    with pytest.raises(Invalid):
        make_seal(**args | {"valid_to": date(2026, 2, 1), "custodian": world.people["clerk"]}, by=world.actor("leader"))
    with pytest.raises(NotFound):
        set_seal_state(seal_id=seal.pk, to="revoked", reason="x", by=world.actor("head"))
    assert Seal.objects.count() == 1


def test_a_pkcs12_of_an_authority_signs_and_a_wrong_password_is_refused(world, certificate):
    pem = signing._make(
        "某认证机构", "临溪县市场监督管理局", datetime(2026, 1, 1, tzinfo=CN), datetime(2026, 12, 1, tzinfo=CN)
    )
    key = serialization.load_pem_private_key(pem, None)
    data = serialization.pkcs12.serialize_key_and_certificates(
        b"x", key, x509.load_pem_x509_certificate(pem), None, serialization.BestAvailableEncryption(b"secret"))
    args = {"unit": world.organ, "purpose": "电子证照专用章", "custodian": world.people["officer"], "pkcs12": data,
            "valid_from": date(2026, 1, 1), "valid_to": date(2030, 1, 1), "by": world.actor("leader")}
    with pytest.raises(Problem) as refused:
        make_seal(**args, password="wrong")
    assert refused.value.code == "pkcs12" and not Seal.objects.exists()
    seal = make_seal(**args, password="secret")
    assert seal.valid_to == date(2026, 12, 1) and "某认证机构" in seal.subject  # never longer than its certificate
    assert validated(open_content(paper_of(certificate, BASE).sm3).read(), seal).bottom_line


def test_an_uploaded_picture_is_printed_and_what_is_none_is_refused(world, certificate):
    args = {"unit": world.organ, "purpose": "", "custodian": world.people["officer"], "valid_from": date(2026, 1, 1),
            "valid_to": date(2027, 1, 1), "by": world.actor("leader")}
    with pytest.raises(Problem):
        make_seal(**args, picture=io.BytesIO(b"<svg/>"))
    drawn = make_seal(**args)
    png = picture_of(drawn)
    assert png.startswith(b"\x89PNG")
    set_seal_state(seal_id=drawn.pk, to="revoked", reason="换新", by=world.actor("leader"))
    seal = make_seal(**args, picture=io.BytesIO(png))
    assert picture_of(seal) == png and paper_of(certificate, BASE).size > 10_000


def test_the_pages_of_seals(world, seal, certificate):
    paper_of(certificate, BASE)
    client = as_(world, "leader")
    assert seal.name in text(client.get("/desk/organ-seals/"))
    page = text(client.get(f"/desk/organ-seals/{seal.pk}/"))
    assert certificate.number in page and seal.fingerprint in page
    assert client.get(f"/desk/organ-seals/{seal.pk}.png").content[:4] == b"\x89PNG"
    for who, status in (("head", 403), ("officer", 403), ("citizen", 403), (None, 302)):
        assert as_(world, who).get(f"/desk/organ-seals/{seal.pk}/").status_code == status
    typed = {"unit": world.organ.pk, "purpose": "审批专用章", "custodian": "nobody", "valid_from": "2026-02-09",
             "valid_to": "2027-02-09"}
    refused = client.post("/desk/organ-seals/", typed)
    assert refused.status_code == 422 and "审批专用章" in text(refused)
    assert client.post("/desk/organ-seals/", typed | {"custodian": "officer"}).status_code == 302
    refused = client.post(f"/desk/organ-seals/{seal.pk}/", {"to": "stopped", "reason": ""})
    assert refused.status_code == 422
    client.post(f"/desk/organ-seals/{seal.pk}/", {"to": "stopped", "reason": "保管人休假"})
    seal.refresh_from_db()
    assert seal.state == "stopped"
    with travel(datetime(2028, 1, 1, tzinfo=CN)):
        assert Seal.objects.get(purpose="审批专用章").state_label == "已过期"
