"""Who must not act, and what they are not told."""

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.test_act import apply, counts, do, the_step
from zhengwu.kernel.cases.tests.world import SINCE, START, World, make_world
from zhengwu.kernel.directory.models import Appointment, Deputy
from zhengwu.lib.now import today, travel
from zhengwu.lib.problem import Conflict, Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def test_nobody_handles_their_own_application_even_with_the_post(world):
    with travel(START):
        case = apply(world)
        citizen = world.people["citizen"]
        citizen.kind = "staff"
        citizen.save()
        Appointment.objects.create(account=citizen, unit=world.centre, role="clerk", valid_from=SINCE)
        before = counts()
        with pytest.raises(Denied, match="自己申请"):
            do(world, case, "precheck", "citizen", "accept")
        assert counts() == before
        do(world, case, "precheck", "clerk", "accept")


def test_a_working_account_cannot_apply_whoever_calls(world):
    officer = world.people["officer"]
    with travel(START), pytest.raises(Denied, match="工作账号"):
        api.open_case(
            kind="application",
            matter=world.matter,
            by=world.actor("officer"),
            applicant=officer,
            applicant_name=officer.name,
            form={},
        )
    assert Case.objects.count() == 0


def test_a_deputy_is_the_same_person_in_both_posts(world):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        day = today()
        Deputy.objects.create(
            principal=world.people["leader"], deputy=world.people["officer"], starts_on=day, ends_on=day
        )
        do(world, case, "review", "officer", "pass")
        before = counts()
        with pytest.raises(Conflict, match="须由他人办理"):
            do(world, case, "decide", "officer", "grant")
        assert counts() == before
        do(world, case, "decide", "leader", "grant")


def test_an_applicant_does_not_learn_from_a_refusal_who_handled_the_step(world):
    with travel(START):
        case = apply(world)
        step = the_step(case, "precheck")
        do(world, case, "precheck", "clerk", "accept")
        with pytest.raises(Denied) as refused:
            api.act(step_id=step.pk, action="accept", by=world.actor("citizen"))
        assert world.people["clerk"].name not in refused.value.zh
        with pytest.raises(Conflict, match="未重复提交"):
            api.act(step_id=step.pk, action="accept", by=world.actor("clerk"))


def test_a_post_given_up_takes_its_cases_out_of_what_one_has_done(world, client):
    clerk = world.people["clerk"]
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        assert [s.case_id for s in api.done_by(world.actor("clerk"))] == [case.pk]
        Appointment.objects.filter(account=clerk).delete()
        Appointment.objects.create(account=clerk, unit=world.people["stranger"].appointments.get().unit, role="clerk",
                                   valid_from=SINCE)  # fmt: skip
        assert list(api.done_by(world.actor("clerk"))) == []


def test_exports_are_csv_or_excel_and_nothing_else(world, client):
    with travel(START):
        apply(world)
        client.force_login(world.people["clerk"])
        for kind, status in (("csv", 200), ("xlsx", 200), ("exe", 404)):
            assert client.get(f"/desk/cases/export.{kind}").status_code == status
