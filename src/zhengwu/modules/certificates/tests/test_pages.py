"""Pages, export and API for owner, colleague and strangers; what anybody may learn by checking."""

import csv
import io
import json
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from zhengwu.kernel.directory.models import Attempt
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.api import check_proof, seal, trusted_keys
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.certificates import checking
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.selectors import facts_of
from zhengwu.modules.certificates.services.seal import paper_of
from zhengwu.modules.certificates.services.status import change_status, lapse
from zhengwu.modules.certificates.wiring import case_results

pytestmark = pytest.mark.django_db
BASE = "https://zw.jinxiao.example"
CHECK = "/certificates/check/"


def as_(world, who: str | None) -> Client:
    client = Client()
    if who:
        client.force_login(world.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("who", "status"), [
    ("citizen", 200), ("officer", 200), ("colleague", 200), ("clerk", 200), ("inspector", 200), ("neighbour", 404),
    ("stranger", 404), ("sysadmin", 404), (None, 302)])
def test_page_and_paper_open_for_those_of_the_case(world, certificate, who, status):
    client = as_(world, who)
    assert client.get(f"/certificates/{certificate.identifier}/").status_code == status
    paper = client.get(f"/certificates/{certificate.identifier}.pdf")
    assert paper.status_code == status
    certificate.refresh_from_db()
    if status == 200:
        assert b"".join(paper.streaming_content)[:5] == b"%PDF-" and paper["Content-Type"] == "application/pdf"
    else:
        assert certificate.file is None


def test_the_owner_page_shows_the_face_and_masks_the_number(world, certificate):
    page = text(as_(world, "citizen").get(f"/certificates/{certificate.identifier}/"))
    assert "李记面馆" in page and "110105********002X" in page and "11010519491231002X" not in page
    assert f"code={certificate.identifier}" in page


def test_my_certificates_are_mine(world, certificate):
    assert certificate.number in text(as_(world, "citizen").get("/my/certificates/"))
    assert "还没有电子证照" in text(as_(world, "neighbour").get("/my/certificates/"))
    assert as_(world, None).get("/my/certificates/").status_code == 302


def test_the_case_page_lists_its_certificate(certificate):
    part = case_results(None, certificate.case)
    assert certificate.title in part and f"{certificate.identifier}.pdf" in part
    assert case_results(None, "something else") == ""


@pytest.mark.parametrize(("who", "seen"), [("officer", True), ("colleague", True), ("stranger", False),
                                           ("clerk", False)])
