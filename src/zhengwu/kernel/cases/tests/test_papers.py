"""A paper printed again says what it said the first time, and names no member of staff."""

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.services import papers
from zhengwu.kernel.cases.tests.test_act import apply, do
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.kernel.cases.views.presenting import clock_panels
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


@pytest.fixture
def printed(monkeypatch):
    """What would be set on the page, instead of the page."""
    monkeypatch.setattr(papers, "render", lambda template, data, at: data)

    def prints(case: Case, kind: str) -> dict:
        paper: Document = case.documents.get(kind=kind)
        return papers.render_document(paper, Case.objects.get(pk=case.pk))

    return prints


def test_the_acceptance_notice_keeps_its_days_after_an_extension_and_an_inspection(world, printed):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        first = printed(case, "acceptance")
        assert first["lawful_due"] and first["promised_due"]
        api.extend(number=case.number, by=world.actor("leader"), days=5, reason="案情复杂")
        told = printed(case, "extension")
        do(world, case, "review", "officer", "inspect")
    assert printed(case, "acceptance") == first
    assert printed(case, "extension") == told
    assert told["due"] == first["lawful_due"] != told["new_due"]


def test_an_extension_does_not_name_the_leader_to_the_applicant(world, printed):
    name = world.people["leader"].name
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        api.extend(number=case.number, by=world.actor("leader"), days=5, reason="案情复杂")
        assert name not in str(printed(case, "extension"))
        for panel in clock_panels(case):
            assert "负责人" in panel["explanation"].summary and name not in panel["explanation"].summary
    assert api.timeline(case)[-1]["by"] == name


def test_a_decision_keeps_its_content_when_the_list_changes(world, printed):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        do(world, case, "review", "officer", "pass")
        do(world, case, "decide", "leader", "grant")
        first = printed(case, "grant")
        Matter.objects.update(result_name="别的证", certificate_years=9)
    assert printed(case, "grant") == first
    assert first["content"] == "食品经营许可证"
