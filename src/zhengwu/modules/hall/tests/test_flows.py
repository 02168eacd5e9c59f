"""The charts shipped with the hall: fit to publish, and every line walked by a scenario that lies beside them."""

import json
from pathlib import Path

import pytest

from zhengwu.kernel.flow.api import draw, lint, parse, rehearse

FLOWS = sorted((Path(__file__).parents[1] / "flows").glob("*.bpmn"))


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_chart_runs_its_scenarios_and_every_line_is_walked(path):
    xml = path.read_text("utf-8")
    assert parse(xml).key == path.stem
    assert lint(xml) == []
    scenarios = json.loads(path.with_suffix(".scenarios.json").read_text("utf-8"))["scenarios"]
    rehearsal = rehearse(xml, scenarios)
    assert rehearsal.failures == []
    assert rehearsal.unwalked == []


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_chart_has_its_own_drawing_of_every_element(path):
    xml = path.read_text("utf-8")
    chart = parse(xml)
    for own in [*(n.id for n in chart.nodes()), *(f.id for f in chart.flows())]:
        assert f'bpmnElement="{own}"' in xml
    assert draw(xml).count("data-node=") == len(list(chart.nodes()))


def test_all_four_are_there():
    assert [p.stem for p in FLOWS] == ["instant", "joint", "promised", "standard"]


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_intake_is_answered_within_five_working_days_and_accepting_is_an_outcome(path):
    precheck = parse(path.read_text("utf-8")).node("precheck")
    assert precheck.limit == (5, "WORKING_DAY")
    assert [a.code for a in precheck.actions] == ["accept", "correct", "refuse"]
