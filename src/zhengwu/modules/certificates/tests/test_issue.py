"""Issuing inside the act: identifier, face, once, and nothing left behind by a roll-back."""

from datetime import date, datetime
from unittest.mock import patch

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.directory.api import open_text
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.identifiers import check_licence_id
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate, Series
from zhengwu.modules.certificates.numbering import compose, tag
from zhengwu.modules.certificates.services.issue import last_day
from zhengwu.modules.certificates.tests.conftest import CITIZEN_ID, TYPE, act

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("version", "check"), [(1, "U"), (2, "S")])
def test_identifiers_as_seen_on_real_certificates(version, check):
    made = compose("11100000000013338W011", "11430000006122244L", "20230000403", version)
    assert made == f"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.00{version}.{check}"


@pytest.mark.parametrize(("kind", "issuer"), [("1" * 20, "1" * 18), ("1" * 21, "1" * 17), ("a" * 21, "1" * 18)])
def test_identifier_refuses_codes_that_do_not_fit(kind, issuer):
    with pytest.raises(Conflict):
        compose(kind, issuer, "2026000001AAAAAA")


@pytest.mark.parametrize(("start", "years", "end"), [
    (date(2026, 2, 9), 5, date(2031, 2, 8)), (date(2024, 2, 29), 5, date(2029, 2, 28)),
    (date(2024, 2, 29), 4, date(2028, 2, 28)),
    (date(2026, 1, 1), 1, date(2026, 12, 31)), (date(2026, 2, 9), None, None)])
def test_validity_ends_the_day_before_the_anniversary(start, years, end):
    assert last_day(start, years) == end


def test_issued_with_everything_on_its_face(world, certificate):
    assert certificate.identifier.startswith(f"1.2.156.3005.2.{TYPE}.{world.organ.code}.2026000001")
    assert check_licence_id(certificate.identifier) == certificate.identifier
    assert certificate.title == "食品经营许可证" and certificate.holder_name == "李小满"
    assert (certificate.valid_from, certificate.valid_to) == (date(2026, 2, 9), date(2031, 2, 8))
    assert certificate.face == [["经营者名称", "李记面馆"], ["经营项目", "热食类食品制售"]]
    assert certificate.holder_code_type == "111"
    assert open_text(certificate.holder_code_sealed, HOLDER_CODE) == CITIZEN_ID
    assert certificate.holder_code_sealed != world.people["citizen"].id_sealed
    event = Event.objects.get(stream=certificate.stream)
    assert event.kind == "certificate.issued" and event.by_label == world.organ.name
    assert "钱承办" not in str((event.by_label, event.unit, event.data))
    last = Event.objects.filter(stream=certificate.case.number).latest("seq")
    assert last.data["certificate"] == certificate.stream


def test_numbers_run_without_gaps_by_year(world, run):
    for _ in range(3):
        run()
    with travel(datetime(2025, 6, 4, 10, tzinfo=CN)):
        run()
    assert list(Certificate.objects.order_by("id").values_list("number", flat=True)) == [
        "2026000001", "2026000002", "2026000003", "2025000001"]


def test_tags_of_neighbours_do_not_resemble_each_other(settings):
    tags = [tag(TYPE, "1" * 18, f"2026{n:06d}") for n in range(200)]
    assert len(set(tags)) == 200 and all(len(t) == 6 for t in tags)
    settings.SECRET_KEY = "another"
    assert tag(TYPE, "1" * 18, "2026000000") != tags[0]


def test_a_failing_act_leaves_no_certificate_and_no_gap(world, run):
    case = run(until="issue")
    before = Event.objects.count()
    with patch("zhengwu.kernel.cases.services.act.write", side_effect=RuntimeError("power cut")), \
            pytest.raises(RuntimeError):
        act(world, case, "issue", "officer", "issue")
    assert not Certificate.objects.exists() and not Series.objects.exists() and Event.objects.count() == before
    act(world, case, "issue", "officer", "issue")
    assert Certificate.objects.get().number == "2026000001"


def test_a_matter_without_certificate_issues_none(world, run):
    world.matter.certificate_type = ""
    world.matter.save()
    run()
    assert not Certificate.objects.exists()


def test_a_section_issues_in_the_name_of_its_organ(world, run):
    section = world.organ
    parent_code, section.code = section.code, None
    section.save()
    world.centre.code = parent_code
    world.centre.save()
    section.parent = world.centre
    section.save()
    run()
    assert f".{parent_code}." in Certificate.objects.get().identifier


def test_without_any_code_the_act_is_refused_in_words(world, run):
    case = run(until="issue")
    world.organ.code = None
    world.organ.save()
    with pytest.raises(Conflict) as refused:
        act(world, case, "issue", "officer", "issue")
    assert "统一社会信用代码" in refused.value.zh
    assert not Certificate.objects.exists() and case.steps.get(node="issue").closed_at is None


def test_an_enterprise_holds_by_its_credit_code(world, run):
    firm = world.people["firm"]
    firm.uscc = "91350100M000100Y43"
    firm.save()
    certificate = Certificate.objects.get(case=run("firm"))
    assert certificate.holder_code_type == "001"
    assert open_text(certificate.holder_code_sealed, HOLDER_CODE) == "91350100M000100Y43"


def test_delivering_again_does_not_issue_again(world, run):
    case = run()
    act(world, case, "deliver", "clerk", "deliver")
    assert Certificate.objects.filter(case=case).count() == 1
    assert api.access_case(world.actor("citizen"), case.number).state == "closed"
