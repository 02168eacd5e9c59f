"""Deemed acceptance and extension: what the permit law does to the clocks."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import local, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.hall.services.deem import accept_deemed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def applied(world: World) -> Case:
    citizen = world.people["citizen"]
    return api.open_case(
        kind="application",
        matter=world.matter,
        by=world.actor("citizen"),
        applicant=citizen,
        applicant_name=citizen.name,
        form={},
    )


def accepted(world: World) -> Case:
    case = applied(world)
    api.act(step_id=Step.objects.get(case=case, closed_at=None).pk, action="accept", by=world.actor("clerk"))
    return Case.objects.get(pk=case.pk)


def test_five_working_days_of_silence_accept_and_date_back(world):
    with travel(START):
        case = applied(world)
    with travel(START + timedelta(days=5)):  # Saturday the 14th, a make-up working day: the fifth working day
        assert accept_deemed() == 0
    with travel(START + timedelta(days=6)):
        assert accept_deemed() == 1
        assert accept_deemed() == 0
    case.refresh_from_db()
    assert case.accepted_at == START and case.state == "accepted"
    kinds = list(Event.objects.filter(stream=case.number).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["case.opened", "clock.yellow", "clock.red", "case.acted"]
    assert Clock.objects.get(subject=case.number, kind="lawful").last_day.isoformat() == "2026-03-13"


def test_the_leader_extends_once_within_the_law_and_the_applicant_is_told(world):
    with travel(START):
        case = accepted(world)
        before = case.due_at
        with pytest.raises(Invalid):
            api.extend(number=case.number, by=world.actor("leader"), days=11, reason="案情复杂")
        with pytest.raises(Denied):
            api.extend(number=case.number, by=world.actor("officer"), days=5, reason="案情复杂")
        with pytest.raises(NotFound):
            api.extend(number=case.number, by=world.actor("stranger"), days=5, reason="案情复杂")
        assert Case.objects.get(pk=case.pk).due_at == before
        api.extend(number=case.number, by=world.actor("leader"), days=5, reason="案情复杂")
        with pytest.raises(Conflict, match="已经延期"):
            api.extend(number=case.number, by=world.actor("leader"), days=1, reason="再延")
    case.refresh_from_db()
    promised, lawful = (Clock.objects.get(subject=case.number, kind=k) for k in ("promised", "lawful"))
    assert case.due_at == promised.due_at > before
    assert local(lawful.due_at).date().isoformat() == "2026-03-21"  # the 25th working day is Friday the 20th
    assert case.steps.get(closed_at=None).due_at == promised.due_at
    assert case.documents.get(kind="extension").data["days"] == 5
    assert world.people["citizen"].notices.filter(key=f"{case.number}:extended").count() == 1


def test_one_case_that_cannot_be_accepted_does_not_hold_up_the_others(world, caplog):
    with travel(START):
        broken, sound = applied(world), applied(world)
    Step.objects.filter(case=broken, closed_at=None).update(node="gone")
    with travel(START + timedelta(days=6)):
        assert accept_deemed() == 1
    assert Case.objects.get(pk=broken.pk).accepted_at is None
    assert Case.objects.get(pk=sound.pk).accepted_at == START
    assert "hall.deemed" in caplog.text
