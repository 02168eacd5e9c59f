"""The charts shipped here: fit to publish, drawn, every line walked and every action used by a scenario beside them."""

import json
from pathlib import Path

import pytest

from zhengwu.kernel.flow.api import draw, lint, parse, rehearse

FLOWS = sorted((Path(__file__).parents[1] / "flows").glob("*.bpmn"))
KEYS = [
    *("award", "coercion", "confirmation", "inner-asset", "inner-finance", "inner-fund", "inner-personnel"),
    *("inner-procurement", "inner-project", "inspection", "levy", "payment", "penalty-general", "penalty-summary"),
    *("pledge", "ruling", "special", "upward"),
]


def test_all_are_there():
    assert [p.stem for p in FLOWS] == KEYS


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_chart_runs_its_scenarios_and_every_line_and_action_is_walked(path):
    xml = path.read_text("utf-8")
    chart = parse(xml)
    assert chart.key == path.stem
    assert lint(xml) == []
    scenarios = json.loads(path.with_suffix(".scenarios.json").read_text("utf-8"))["scenarios"]
    rehearsal = rehearse(xml, scenarios)
    assert rehearsal.failures == []
    assert rehearsal.unwalked == []
    used = {(node, action) for s in scenarios for node, action in s["steps"]}
    assert {(t.id, a.code) for t in chart.tasks() for a in t.actions} <= used
    assert len({s["name"] for s in scenarios}) == len(scenarios)


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_chart_has_its_own_drawing_of_every_element(path):
    xml = path.read_text("utf-8")
    chart = parse(xml)
    for own in [*(n.id for n in chart.nodes()), *(f.id for f in chart.flows())]:
        assert f'bpmnElement="{own}"' in xml
    assert draw(xml).count("data-node=") == len(list(chart.nodes()))


def test_limits_are_those_of_the_law():
    charts = {p.stem: parse(p.read_text("utf-8")) for p in FLOWS}
    assert charts["penalty-general"].node("plead").limit == (5, "WORKING_DAY")  # 处罚法 §64
    assert charts["penalty-general"].node("deliver").limit == (7, "WORKING_DAY")  # §61
    assert charts["penalty-summary"].node("pay").limit == (15, "DAY")  # §67
    assert charts["coercion"].node("ratify").limit == (24, "HOUR")  # 强制法 §19
    assert charts["coercion"].node("examine").limit == (30, "DAY")  # §25
    assert charts["upward"].node("review").limit == (20, "WORKING_DAY")  # 许可法 §43
    assert charts["pledge"].node("verify").limit == (2, "MONTH")
