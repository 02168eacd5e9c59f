"""The ways a chart can go, and taking the published version back."""

from pathlib import Path

import pytest

import zhengwu
from zhengwu.kernel.flow.api import FlowError, parse, publish, published, walks, withdraw
from zhengwu.kernel.flow.models import VersionState
from zhengwu.kernel.ledger.api import By, events_of

FLOWS = sorted((Path(zhengwu.__path__[0]) / "modules" / "hall" / "flows").glob("*.bpmn"))
BY = By("test", "测试")


@pytest.mark.parametrize("file", FLOWS, ids=lambda p: p.stem)
def test_the_ways_take_every_line_and_every_action(file):
    chart = parse(file.read_text("utf-8"))
    found = walks(chart)
    assert found.complete and not found.unwalked and not found.faults
    acted = {(node, action) for walk in found.walks for _, node, action in walk.steps if node}
    assert acted == {(task.id, action.code) for task in chart.tasks() for action in task.actions}
    ends = {flow.id: flow for flow in chart.flows()}
    for walk in found.walks:
        assert ends[walk.flows[0]].source == chart.main.start
        assert len(walk.flows) == len(set(walk.flows)) and set(walk.nodes) <= {n.id for n in chart.nodes()}


def test_few_ways_are_enough():
    chart = parse(FLOWS[0].read_text("utf-8"))
    assert len(walks(chart).walks) <= sum(len(task.actions) for task in chart.tasks())


@pytest.mark.django_db
def test_what_was_taken_back_is_not_published_any_more():
    key = FLOWS[0].stem
    publish(key=key, xml=FLOWS[0].read_text("utf-8"), by=BY)
    with pytest.raises(FlowError, match="理由"):
        withdraw(key=key, by=BY, reason="  ")
    assert published(key).state == VersionState.PUBLISHED
    assert withdraw(key=key, by=BY, reason="依据修订").state == VersionState.RETIRED
    with pytest.raises(FlowError) as refused:
        published(key)
    assert refused.value.code == "flow-not-published"
    assert [e.kind for e in events_of(f"flow:{key}")] == ["flow.published", "flow.withdrawn"]
    with pytest.raises(FlowError):
        withdraw(key=key, by=BY, reason="再来一次")
    again = publish(key=key, xml=FLOWS[0].read_text("utf-8"), by=BY)
    assert again.number == 2 and again.state == VersionState.PUBLISHED
