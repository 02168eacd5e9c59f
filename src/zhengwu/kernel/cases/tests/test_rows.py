"""What this process remembers of matters and units is never older than the database; a deed writes only what it did."""

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.rows import lock_case_of, matter_applied_for
from zhengwu.kernel.cases.tests.test_act import apply, do, the_step
from zhengwu.kernel.cases.tests.world import START, make_world
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.matters.models import MasterMatter, Material, Matter
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with travel(START):
        return make_world()


def test_a_change_of_matter_or_unit_is_seen_by_the_next_act(world):
    with travel(START):
        first, second = apply(world), apply(world)
        do(world, first, "precheck", "clerk", "accept")
        Matter.objects.filter(pk=world.matter.pk).update(promised_n=3)
        Unit.objects.filter(pk=world.organ.pk).update(short_name="新机关")
        do(world, second, "precheck", "clerk", "accept")
    limits = Clock.objects.filter(kind="promised").order_by("id").values_list("limit_n", flat=True)
    assert list(limits) == [8, 3]
    assert second.documents.get(kind="acceptance").number.startswith("新机关受")
    assert not first.documents.get(kind="acceptance").number.startswith("新机关")


def test_relations_of_a_matter_are_watched_too(world):
    with travel(START):
        step = the_step(apply(world), "precheck").pk
        assert lock_case_of(step)[0].matter.master.type == "01"
        MasterMatter.objects.filter(pk=world.matter.master_id).update(type="07")
        assert lock_case_of(step)[0].matter.master.type == "07"


def test_materials_are_watched(world):
    code = world.matter.code
    assert [m.required for m in matter_applied_for(code).materials.all()] == [False]
    Material.objects.update(required=True)
    assert [m.required for m in matter_applied_for(code).materials.all()] == [True]
    Material.objects.create(matter=world.matter, name="申请表", order=2)
    assert len(matter_applied_for(code).materials.all()) == 2
    Material.objects.filter(name="申请表").delete()
    assert len(matter_applied_for(code).materials.all()) == 1


def test_what_was_never_published_cannot_be_applied_for(world):
    assert matter_applied_for("no-such-code") is None
    Matter.objects.filter(pk=world.matter.pk).update(status=Matter.Status.DRAFT)
    assert matter_applied_for(world.matter.code) is None


def test_an_unknown_step_has_no_case(world):
    assert lock_case_of(0) is None


def test_without_a_published_chart_nothing_is_opened(world):
    Version.objects.update(state=VersionState.RETIRED)
    with travel(START), pytest.raises(Conflict, match="停用"):
        apply(world)
    assert not Step.objects.exists()


def test_acts_of_the_same_moment_do_not_rewrite_each_other(world):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept", opinion="材料齐全")
        Step.objects.filter(case=case, node="precheck").update(opinion="改动应当留着")
        do(world, case, "review", "officer", "pass")
    assert case.steps.get(node="precheck").opinion == "改动应当留着"
    assert api.todo(world.actor("leader")).get().node == "decide"
