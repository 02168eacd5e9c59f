"""The whole thread through the services: instant, promised and joint, each to its end with everything it leaves."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.city import START, City
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.log import fitness
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.archive import manifest
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.ledger.api import verify
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications.models import Notice
from zhengwu.kernel.publishing.models import Publication
from zhengwu.lib import canonical
from zhengwu.lib.now import local, travel
from zhengwu.lib.sm import sm3
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.hall.services.rate import rate


def last_days(case: Case) -> dict[str, str]:
    return {c.kind: c.last_day.isoformat() for c in Clock.objects.filter(subject=case.number)}


def flat(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def check_papers(case: Case, *kinds: str) -> None:
    """Each paper is there once, in order, and says whose and which case it is."""
    papers = list(case.documents.order_by("id"))
    assert [p.kind for p in papers] == list(kinds)
    for paper in papers:
        text = flat(render_document(paper, case))
        assert case.applicant_name in text, paper.kind
        assert case.number in text or (paper.number and paper.number in text), paper.kind


def check_end(case: Case, state: str) -> None:
    assert (case.state, case.closed_at is not None, case.due_at) == (state, True, None)
    assert not case.steps.filter(closed_at=None).exists()
    assert not Clock.objects.filter(subject__startswith=case.number).exclude(state="stopped").exists()
    assert fitness(case).value == 1.0, fitness(case).first_deviation
    assert verify().ok
    keys = list(Notice.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


def check_archive(city: City, case: Case) -> None:
    """A good rating files the case; what is filed is what the ledger says."""
    rate(number=case.number, by=city.actor("citizen"), level=5, comment="很快")
    case.refresh_from_db()
    assert case.archived_at is not None
    last = Event.objects.filter(stream=case.number).order_by("-seq").first()
    assert last.kind == "case.archived"
    assert last.data["manifest_sm3"] == sm3(canonical.dumps(manifest(case))).hex()


def test_on_the_spot(city: City):
    case = city.apply("citizen", chart="instant")
    assert case.number[:8] == "51992101"
    case = city.run(case, "precheck accept", "decide grant", "issue issue", "deliver deliver")
    check_end(case, "closed")
    assert last_days(case)["promised"] == "2026-02-10" and last_days(case)["lawful"] == "2026-03-13"
    assert local(case.decided_at).date() == local(START).date()
    check_papers(case, "receipt", "acceptance", "grant", "delivery")
    certificate = Certificate.objects.get(case=case)
    assert certificate.state == "normal" and certificate.holder_id == case.applicant_id
    row = Publication.objects.get(key=str(case.pk))
    assert "准予" in row.title and case.applicant_name not in str(row.facts) and case.number not in str(row.facts)
    check_archive(city, case)


def test_promised_with_correction_inspection_and_denial_after_legal_review(city: City):
    case = city.apply("citizen")
    city.run(case, "precheck correct", "correct submit")
    with travel(START + timedelta(days=1)):
        city.do(case, "precheck", "accept")
    before = last_days(case)
    assert before["promised"] == "2026-02-27" and before["lawful"] == "2026-03-16"
    with travel(START + timedelta(days=2)):
        city.do(case, "review", "inspect")
        standing = Clock.objects.get(subject=case.number, kind="promised")
        assert standing.state == "suspended" and Case.objects.get(pk=case.pk).due_at is None
    with travel(START + timedelta(days=4)):  # Wednesday to Friday do not count; Saturday the 28th is worked
        city.do(case, "inspect", "done")
    after = last_days(case)
    assert after["promised"] == "2026-03-03" and after["lawful"] == "2026-03-19"
    with travel(START + timedelta(days=17)):
        city.do(case, "review", "fail")
        city.do(case, "legal", "agree")
        city.do(case, "decide", "deny")
        assert Case.objects.get(pk=case.pk).state == "denied"
        case = city.run(case, "deliver_denial deliver")
    check_end(case, "denied")
    check_papers(case, "receipt", "correction", "acceptance", "denial", "delivery")
    denial = flat(render_document(case.documents.get(kind="denial"), case))
    assert "行政复议" in denial and "行政诉讼" in denial and "deny：意见" in denial
    assert not Certificate.objects.filter(case=case).exists()
    assert "不予" in Publication.objects.get(key=str(case.pk)).title
    assert Clock.objects.get(subject=case.number, kind="promised").on_time is True
    with travel(START + timedelta(days=18)):
        check_archive(city, case)


def test_a_proposed_denial_is_nothing_yet_before_the_legal_review(city: City):
    case = city.run(city.apply("citizen"), "precheck accept", "review pass", "approve agree", "decide deny")
    assert case.decided_at is None and not case.documents.filter(kind="denial").exists()
    assert [s.node for s in case.steps.filter(closed_at=None)] == ["legal"]
    case = city.run(case, "legal return", "review pass", "approve agree", "decide grant", "issue issue",
                    "deliver deliver")
    check_end(case, "closed")


def test_joint(city: City):
    case = city.run(city.apply("enterprise", chart="joint"), "precheck accept")
    reviews = list(case.steps.filter(node="review", closed_at=None).order_by("unit_id"))
    assert {s.unit_id for s in reviews} == {city.organs["lin"].pk, city.partners["lin"].pk}
    assert len({s.due_at for s in reviews}) == 2 and all(s.due_at < case.due_at for s in reviews)
    case = city.run(case, "review pass", "review pass", "summarise pass", "decide grant", "issue issue",
                    "deliver deliver")
    check_end(case, "closed")
    check_papers(case, "receipt", "acceptance", "grant", "delivery")
    assert Certificate.objects.get(case=case).holder_name == "金效市好味餐饮有限公司"
    assert any("金效市好味餐饮有限公司" in value for _, value in Publication.objects.get(key=str(case.pk)).facts)


def test_refusal_and_extension_papers(city: City):
    refused = city.run(city.apply("citizen"), "precheck refuse")
    check_end(refused, "refused")
    check_papers(refused, "receipt", "refusal")
    case = city.run(city.apply("citizen"), "precheck accept")
    api.extend(number=case.number, by=city.actor("leader_lin"), days=10, reason="案情复杂")
    case.refresh_from_db()
    check_papers(case, "receipt", "acceptance", "extension")
    assert case.steps.get(closed_at=None).due_at == case.due_at
    assert last_days(case)["promised"] == "2026-03-11"


def test_extending_a_joint_case_leaves_each_department_its_own_limit(city: City):
    case = city.run(city.apply("citizen", chart="joint"), "precheck accept")
    before = dict(case.steps.filter(closed_at=None).values_list("id", "due_at"))
    api.extend(number=case.number, by=city.actor("leader_lin"), days=5, reason="需要会商")
    assert dict(case.steps.filter(closed_at=None).values_list("id", "due_at")) == before


def test_after_the_decision_the_desk_shows_the_delivery_day(city: City):
    case = city.run(city.apply("citizen", chart="instant"), "precheck accept", "decide grant")
    delivery = Clock.objects.get(subject=case.number, kind="delivery")
    assert case.due_at == delivery.due_at == case.steps.get(closed_at=None).due_at


@pytest.mark.parametrize("chart", ["instant", "standard", "promised", "joint"])
def test_withdrawal_leaves_nothing_open_and_a_prefix_the_chart_allows(city: City, chart: str):
    case = city.run(city.apply("citizen", chart=chart), "precheck accept")
    api.withdraw(number=case.number, by=city.actor("citizen"), reason="不办了")
    case.refresh_from_db()
    check_end(case, "withdrawn")
