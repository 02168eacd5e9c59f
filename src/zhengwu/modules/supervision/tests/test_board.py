"""The inspector's board: what is late in their area, and nobody else's business."""

from datetime import timedelta

import pytest
from django.test import Client

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.lib.now import travel
from zhengwu.modules.supervision import selectors

pytestmark = pytest.mark.django_db
LATE = START + timedelta(days=40)  # long behind the eighth working day


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def accepted(world: World) -> Case:
    citizen = world.people["citizen"]
    case = api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=citizen,
                         applicant_name=citizen.name, form={})
    api.act(step_id=Step.objects.get(case=case, closed_at=None).pk, action="accept", by=world.actor("clerk"))
    return Case.objects.get(pk=case.pk)


def test_a_case_turns_red_and_is_listed_with_its_holder(world):
    with travel(START):
        case = accepted(world)
        assert selectors.items(world.actor("inspector")) == []
    with travel(LATE):
        api.sweep_lights()
        rows = selectors.items(world.actor("inspector"), light="red")
        assert {r.case.pk for r in rows} == {case.pk} and {r.clock.kind for r in rows} == {"lawful", "promised"}
        assert rows[0].clock.due_at <= rows[1].clock.due_at and rows[0].step == "审查"
        (unit,) = selectors.by_unit(world.actor("inspector"), LATE)
        assert (unit.name, unit.open, unit.red, unit.yellow) == (world.organ.name, 1, 1, 0)
        api.withdraw(number=case.number, by=world.actor("citizen"))
        assert selectors.items(world.actor("inspector")) == []


def test_lateness_elsewhere_does_not_use_up_the_bound(world, monkeypatch):
    monkeypatch.setattr(selectors, "MOST", 2)
    with travel(START):
        accepted(world)
    with travel(LATE):
        api.sweep_lights()
        from zhengwu.kernel.clock.models import Clock

        foreign = world.people["stranger"].appointments.get().unit
        Clock.objects.filter(subject__contains="#").delete()
        for number in range(3):
            Clock.objects.create(subject=f"X{number}", kind="promised", unit_id=foreign.pk, limit_n=1, started_at=START,
                                 limit_unit="working_day", due_at=START, warn_at=START, light="red")
        assert len(selectors.items(world.actor("inspector"))) == 2


@pytest.mark.parametrize("who", ["citizen", "clerk", "officer", "leader", "sysadmin", "stranger"])
def test_the_board_is_the_inspectors(world, who):
    client = Client()
    client.force_login(world.people[who])
    with travel(START):
        assert client.get("/desk/supervision/").status_code == 403
        assert client.get("/desk/supervision/lights.csv").status_code == 403


def test_page_and_export_show_the_same(world, django_assert_max_num_queries):
    with travel(START):
        case = accepted(world)
    client = Client()
    client.force_login(world.people["inspector"])
    with travel(LATE):
        api.sweep_lights()
        with django_assert_max_num_queries(14):
            page = client.get("/desk/supervision/?light=red").content.decode()
        export = client.get("/desk/supervision/lights.csv?light=red")
        text = (b"".join(export.streaming_content) if export.streaming else export.content).decode("utf-8-sig")
        assert case.number in page and text.count(case.number) == 2
        assert case.number not in client.get("/desk/supervision/?light=yellow").content.decode()
        assert client.get("/desk/supervision/?unit=²&light=x&page=9").status_code == 200
