"""act(): the one write path, by what people rely on."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Document, Step
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem, Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def apply(world: World, key: str = "") -> Case:
    citizen = world.people["citizen"]
    return api.open_case(
        kind="application",
        matter=world.matter,
        by=world.actor("citizen"),
        applicant=citizen,
        applicant_name=citizen.name,
        form={},
        key=key,
    )


def the_step(case: Case, node: str) -> Step:
    return case.steps.get(node=node, closed_at=None)


def do(world: World, case: Case, node: str, who: str, action: str, **more):
    return api.act(step_id=the_step(case, node).pk, action=action, by=world.actor(who), **more)


def counts() -> tuple[int, ...]:
    return (
        Event.objects.count(),
        Step.objects.filter(closed_at=None).count(),
        Clock.objects.count(),
        Document.objects.count(),
        Notice.objects.count(),
        sum(Case.objects.values_list("revision", flat=True)),
    )


def test_a_case_runs_from_application_to_delivery(world):
    with travel(START):
        case = apply(world)
        assert len(case.number) == 23 and case.number.startswith("51992101")
        do(world, case, "precheck", "clerk", "accept")
        do(world, case, "review", "officer", "pass", opinion="材料齐全")
        do(world, case, "decide", "leader", "grant")
        do(world, case, "deliver", "clerk", "deliver")
    case.refresh_from_db()
    assert case.state == "closed" and case.closed_at == START and case.flow["t"] == {}
    assert not case.steps.filter(closed_at=None).exists()
    assert [e.kind for e in Event.objects.filter(stream=case.number).order_by("seq")] == ["case.opened"] + [
        "case.acted"
    ] * 4
    assert set(Clock.objects.filter(subject=case.number).values_list("kind", "state")) == {
        ("lawful", "stopped"),
        ("promised", "stopped"),
        ("delivery", "stopped"),
    }
    assert [d.kind for d in case.documents.all()] == ["receipt", "acceptance", "grant", "delivery"]
    assert case.documents.get(kind="acceptance").number.endswith("〔2026〕1号")


def test_two_clocks_start_at_acceptance_and_the_step_shows_the_promised_day(world):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
    lawful, promised = (Clock.objects.get(subject=case.number, kind=k) for k in ("lawful", "promised"))
    assert lawful.due_at.isoformat() == "2026-03-13T16:00:00+00:00"  # 24:00 of the 13th in China (standards 0.1)
    assert promised.due_at < lawful.due_at
    assert the_step(case, "review").due_at == promised.due_at


def test_inspection_suspends_the_clocks_and_its_end_resumes_them_later(world):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        before = Clock.objects.get(subject=case.number, kind="promised").due_at
        do(world, case, "review", "officer", "inspect")
    clock = Clock.objects.get(subject=case.number, kind="promised")
    assert clock.state == "suspended" and the_step(case, "inspect").due_at is None
    with travel(START + timedelta(days=2)):
        do(world, case, "inspect", "officer", "done")
    clock.refresh_from_db()
    assert clock.state == "running" and clock.due_at > before
    assert the_step(case, "review").due_at == clock.due_at


def test_correction_is_told_once_and_completely(world):
    items = {"items": [{"material": "营业执照", "fault": "已过期", "wanted": "提交有效执照"}]}
    with travel(START):
        case = apply(world)
        with pytest.raises(Invalid):
            do(world, case, "precheck", "clerk", "correct", form={"items": []})
        do(world, case, "precheck", "clerk", "correct", form=items)
        assert Case.objects.get(pk=case.pk).state == "correcting"
        assert api.todo(world.actor("citizen")).get().kind == "correct"
        do(world, case, "correct", "citizen", "submit")
        before = counts()
        with pytest.raises(Conflict, match="一次"):
            do(world, case, "precheck", "clerk", "correct", form=items)
        assert counts() == before
        do(world, case, "precheck", "clerk", "accept")


@pytest.mark.parametrize("who", ["neighbour", "stranger", "sysadmin"])
def test_strangers_learn_nothing_and_change_nothing(world, who):
    with travel(START):
        case = apply(world)
        before = counts()
        with pytest.raises(NotFound):
            do(world, case, "precheck", who, "accept")
        with pytest.raises(NotFound):
            api.access_case(world.actor(who), case.number)
    assert counts() == before


@pytest.mark.parametrize("who", ["officer", "leader", "inspector", "citizen"])
def test_who_may_see_but_not_act_is_refused(world, who):
    with travel(START):
        case = apply(world)
        assert api.access_case(world.actor(who), case.number) == case
        before = counts()
        with pytest.raises(Denied):
            do(world, case, "precheck", who, "accept")
    assert counts() == before


def test_a_repeated_request_is_harmless_and_another_one_is_told_who_was_faster(world):
    with travel(START):
        case = apply(world, key="k1")
        assert apply(world, key="k1").pk == case.pk and Case.objects.count() == 1
        step = the_step(case, "precheck")
        first = api.act(step_id=step.pk, action="accept", by=world.actor("clerk"), key="abc")
        before = counts()
        again = api.act(step_id=step.pk, action="accept", by=world.actor("clerk"), key="abc")
        assert not first.repeated and again.repeated
        with pytest.raises(Conflict, match="赵窗口"):
            api.act(step_id=step.pk, action="accept", by=world.actor("clerk"), key="other")
    assert counts() == before


def test_a_stale_revision_an_unknown_action_and_too_long_words_are_refused(world):
    with travel(START):
        case = apply(world)
        before = counts()
        with pytest.raises(Stale):
            do(world, case, "precheck", "clerk", "accept", revision=case.revision + 7)
        with pytest.raises(Problem, match="没有这个操作"):
            do(world, case, "precheck", "clerk", "grant")
        with pytest.raises(Invalid):
            do(world, case, "precheck", "clerk", "accept", opinion="长" * 1001)
        with pytest.raises(Invalid):
            do(world, case, "precheck", "clerk", "refuse")
        with pytest.raises(Problem, match="秘密"):
            do(world, case, "precheck", "clerk", "accept", opinion="机密★5年 附件")
    assert counts() == before


def test_officer_head_and_leader_must_be_different_people(world):
    from zhengwu.kernel.cases.tests.world import SINCE
    from zhengwu.kernel.directory.models import Appointment

    Appointment.objects.create(account=world.people["officer"], unit=world.organ, role="leader", valid_from=SINCE)
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        do(world, case, "review", "officer", "pass")
        with pytest.raises(Conflict, match="须由他人办理"):
            do(world, case, "decide", "officer", "grant")
        do(world, case, "decide", "leader", "grant")


def test_withdrawal_ends_everything_and_only_the_applicant_may(world):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        with pytest.raises(NotFound):
            api.withdraw(number=case.number, by=world.actor("neighbour"))
        api.withdraw(number=case.number, by=world.actor("citizen"), reason="不办了")
        with pytest.raises(Conflict):
            api.withdraw(number=case.number, by=world.actor("citizen"))
    case.refresh_from_db()
    assert case.state == "withdrawn" and not case.steps.filter(closed_at=None).exists()
    assert not Clock.objects.exclude(state="stopped").exists()


def test_a_matter_that_is_not_in_force_runs_through_no_door(world):
    world.matter.status = "withdrawn"
    world.matter.save()
    with travel(START), pytest.raises(Conflict):
        apply(world)
    assert not Case.objects.exists() and not Event.objects.filter(kind="case.opened").exists()


def test_a_joint_case_asks_every_department_at_once():
    with travel(START):
        world = make_world(joint=True, lawful=45, promised=15)
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        steps = case.steps.filter(node="review", closed_at=None)
        assert {s.unit_id for s in steps} == {world.organ.pk, world.partner.pk}
        assert world.partner.pk in Case.objects.get(pk=case.pk).unit_ids
        api.act(step_id=steps.get(unit=world.partner).pk, action="pass", by=world.actor("partner"))
        assert not case.steps.filter(node="decide").exists()
        api.act(step_id=steps.get(unit=world.organ).pk, action="pass", by=world.actor("officer"))
        assert case.steps.filter(node="decide", closed_at=None).count() == 1


def test_visible_to_equals_may_see_case_for_everybody(world):
    with travel(START):
        case = apply(world)
        for name in world.people:
            actor = world.actor(name)
            assert api.visible_to(actor).filter(pk=case.pk).exists() == api.may_see_case(actor, case), name
