"""Versions, renewal by law, holders that are no more, and the papers that go with them."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from zhengwu.kernel.cases.papers import use_sealer
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications.models import Notice
from zhengwu.kernel.publishing.models import Publication
from zhengwu.lib.identifiers import check_licence_id
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem
from zhengwu.modules.certificates.models import Certificate, CertificatePaper, Renewal
from zhengwu.modules.certificates.services import paperwork, renew
from zhengwu.modules.certificates.services.change import change, reissue
from zhengwu.modules.certificates.services.holders import record_end
from zhengwu.modules.certificates.services.seals import put_seal
from zhengwu.modules.certificates.services.status import change_status, lapse
from zhengwu.modules.certificates.tests.conftest import CITIZEN_ID
from zhengwu.modules.certificates.tests.test_pages import as_, text

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CN)


@pytest.fixture
def ending(certificate) -> Certificate:
    """One that ends on 30 June 2026, a Tuesday."""
    certificate.valid_to = date(2026, 6, 30)
    certificate.save()
    return certificate


def words(paper: CertificatePaper) -> str:
    return "".join("".join(p.extract_text() for p in PdfReader(BytesIO(paperwork.paper_bytes(paper))).pages).split())


def test_a_change_makes_the_next_version_and_the_old_one_lapses(world, certificate):
    fresh = change(identifier=certificate.identifier, face=[("经营者名称", "李记大面馆")], reason="店名变更",
                   by=world.actor("head"))
    certificate.refresh_from_db()
    assert (fresh.version, fresh.previous_id, fresh.number) == (2, certificate.pk, certificate.number)
    assert check_licence_id(fresh.identifier) and ".002." in fresh.identifier
    assert fresh.serial == certificate.serial and fresh.face == [["经营者名称", "李记大面馆"]]
    assert (certificate.state, certificate.status_reason) == ("expired", "已换发新版本（第2版）")
    assert Event.objects.filter(stream=certificate.stream, kind="certificate.replaced").count() == 1
    assert Event.objects.get(stream=fresh.stream).data["previous"] == certificate.identifier
    paper = fresh.papers.get()
    assert paper.number == "临溪县市场监督管理局证变〔2026〕1号" or paper.number.endswith("证变〔2026〕1号")
    assert "第四十九条" in words(paper) and "店名变更" in words(paper)
    assert Notice.objects.filter(account=world.people["citizen"], title__contains="已变更并换发").count() == 1


def test_a_change_that_changes_nothing_or_is_not_the_issuers_is_refused(world, certificate):
    face = [tuple(pair) for pair in certificate.face]
    with pytest.raises(Conflict, match="没有变化"):
        change(identifier=certificate.identifier, face=face, reason="无", by=world.actor("head"))
    for who, refusal in (("officer", Denied), ("stranger", NotFound), ("neighbour", NotFound), ("citizen", Denied)):
        with pytest.raises(refusal):
            change(identifier=certificate.identifier, face=[("a", "b")], reason="变更", by=world.actor(who))
    change_status(identifier=certificate.identifier, to="held", reason="违法经营", by=world.actor("leader"))
    with pytest.raises(Conflict, match="暂扣"):
        change(identifier=certificate.identifier, face=[("a", "b")], reason="变更", by=world.actor("head"))
    assert Certificate.objects.count() == 1


def test_a_lost_one_is_reissued_once(world, certificate):
    fresh = reissue(identifier=certificate.identifier, reason="声明遗失", by=world.actor("head"))
    assert fresh.face == certificate.face and fresh.papers.get().kind == "cert_reissued"
    with pytest.raises(Conflict):
        reissue(identifier=certificate.identifier, reason="声明遗失", by=world.actor("head"))


def test_a_revocation_names_the_ground_of_the_law_and_must_give_one_that_fits(world, certificate):
    with pytest.raises(Invalid):
        change_status(
            identifier=certificate.identifier, to="revoked", reason="骗取", ground="c1", by=world.actor("head")
        )
    change_status(identifier=certificate.identifier, to="revoked", reason="以虚假材料骗取许可", ground="r6",
                  by=world.actor("head"))
    said = words(CertificatePaper.objects.get(kind="cert_revoked"))
    for part in (
        "撤销行政许可决定书",
        "第六十九条第二款",
        "以虚假材料骗取许可",
        certificate.number,
        "六十日内",
        "六个月内",
    ):
        assert part in said, part


def test_renewal_may_be_asked_thirty_working_days_before_the_end_and_once(world, ending):
    last = renew.last_to_ask(ending)
    assert last == date(2026, 5, 18)  # 30 working days remain after it, the Dragon Boat holiday left out
    with travel(at(last + timedelta(days=1))), pytest.raises(Conflict, match="30个工作日"):
        renew.ask(identifier=ending.identifier, by=world.actor("citizen"))
    with travel(at(last)):
        with pytest.raises(NotFound):
            renew.ask(identifier=ending.identifier, by=world.actor("neighbour"))
        renew.ask(identifier=ending.identifier, by=world.actor("citizen"))
        with pytest.raises(Conflict, match="正在办理"):
            renew.ask(identifier=ending.identifier, by=world.actor("citizen"))
    assert Renewal.objects.count() == 1


def test_a_renewal_granted_early_leaves_no_day_without_a_certificate(world, ending):
    with travel(at(date(2026, 4, 1))):
        asked = renew.ask(identifier=ending.identifier, by=world.actor("citizen"))
        with pytest.raises(Denied):
            renew.decide(renewal_id=asked.pk, grant=True, reason="符合条件", by=world.actor("officer"))
        done = renew.decide(renewal_id=asked.pk, grant=True, reason="符合条件", by=world.actor("head"))
        assert (done.result.valid_from, done.result.valid_to) == (date(2026, 4, 1), date(2031, 6, 30))
        with pytest.raises(Conflict):
            renew.decide(renewal_id=asked.pk, grant=False, reason="再决定", by=world.actor("head"))
    assert done.result.papers.get().data["new_to"] == "2031年6月30日"


def test_undecided_past_the_last_day_it_is_renewed_by_law_and_published(world, ending):
    with travel(at(date(2026, 4, 1))):
        renew.ask(identifier=ending.identifier, by=world.actor("citizen"))
    with travel(at(date(2026, 6, 30))):
        assert (renew.deem(), lapse()) == (0, 0)
    with travel(at(date(2026, 7, 1))):
        assert lapse() == 0
        assert (renew.deem(), renew.deem()) == (1, 0)
        fresh = Certificate.objects.get(version=2)
        assert (fresh.valid_from, fresh.valid_to, fresh.state) == (date(2026, 7, 1), date(2031, 6, 30), "normal")
    assert Renewal.objects.get().state == "deemed"
    public = Publication.objects.get(kind="deemed-renewal")
    assert "李小满" not in public.summary + str(public.facts) and "视为准予延续" in public.title
    assert "第五十条" in words(fresh.papers.get(kind="cert_deemed"))


def test_what_was_revoked_meanwhile_is_not_renewed_by_law(world, ending):
    with travel(at(date(2026, 4, 1))):
        renew.ask(identifier=ending.identifier, by=world.actor("citizen"))
        change_status(identifier=ending.identifier, to="revoked", reason="骗取", by=world.actor("head"))
    with travel(at(date(2026, 7, 1))):
        assert renew.deem() == 1 and renew.deem() == 0
    assert Renewal.objects.get().state == "lapsed" and Certificate.objects.count() == 1
    assert not Publication.objects.filter(kind="deemed-renewal").exists()


def test_nothing_is_issued_to_the_dead_and_what_they_held_is_named(world, run, certificate):
    row, held = record_end(
        kind="death", code=CITIZEN_ID, on=date(2026, 2, 8), source="县民政局通报", by=world.actor("head")
    )
    assert held == [certificate] and CITIZEN_ID not in str(Event.objects.filter(stream=f"holder-end:{row.pk}").values())
    with pytest.raises(Conflict, match="死亡"):
        run()
    assert Certificate.objects.count() == 1
    for deed in (lambda: reissue(identifier=certificate.identifier, reason="遗失", by=world.actor("head")),
                 lambda: renew.ask(identifier=certificate.identifier, by=world.actor("citizen"))):
        with pytest.raises(Conflict, match="死亡"):
            deed()
    page = text(as_(world, "head").get("/desk/certificates/?watch=ended"))
    assert certificate.number in page


@pytest.mark.parametrize(("kind", "code", "field"), [
    ("death", "110105194912310021", "code"), ("dissolved", CITIZEN_ID, "code"), ("x", CITIZEN_ID, "kind")])
def test_an_end_with_a_wrong_number_is_refused(world, kind, code, field):
    with pytest.raises(Problem) as refused:
        record_end(kind=kind, code=code, on=date(2026, 2, 8), source="民政局", by=world.actor("head"))
    assert refused.value.field == field or field in refused.value.extra["errors"]


@pytest.mark.parametrize(
    ("who", "status"), [("citizen", 200), ("colleague", 200), ("neighbour", 404), ("stranger", 404)]
)
def test_papers_about_a_certificate_open_for_holder_and_issuer(world, certificate, who, status):
    use_sealer(put_seal)
    reissue(identifier=certificate.identifier, reason="声明遗失", by=world.actor("head"))
    paper = CertificatePaper.objects.get()
    assert as_(world, who).get(f"/certificates/papers/{paper.pk}.pdf").status_code == status
    paper.refresh_from_db()
    assert (paper.file is not None) == (status == 200)


def test_a_paper_about_a_certificate_without_reason_is_refused_without_a_number(certificate):
    with pytest.raises(Problem, match="事实和理由"):
        paperwork.order(certificate, "cert_held", at=certificate.issued_at, reason="", basis="法")
    assert paperwork.order(
        certificate, "cert_held", at=certificate.issued_at, reason="违法", basis="法"
    ).number.endswith("1号")


def test_the_pages_carry_it_out_and_forms_come_back_filled(world, certificate):
    client = as_(world, "head")
    address = f"/desk/certificates/{certificate.identifier}/change/"
    assert "李记面馆" in text(client.get(address))
    refused = client.post(address, {"face-0": "李记大面馆", "holder_name": "李小满", "reason": ""})
    assert refused.status_code == 422 and "李记大面馆" in text(refused)
    done = client.post(address, {"face-0": "李记大面馆", "holder_name": "李小满", "reason": "店名变更"})
    assert done.status_code == 302 and Certificate.objects.filter(version=2).exists()
    assert as_(world, "stranger").get(address).status_code in (403, 404)
    assert as_(world, "officer").get(address).status_code == 403


def test_the_holder_renews_on_the_page_and_a_head_decides(world, ending):
    with travel(at(date(2026, 4, 1))):
        page = as_(world, "citizen").get(f"/certificates/{ending.identifier}/")
        assert "申请延续" in text(page) and "2026年5月18日" in text(page)
        assert as_(world, "neighbour").post(f"/certificates/{ending.identifier}/renew/").status_code == 404
        as_(world, "citizen").post(f"/certificates/{ending.identifier}/renew/")
        asked = Renewal.objects.get()
        assert "待决定的延续申请" in text(as_(world, "head").get(f"/desk/certificates/{ending.identifier}/"))
        assert ending.number in text(as_(world, "colleague").get("/desk/certificates/?watch=renewal"))
        as_(world, "head").post(f"/desk/certificates/renewals/{asked.pk}/", {"decision": "refuse", "reason": "已停业"})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "已停业") and Certificate.objects.count() == 1


def test_the_register_costs_the_same_however_long(world, run, django_assert_max_num_queries):
    set_identity(world.people["citizen"], citizen_id=CITIZEN_ID)
    for _ in range(4):
        run()
    client = as_(world, "head")
    client.get("/desk/certificates/")
    with django_assert_max_num_queries(14):
        client.get("/desk/certificates/")
