"""Foreign software on our exports: SpiffWorkflow parses the exported charts and replays the exported logs; lxml checks
the logs against the structure of IEEE 1849."""

from collections import Counter, defaultdict
from datetime import datetime

import pytest
from django.test import Client
from lxml import etree

from tests.city import CHARTS
from tests.interop.conftest import FINISHED, Product
from zhengwu.kernel.cases.log import fitness
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.flow.tests.oracle import Engine, Oracle

pytestmark = pytest.mark.django_db
XES = "{http://www.xes-standard.org/}"


def exported(product: Product, chart: str, what: str) -> bytes:
    code = product.city.matters["lin", chart].code
    answer = Client().get(f"/api/v1/matters/{code}/{what}", headers=product.bearers["clerk_lin"])
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def traces(xml: bytes) -> dict[str, list[dict[str, str]]]:
    """Number -> events (key -> value) of a log."""
    found = {}
    for trace in etree.fromstring(xml).iter(f"{XES}trace"):
        (number,) = [s.get("value") for s in trace.findall(f"{XES}string") if s.get("key") == "concept:name"]
        found[number] = [{c.get("key"): c.get("value") for c in event} for event in trace.iter(f"{XES}event")]
    return found


@pytest.mark.parametrize("chart", CHARTS)
def test_logs_have_the_structure_of_the_standard(product: Product, chart: str):
    root = etree.fromstring(exported(product, chart, "log.xes"))
    assert root.tag == f"{XES}log" and root.get("xes.version") == "1849-2016"
    order = [etree.QName(child).localname for child in root]
    known = ["extension", "global", "classifier", "string", "trace"]
    assert order == sorted(order, key=known.index)
    prefixes = {e.get("prefix") for e in root.iter(f"{XES}extension")}
    for event in root.iter(f"{XES}event"):
        keys = [child.get("key") for child in event]
        assert len(keys) == len(set(keys)) and {"concept:name", "lifecycle:transition", "time:timestamp"} <= set(keys)
        assert {key.split(":")[0] for key in keys} <= prefixes
        moment = next(c for c in event if c.get("key") == "time:timestamp")
        assert etree.QName(moment).localname == "date" and datetime.fromisoformat(moment.get("value")).tzinfo
    text = etree.tostring(root, encoding="unicode")
    assert not any(account.name in text for account in product.city.people.values())


@pytest.mark.parametrize("chart", CHARTS)
def test_finished_cases_fit_their_chart_for_us_and_for_spiff(product: Product, chart: str):
    xml = exported(product, chart, "chart.bpmn").decode()
    log = traces(exported(product, chart, "log.xes"))
    assert len(log) == sum(name == chart for name, _ in FINISHED)
    for number, events in log.items():
        case = Case.objects.get(number=number)
        assert case.state != "withdrawn" and fitness(case).value == 1.0
        actions = dict(enumerate(case.steps.exclude(outcome="cancelled").order_by("closed_at", "id")))
        assert Counter(e["concept:name"] for e in events) == Counter(s.name for s in actions.values())
        acts = [(s.node, s.outcome) for s in by_ledger(case)]
        assert [s.name for s in by_ledger(case)] == [e["concept:name"] for e in events]
        assert replays(xml, chart, acts, case), number
    assert not replays(xml, chart, [("precheck", "accept")], case), "a trace that stops half-way must not fit"


def by_ledger(case: Case) -> list:
    """The completed steps in the order of the record."""
    from zhengwu.kernel.cases.log import trace

    by_token: dict[tuple[str, str], object] = {(s.token, s.signer): s for s in case.steps.all()}
    return [by_token[a["token"], a["signer"]] for a in trace(case) if a.get("action") and "token" in a]


def replays(xml: str, key: str, acts: list[tuple[str, str]], case: Case) -> bool:
    """Whether SpiffWorkflow, given the same actions, opens each step in turn and ends after the last."""
    oracle = spiff(xml, key, [f"unit:{u}" for u in case.matter.joint_units.values_list("unit_id", flat=True)])
    steps: dict[str, str] = defaultdict(str)
    for node, outcome in acts:
        labels = [label for label in oracle.open() if label[0] == node]
        if not labels:
            return False
        steps[node] = outcome
        oracle.act(labels[0], {"outcome": outcome, "steps": dict(steps), "form": case.form, "matter": {}})
    return oracle.finished


def spiff(xml: str, key: str, who: list[str]):
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

    class Forgetful(Engine):
        def evaluate(self, task, expression, external_context=None):
            # It will not ask a department a second time while the first asking is remembered.
            for name in [n for n in task.data if n.startswith("person_")]:
                del task.data[name]
            return super().evaluate(task, expression, external_context)

    class Told(Oracle):
        def __init__(self) -> None:
            parser = BpmnParser()
            parser.add_bpmn_str(xml.encode())
            self.engine = Forgetful()
            self.flow = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key), script_engine=self.engine)
            self.engine.variables = {"outcome": "", "steps": {}}
            self.flow.task_tree.data["who"] = who
            self.settle()

        def act(self, label: tuple[str, str], variables: dict) -> None:
            task = next(t for t in self.ready() if self.label(t) == label)
            if label[1]:
                task.data[f"answer_{label[0]}"] = "yes"
            self.engine.variables = variables
            task.run()
            self.settle()

    return Told()