def test_the_register_is_that_of_ones_units(world, certificate, who, seen):
    client = as_(world, who)
    assert (certificate.number in text(client.get("/desk/certificates/"))) is seen
    exported = client.get("/desk/certificates/export.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(exported)))
    assert rows[0][0] == "证照名称" and (len(rows) == 2) is seen
    book = load_workbook(io.BytesIO(client.get("/desk/certificates/export.xlsx").content))
    assert (book.active.max_row == 2) is seen


@pytest.mark.parametrize("path", ["", "export.csv", "export.xlsx"])
@pytest.mark.parametrize(("who", "status"), [("citizen", 403), ("sysadmin", 403), (None, 302)])
def test_the_register_is_for_those_who_work(world, certificate, path, who, status):
    assert as_(world, who).get(f"/desk/certificates/{path}").status_code == status


@pytest.mark.parametrize(("query", "found"), [
    ("status=normal", 1), ("status=revoked", 0), ("status=expired", 0), ("q=李小满", 1), ("q=小满", 1), ("q=王", 0),
    ("q=11010519491231002x", 1), ("q=110105194912310021", 0), ("q=2026000001", 1), ("status=nonsense", 1)])
def test_filters_of_the_register(world, certificate, query, found):
    exported = as_(world, "officer").get(f"/desk/certificates/export.csv?{query}").content
    assert len(exported.decode().splitlines()) == 1 + found


def test_the_register_turns_pages(world, run, monkeypatch):
    monkeypatch.setattr("zhengwu.modules.certificates.views.desk.PAGE", 2)
    for _ in range(3):
        run()
    client = as_(world, "officer")
    first = client.get("/desk/certificates/")
    second = client.get("/desk/certificates/", {"cursor": first.context["page"].next})
    assert [c.number for c in [*first.context["rows"], *second.context["rows"]]] == [
        "2026000003", "2026000002", "2026000001"]
    assert second.context["page"].next is None
    assert client.get("/desk/certificates/?cursor=zzz").status_code == 400


def test_a_cell_is_never_a_formula(world, certificate):
    Certificate.objects.update(holder_name="=HYPERLINK(1)")
    exported = text(as_(world, "officer").get("/desk/certificates/export.csv"))
    assert "'=HYPERLINK(1)" in exported


def test_revoking_is_recorded_told_and_shown(world, certificate):
    done = as_(world, "head").post(f"/desk/certificates/{certificate.identifier}/status/",
                                   {"to": "revoked", "reason": "以欺骗手段取得许可"})
    assert done.status_code == 302
    certificate.refresh_from_db()
    assert certificate.status == "revoked"
    event = Event.objects.get(stream=certificate.stream, kind="certificate.revoked")
    assert event.data["basis"] == "行政许可法第六十九条" and event.by_label == world.organ.name
    assert Notice.objects.filter(account=world.people["citizen"], title__contains="撤销").count() == 1
    page = text(Client().get(CHECK, {"code": certificate.identifier}))
    assert "撤销" in page and "以欺骗手段取得许可" in page and "证照现在不能使用" in page


@pytest.mark.parametrize(("who", "error"), [("officer", Denied), ("clerk", Denied), ("citizen", Denied),
                                            ("stranger", NotFound), ("neighbour", NotFound)])
def test_only_head_and_leader_of_the_issuer_change_it(world, certificate, who, error):
    before = Event.objects.count(), Notice.objects.count()
    with pytest.raises(error):
        change_status(identifier=certificate.identifier, to="revoked", reason="原因", by=world.actor(who))
    certificate.refresh_from_db()
    assert certificate.status == "normal" and (Event.objects.count(), Notice.objects.count()) == before


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301, "持证人11010519491231002X举报", "联系13812345678"])
def test_a_reason_is_needed_that_everybody_may_read(world, certificate, reason):
    with pytest.raises(Invalid) as refused:
        change_status(identifier=certificate.identifier, to="held", reason=reason, by=world.actor("leader"))
    assert "reason" in refused.value.errors
    page = as_(world, "leader").post(f"/desk/certificates/{certificate.identifier}/status/",
                                     {"to": "held", "reason": reason})
    assert page.status_code == 422 and "zw-field--wrong" in text(page)


def test_what_leads_where(world, certificate):
    leader = world.actor("leader")

    def to(status: str) -> str:
        return change_status(identifier=certificate.identifier, to=status, reason="依法", by=leader).status

    with pytest.raises(Conflict):
        to("normal")
    assert [to("held"), to("normal"), to("held"), to("cancelled")] == ["held", "normal", "held", "cancelled"]
    for status in ("normal", "held", "revoked", "cancelled", "nonsense"):
        with pytest.raises(Conflict):
            to(status)


def test_it_lapses_on_the_day_after_its_last(world, certificate):
    with travel(datetime(2031, 2, 8, 23, 59, tzinfo=CN)):
        assert facts_of(certificate).good and lapse() == 0
    with travel(datetime(2031, 2, 9, 0, 1, tzinfo=CN)):
        assert facts_of(certificate).status == "expired" and not facts_of(certificate).good
        assert Certificate.objects.in_state("expired").count() == 1 and not Certificate.objects.in_state("normal")
        assert (lapse(), lapse()) == (1, 0)
        certificate.refresh_from_db()
        assert certificate.status == "expired" and facts_of(certificate).status_reason == "有效期届满"


def test_anybody_checks_by_code_and_sees_a_masked_name(certificate):
    page = text(Client().get(CHECK, {"code": f" {certificate.identifier.lower()} "}))
    assert "证照有效" in page and "李**" in page and "李小满" not in page and "110105" not in page
    assert "李记面馆" not in page


