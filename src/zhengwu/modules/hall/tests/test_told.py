"""What the applicant is told, and when."""

from pathlib import Path

import pytest

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.test_act import apply, do
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.lib.now import travel

pytestmark = pytest.mark.django_db
FLOWS = Path(__file__).parents[1] / "flows"


@pytest.fixture
def world() -> World:
    with travel(START):
        world = make_world()
        xml = (FLOWS / "standard.bpmn").read_text("utf-8")
        publish(key="standard", xml=xml, by=By("test", "测试"), title="承诺件办理流程")
        world.matter.chart = Definition.objects.get(key="standard")
        world.matter.save()
        world.people["legal"] = person("legal", "何法制", world.organ, "legal")
        return world


def test_a_refusal_is_told_when_it_is_made_not_when_it_is_proposed(world):
    notices = world.people["citizen"].notices
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        do(world, case, "review", "officer", "pass")
        do(world, case, "approve", "head", "agree")
        told = notices.count()
        do(world, case, "decide", "leader", "deny", opinion="场所不符合要求")
        assert Case.objects.get(pk=case.pk).decided_at is None
        assert notices.count() == told
        do(world, case, "legal", "legal", "agree")
        assert notices.count() == told
        do(world, case, "decide", "leader", "deny", opinion="场所不符合要求")
    assert Case.objects.get(pk=case.pk).state == "denied"
    assert notices.count() == told + 1
    assert "未获准予" in notices.order_by("-id").first().title
