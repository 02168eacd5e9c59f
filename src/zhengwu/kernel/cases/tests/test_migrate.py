"""Running cases change over to another version of their chart: shown first, done case by case, on the record."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.log import fitness
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.test_act import apply, do, the_step
from zhengwu.kernel.cases.tests.world import CHART, REVIEW, START, World, make_world, person
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Version
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Denied, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        made = make_world()
        made.people["designer"] = person("designer", "沈墨", made.centre, "designer")
        return made


def new_version(middle: str = REVIEW, first: str = "review", more: tuple[str, str] = ("", "")) -> Version:
    xml = CHART.format(key="promised", middle=middle, first=first).replace(*more)
    return publish(key="promised", xml=xml, by=By("test", "测试"), title="测试流程")


SECOND_LOOK = (
    '<sequenceFlow id="to_decide" sourceRef="reviewed" targetRef="decide"/>',
    '<userTask id="second" name="复核" zw:kind="approve" zw:unit="owner" zw:role="head">'
    '<extensionElements><zw:limit n="3" unit="WORKING_DAY"/><zw:action code="agree" label="同意"/>'
    '</extensionElements></userTask><sequenceFlow id="to_decide" sourceRef="reviewed" targetRef="second"/>'
    '<sequenceFlow id="to_decide2" sourceRef="second" targetRef="decide"/>',
)


def begun(world: World, *acts: tuple[str, str, str]) -> Case:
    case = apply(world)
    for node, who, action in acts:
        do(world, case, node, who, action)
    return Case.objects.get(pk=case.pk)


def carry(world: World, case: Case, target: Version, mapping: dict | None = None, **more) -> list[api.Fate]:
    return list(api.migrate(version_from=case.version_id, version_to=target.pk, mapping=mapping or {},
                            by=world.actor("designer"), reason="增加复核环节", **more))


def test_a_preview_shows_every_case_and_changes_nothing(world):
    with travel(START):
        one, two = begun(world), begun(world, ("precheck", "clerk", "accept"))
        closed = apply(world)
        do(world, closed, "precheck", "clerk", "refuse", opinion="不属于本机关职权")
        target = new_version(more=SECOND_LOOK)
        events = Event.objects.count()
        seen = api.preview_migration(version_from=one.version_id, version_to=target.pk, mapping={},
                                     by=world.actor("designer"))
    assert [(f.number, [p.node for p in f.places], f.obstacles) for f in seen] == [
        (one.number, ["precheck"], ()), (two.number, ["review"], ())]
    assert Event.objects.count() == events and Case.objects.get(pk=one.pk).version_id == one.version_id


def test_what_is_moved_goes_on_by_the_new_chart(world):
    with travel(START):
        case = begun(world, ("precheck", "clerk", "accept"))
        target = new_version(more=SECOND_LOOK)
        (fate,) = carry(world, case, target)
        assert fate.moved and not fate.obstacles
        do(world, case, "review", "officer", "pass")
        assert the_step(case, "second").name == "复核"
        do(world, case, "second", "head", "agree")
        do(world, case, "decide", "leader", "grant")
        do(world, case, "deliver", "clerk", "deliver")
    case.refresh_from_db()
    event = Event.objects.get(stream=case.number, kind="case.migrated")
    assert (event.data["version_to"], event.data["reason"], event.by_label) == (target.pk, "增加复核环节", "沈墨")
    assert (case.version_id, case.state, fitness(case).value) == (target.pk, "closed", 1.0)


def test_a_step_that_is_gone_is_an_obstacle_until_somebody_says_where_it_went(world):
    renamed = REVIEW.replace('id="review"', 'id="check"').replace('Ref="review"', 'Ref="check"')
    with travel(START):
        case = begun(world, ("precheck", "clerk", "accept"))
        other = begun(world)
        target = new_version(renamed, "check")
        stuck, moved = sorted(carry(world, case, target), key=lambda f: f.moved)
        assert stuck.number == case.number and "请指定对应的环节" in stuck.obstacles[0].message
        assert moved.number == other.number
        case.refresh_from_db()
        assert case.version_id != target.pk
        (fate,) = carry(world, case, target, {"review": "check"})
        assert fate.moved and [(p.node, p.to_node) for p in fate.places] == [("review", "check")]
        do(world, case, "check", "officer", "pass")


def test_what_was_done_keeps_its_words_and_answers_conditions_under_its_new_name(world):
    chart = CHART.replace('"precheck"', '"intake"').format(key="promised", middle=REVIEW, first="review")
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept", opinion="材料齐全")
        target = publish(key="promised", xml=chart.replace('zw:kind="intake"', 'zw:kind="precheck"'),
                         by=By("test", "测试"), title="测试流程")
        carry(world, case, target, {"precheck": "intake"})
    step = case.steps.get(node="intake")
    assert (step.name, step.outcome, step.opinion) == ("收件预审", "accept", "材料齐全")


def test_the_clock_of_a_step_follows_the_limit_of_the_new_chart(world):
    with travel(START):
        case = begun(world)
        before = Clock.objects.get(subject__startswith=f"{case.number}#")
        target = new_version(more=('<zw:limit n="5" unit="WORKING_DAY"/>', '<zw:limit n="3" unit="WORKING_DAY"/>'))
        carry(world, case, target)
    running = Clock.objects.get(subject=before.subject, state="running")
    assert running.due_at < before.due_at and the_step(case, "precheck").due_at == running.due_at
    assert Clock.objects.get(pk=before.pk).state == "stopped"


def test_a_case_acted_on_meanwhile_is_judged_as_it_is_now(world):
    with travel(START):
        case, gone = begun(world), begun(world)
        target = new_version(more=SECOND_LOOK)
        fates = api.preview_migration(version_from=case.version_id, version_to=target.pk, mapping={},
                                      by=world.actor("designer"))
        do(world, case, "precheck", "clerk", "accept")
        do(world, gone, "precheck", "clerk", "refuse", opinion="不属于本机关职权")
        seen = {f.number: f.revision for f in fates}
        found = carry(world, case, target, numbers=list(seen), seen=seen)
    told = {f.number: (f.moved, f.changed, f.closed, [p.node for p in f.places]) for f in found}
    assert told == {case.number: (True, True, False, ["review"]), gone.number: (False, True, True, [])}


def test_only_a_designer_of_the_area_moves_cases_and_nothing_is_skipped_in_silence(world):
    with travel(START):
        case = begun(world)
        target = new_version(more=SECOND_LOOK)
        far = person("far", "远设计", world.people["stranger"].appointments.get().unit, "designer")
        world.people["far"] = far
        for who in ("citizen", "clerk", "leader", "sysadmin"):
            with pytest.raises(Denied):
                api.preview_migration(version_from=case.version_id, version_to=target.pk, mapping={},
                                      by=world.actor(who))
        (fate,) = api.migrate(version_from=case.version_id, version_to=target.pk, mapping={}, by=world.actor("far"),
                              reason="x")
        assert not fate.moved and "不在您负责的区划" in fate.obstacles[0].message
        case.refresh_from_db()
        assert case.version_id != target.pk


@pytest.mark.parametrize("mapping, reason", [({"nowhere": "review"}, "x"), ({"review": "nowhere"}, "x"), ({}, " ")])
def test_a_bad_order_is_refused_before_the_first_case(world, mapping, reason):
    with travel(START):
        case = begun(world)
        target = new_version(more=SECOND_LOOK)
        with pytest.raises(Invalid):
            list(api.migrate(version_from=case.version_id, version_to=target.pk, mapping=mapping,
                             by=world.actor("designer"), reason=reason))
        with pytest.raises(Invalid):
            list(api.migrate(version_from=case.version_id, version_to=case.version_id, mapping={},
                             by=world.actor("designer"), reason="x"))
    assert not Event.objects.filter(kind="case.migrated").exists()


def test_a_preview_of_many_costs_few_queries(world, django_assert_max_num_queries):
    with travel(START):
        cases = [begun(world, ("precheck", "clerk", "accept")) for _ in range(6)]
        target = new_version(more=SECOND_LOOK)
        api.preview_migration(version_from=cases[0].version_id, version_to=target.pk, mapping={},
                              by=world.actor("designer"))
        actor = world.actor("designer")
        with django_assert_max_num_queries(6):
            api.preview_migration(version_from=cases[0].version_id, version_to=target.pk, mapping={}, by=actor)


def test_a_day_later_a_boundary_timer_new_in_the_chart_is_there(world):
    timer = ('<endEvent id="refused" name="不予受理"/>',
             '<endEvent id="refused" name="不予受理"/><endEvent id="late" name="逾期"/>'
             '<boundaryEvent id="tick" attachedToRef="precheck"><timerEventDefinition>'
             '<timeDuration>zw:WORKING_DAY:9</timeDuration></timerEventDefinition></boundaryEvent>'
             '<sequenceFlow id="t1" sourceRef="tick" targetRef="late"/>')
    with travel(START):
        case = begun(world)
    with travel(START + timedelta(days=1)):
        carry(world, case, new_version(more=timer))
    row = case.timers.get()
    assert row.boundary == "tick" and row.due_at > START + timedelta(days=9)