@pytest.mark.parametrize(("code", "status", "words"), [
    ("", 200, "按标识核验"), ("abc", 400, "电子证照标识应为"),
    ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", 404, "没有查到"),
    ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V", 400, "校验位")])
def test_a_code_that_leads_nowhere_is_said_in_words(db, code, status, words):
    response = Client().get(CHECK, {"code": code})
    assert response.status_code == status and words in text(response)


def upload(data: bytes, name: str = "a.pdf"):
    return Client().post(CHECK, {"file": SimpleUploadedFile(name, data, "application/pdf")})


def test_a_file_is_genuine_altered_or_unknown(certificate):
    pdf = open_content(paper_of(certificate, BASE).sm3).read()
    genuine = upload(pdf)
    assert genuine.context["checked"].verdict == "genuine" and genuine.context["checked"].signed
    assert "文件为真" in text(genuine) and certificate.number in text(genuine)
    middle = pdf.index(b"stream") + 400
    altered = upload(pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1:])
    assert altered.context["checked"].verdict == "altered" and "文件被改动过" in text(altered)
    assert certificate.number in text(altered) and "李小满" not in text(altered)
    appended = upload(pdf + b"\n%more")
    assert appended.context["checked"].verdict == "altered"
    unknown = upload(b"%PDF-1.7\n%%EOF")
    assert unknown.context["checked"].verdict == "unknown" and unknown.context["facts"] is None


@pytest.mark.parametrize(("data", "status"), [(b"hello", 422), (b"%PDF-" + b"x" * checking.MAX_BYTES, 413)])
def test_what_is_no_certificate_file_is_refused(db, data, status):
    assert upload(data).status_code == status
    assert Client().post(CHECK).status_code == 422


def test_a_revoked_one_keeps_its_genuine_file(world, certificate):
    pdf = open_content(paper_of(certificate, BASE).sm3).read()
    change_status(identifier=certificate.identifier, to="revoked", reason="依法撤销", by=world.actor("leader"))
    page = upload(pdf)
    assert page.context["checked"].verdict == "genuine" and "依法撤销" in text(page)


def test_guessing_is_throttled(certificate, monkeypatch):
    monkeypatch.setattr(checking, "LOOKUPS", 3)
    monkeypatch.setattr(checking, "FILES", 1)
    codes = [Client().get(CHECK, {"code": certificate.identifier}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert Client().get(f"/api/v1/certificates/{certificate.identifier}").status_code == 429
    assert [upload(b"%PDF-").status_code for _ in range(2)] == [200, 429]
    assert Attempt.objects.count() == 2


def test_proofs_are_handed_out_and_hold(certificate):
    paper_of(certificate, BASE)
    seal()
    for seq in (1, 2):
        answer = Client().get(f"/certificates/check/proof-{seq}.json", {"code": certificate.identifier})
        proof = json.loads(answer.content)
        assert proof["status"] == "sealed" and check_proof(proof, trusted=trusted_keys()) == []
        assert "小满" not in text(answer) and "钱承办" not in text(answer)
    assert Client().get("/certificates/check/proof-9.json", {"code": certificate.identifier}).status_code == 404


def test_the_api_tells_public_facts(certificate):
    answer = Client().get(f"/api/v1/certificates/{certificate.identifier}").json()
    assert answer["status"] == "normal" and answer["holder"] == "李**" and answer["valid_to"] == "2031-02-08"
    assert "case" not in answer
    missing = Client().get("/api/v1/certificates/abc")
    assert missing.status_code == 400 and missing.json()["errors"][0]["field"] == "code"


def test_an_enterprise_is_named_in_full(world, run):
    firm = world.people["firm"]
    firm.uscc = "91350100M000100Y43"
    firm.save()
    certificate = Certificate.objects.get(case=run("firm"))
    assert facts_of(certificate).holder == "金效市好味餐饮有限公司"


def test_the_desk_is_warned_of_a_character_that_cannot_be_printed(world, certificate):
    client, path = as_(world, "officer"), f"/desk/certificates/{certificate.identifier}/"
    assert "有字打印不出来" not in text(client.get(path))
    Certificate.objects.filter(pk=certificate.pk).update(holder_name="李\U0002e9f5")
    page = text(client.get(path))
    assert "有字打印不出来" in page and "“\U0002e9f5”" in page
