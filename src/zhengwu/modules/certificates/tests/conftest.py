"""A matter that ends in a certificate, and a case run to it."""

from collections.abc import Callable, Iterator

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import CHART, REVIEW, START, World, make_world, person
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.lib.now import travel
from zhengwu.modules.certificates.models import Certificate

TYPE = "11100000000013338W011"
ISSUE = """<userTask id="issue" name="制证" zw:kind="issue" zw:unit="owner" zw:role="officer">
      <extensionElements><zw:action code="issue" label="制证"/></extensionElements></userTask>
    <sequenceFlow id="f7" sourceRef="decide" targetRef="issue"/>
    <sequenceFlow id="f9" sourceRef="issue" targetRef="deliver"/>"""
CITIZEN_ID = "11010519491231002X"
SCHEMA = {"type": "object", "properties": {
    "shop": {"type": "string", "title": "经营者名称", "x-order": 1},
    "scope": {"type": "string", "title": "经营项目", "x-order": 2,
              "oneOf": [{"const": "a", "title": "热食类食品制售"}]},
    "legal": {"type": "string", "title": "负责人证件号", "format": "citizen-id"},
}}


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world(form_schema=SCHEMA)
        xml = CHART.format(key="licence", middle=REVIEW, first="review").replace(
            '<sequenceFlow id="f7" sourceRef="decide" targetRef="deliver"/>', ISSUE)
        publish(key="licence", xml=xml, by=By("test", "测试"), title="发证流程")
        made.matter.chart = Definition.objects.get(key="licence")
        made.matter.certificate_type, made.matter.certificate_years = TYPE, 5
        made.matter.save()
        set_identity(made.people["citizen"], citizen_id=CITIZEN_ID)
        made.people["citizen"].save()
        made.people["firm"] = person("firm", "金效市好味餐饮有限公司", kind="enterprise")
        made.people["colleague"] = person("colleague", "何同事", made.organ, "officer")
        yield made


def act(world: World, case: Case, node: str, who: str, action: str) -> None:
    api.act(step_id=case.steps.get(node=node, closed_at=None).pk, action=action, by=world.actor(who), opinion="同意")


@pytest.fixture
def run(world: World) -> Callable[..., Case]:
    """Applies as ``who`` and takes the case as far as before ``until``."""

    def go(who: str = "citizen", until: str = "deliver") -> Case:
        account = world.people[who]
        case = api.open_case(kind="application", matter=world.matter, by=world.actor(who), applicant=account,
                             applicant_name=account.name, form={"shop": "李记面馆", "scope": "a", "legal": CITIZEN_ID})
        for node, actor, action in (("precheck", "clerk", "accept"), ("review", "officer", "pass"),
                                    ("decide", "leader", "grant"), ("issue", "officer", "issue")):
            if node == until:
                break
            act(world, case, node, actor, action)
        return case

    return go


@pytest.fixture
def certificate(run: Callable[..., Case]) -> Certificate:
    return Certificate.objects.get(case=run())
