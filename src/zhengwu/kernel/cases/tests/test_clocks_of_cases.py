"""The days a case and its steps show, whatever order things happen in."""

import re
from datetime import date, timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.test_act import apply, do, the_step
from zhengwu.kernel.cases.tests.world import CHART, REVIEW, START, World, make_world, person
from zhengwu.kernel.clock.api import due_at, start
from zhengwu.kernel.clock.book import changed
from zhengwu.kernel.clock.models import CalendarDay, Clock
from zhengwu.kernel.clock.services.recompute import recompute
from zhengwu.kernel.directory.models import Deputy
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.ledger.api import By
from zhengwu.lib.now import today, travel
from zhengwu.lib.workdays import Limit, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def test_a_decision_that_ends_the_case_leaves_no_clock_running(world):
    xml = CHART.format(key="promised", middle=REVIEW, first="review")
    xml = re.sub(r'<userTask id="deliver".*?</userTask>', "", xml, flags=re.S)
    xml = re.sub(r'<sequenceFlow id="f8"[^>]*/>', "", xml).replace('targetRef="deliver"', 'targetRef="end"')
    publish(key="promised", xml=xml, by=By("test", "测试"), title="无送达")
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        do(world, case, "review", "officer", "pass")
        do(world, case, "decide", "leader", "grant")
    case.refresh_from_db()
    assert case.closed_at is not None and case.due_at is None
    assert not Clock.objects.exclude(state="stopped").exists()


def test_a_changed_calendar_never_hides_the_nearer_limit_of_a_step(world):
    """The case's day moves behind the step's own: the step must show its own again, not the case's."""
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        step = the_step(case, "review")
        before = Case.objects.get(pk=case.pk).due_at
        n = next(n for n in range(1, 60) if due_at(START, Limit(n, Unit.DAY)) > before)
        own = start(subject=f"{case.number}#{step.token}", kind="step", limit=Limit(n, Unit.DAY), at=START)
        assert step.due_at == before < own.due_at
        for day in (10, 11, 12):
            CalendarDay.objects.update_or_create(date=date(2026, 2, day), defaults={"off": True, "name": "春节"})
        changed()
        recompute(2026)
    case.refresh_from_db()
    step.refresh_from_db()
    assert step.due_at == own.due_at < case.due_at


def test_an_applicant_without_account_is_served_by_the_window(world):
    with travel(START):
        case = api.open_case(
            kind="application", matter=world.matter, by=world.actor("clerk"), applicant=None,
            applicant_name="李来访", form={},
        )  # fmt: skip
        wanted = [{"material": "营业执照", "fault": "看不清", "wanted": "重新复印"}]
        do(world, case, "precheck", "clerk", "correct", form={"items": wanted})
        assert the_step(case, "correct") in api.todo(world.actor("clerk"))
        do(world, case, "correct", "clerk", "submit")
    assert the_step(case, "precheck").unit_id == world.centre.pk


def test_a_light_is_told_to_who_stands_in_and_leads_where_they_can_go(world):
    stand_in = person("standin", "许代班", world.partner, "clerk")
    with travel(START):
        case = apply(world)
    with travel(START + timedelta(days=6)):
        Deputy.objects.create(principal=world.people["clerk"], deputy=stand_in, starts_on=today(), ends_on=today())
        assert api.sweep_lights() >= 1
    told = stand_in.notices.all()
    assert told and all(n.url == f"/desk/cases/{case.number}/" for n in told)


def test_why_somebody_withdrew_is_kept_and_proved_once(world):
    with travel(START):
        case = apply(world)
        api.withdraw(number=case.number, by=world.actor("citizen"), reason="材料还没有备齐")
    step = case.steps.get(node="precheck")
    assert (step.outcome, step.opinion, step.closed_label) == ("cancelled", "材料还没有备齐", "申请人")
    assert "opinion_sm3" in api.timeline(case)[-1]["data"]
