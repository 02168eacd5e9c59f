"""A small world for tests: one county, one organ with its people, a centre, a joint partner, a matter on a chart."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from zhengwu.kernel.clock.api import seed_official
from zhengwu.kernel.directory.models import Account, Appointment, Division, Unit
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Material, Matter, ServicePoint

START = datetime(2026, 2, 9, 1, 30, tzinfo=UTC)  # Monday 09:30 in China
SINCE = date(2020, 1, 1)
_serial = count(1)

CHART = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zw="https://zhengwu.example/bpmn"
             targetNamespace="https://zhengwu.example/test">
  <process id="{key}" name="测试流程" isExecutable="true">
    <startEvent id="start" name="申请"/>
    <userTask id="precheck" name="收件预审" zw:kind="precheck" zw:unit="window" zw:role="clerk">
      <extensionElements><zw:limit n="5" unit="WORKING_DAY"/>
        <zw:action code="accept" label="受理"/><zw:action code="correct" label="补正告知"/>
        <zw:action code="refuse" label="不予受理" opinion="required"/></extensionElements></userTask>
    <exclusiveGateway id="checked" default="to_refused"/>
    <userTask id="correct" name="补正" zw:kind="correct" zw:unit="applicant" zw:role="applicant">
      <extensionElements><zw:action code="submit" label="提交"/></extensionElements></userTask>
    <endEvent id="refused" name="不予受理"/>
    {middle}
    <userTask id="decide" name="决定" zw:kind="decide" zw:unit="owner" zw:role="leader">
      <extensionElements><zw:action code="grant" label="准予"/>
        <zw:action code="deny" label="不予" opinion="required"/></extensionElements></userTask>
    <userTask id="deliver" name="送达" zw:kind="deliver" zw:unit="window" zw:role="clerk">
      <extensionElements><zw:action code="deliver" label="送达"/></extensionElements></userTask>
    <endEvent id="end" name="办结"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="precheck"/>
    <sequenceFlow id="f2" sourceRef="precheck" targetRef="checked"/>
    <sequenceFlow id="to_accepted" sourceRef="checked" targetRef="{first}">
      <conditionExpression>outcome == "accept"</conditionExpression></sequenceFlow>
    <sequenceFlow id="to_correct" sourceRef="checked" targetRef="correct">
      <conditionExpression>outcome == "correct"</conditionExpression></sequenceFlow>
    <sequenceFlow id="to_refused" sourceRef="checked" targetRef="refused"/>
    <sequenceFlow id="f5" sourceRef="correct" targetRef="precheck"/>
    <sequenceFlow id="f7" sourceRef="decide" targetRef="deliver"/>
    <sequenceFlow id="f8" sourceRef="deliver" targetRef="end"/>
  </process>
</definitions>"""

REVIEW = """
    <userTask id="review" name="审查" zw:kind="review" zw:unit="owner" zw:role="officer">
      <extensionElements><zw:action code="pass" label="通过"/>
        <zw:action code="inspect" label="现场勘查"/></extensionElements>
    </userTask>
    <exclusiveGateway id="reviewed" default="to_decide"/>
    <userTask id="inspect" name="现场勘查" zw:kind="inspect" zw:unit="owner" zw:role="officer">
      <extensionElements><zw:suspends reason="检验检测" basis="行政许可法第四十五条"/>
        <zw:action code="done" label="勘查完成"/></extensionElements></userTask>
    <sequenceFlow id="r1" sourceRef="review" targetRef="reviewed"/>
    <sequenceFlow id="r2" sourceRef="reviewed" targetRef="inspect">
      <conditionExpression>outcome == "inspect"</conditionExpression></sequenceFlow>
    <sequenceFlow id="to_decide" sourceRef="reviewed" targetRef="decide"/>
    <sequenceFlow id="r4" sourceRef="inspect" targetRef="review"/>"""

JOINT = """
    <userTask id="review" name="部门审查" zw:kind="review" zw:unit="each" zw:role="officer">
      <extensionElements><zw:action code="pass" label="通过"/>
        <zw:action code="fail" label="不通过"/></extensionElements>
      <multiInstanceLoopCharacteristics isSequential="false"/>
    </userTask>
    <sequenceFlow id="j1" sourceRef="review" targetRef="decide"/>"""


@dataclass
class World:
    """Everything a case test needs; ``people`` by role, ``others`` for strangers."""

    matter: Matter
    organ: Unit
    centre: Unit
    partner: Unit
    people: dict[str, Account] = field(default_factory=dict)

    def actor(self, name: str) -> Any:
        from zhengwu.kernel.directory.api import actor_of

        return actor_of(self.people[name])


def unit(
    name: str, division: Division, parent: Unit | None = None, kind: str = "organ", code: str | None = None
) -> Unit:
    number = next(_serial)
    path = (parent.path if parent else "") + f"{number:08d}."
    return Unit.objects.create(
        name=name,
        short_name=name[-8:],
        family="government",
        kind=kind,
        division=division,
        parent=parent,
        path=path,
        valid_from=SINCE,
        code=code or f"T{number:017d}",
    )


def person(username: str, name: str, unit: Unit | None = None, role: str = "", kind: str = "staff") -> Account:
    account = Account.objects.create_user(username, "pass-word-1", name=name, kind=kind)
    if unit is not None:
        Appointment.objects.create(account=account, unit=unit, role=role, valid_from=SINCE)
    return account


def make_world(
    *, joint: bool = False, form_schema: dict[str, Any] | None = None, promised: int = 8, lawful: int = 20
) -> World:
    seed_official()
    city = Division.objects.create(code="519900", name="金效市", level=3)
    county = Division.objects.create(code="519921", name="临溪县", level=4, parent=city)
    other = Division.objects.create(code="519922", name="云门县", level=4, parent=city)
    organ = unit("临溪县市场监督管理局", county, code="11519921MB0000001X")
    partner = unit("临溪县卫生健康局", county)
    centre = unit("临溪县政务服务中心", county, kind="centre")
    far = unit("云门县市场监督管理局", other)
    key = "joint" if joint else "promised"
    middle = JOINT if joint else REVIEW
    publish(key=key, xml=CHART.format(key=key, middle=middle, first="review"), by=By("test", "测试"), title="测试流程")
    from zhengwu.kernel.flow.models import Definition

    chart = Definition.objects.get(key=key)
    master = MasterMatter.objects.create(
        code="990117002011", name="食品经营许可", type="01", field="市场监管", basis="行政许可法", lawful_days=20
    )
    point = ServicePoint.objects.create(
        name="临溪县政务服务中心", division=county, unit=centre, address="临溪县政通路1号"
    )
    matter = Matter.objects.create(
        code="11519921MB0000001X4990117002011",
        master=master,
        name="食品经营许可证核发",
        division=county,
        unit=organ,
        point=point,
        chart=chart,
        kind="joint" if joint else "promised",
        lawful_n=lawful,
        promised_n=promised,
        result_name="食品经营许可证",
        form_schema=form_schema or {},
        status="published",
        valid_from=SINCE,
    )
    Material.objects.create(matter=matter, name="营业执照", required=False)
    world = World(matter=matter, organ=organ, centre=centre, partner=partner)
    if joint:
        JointUnit.objects.create(matter=matter, unit=organ, order=1, part="经营条件", limit_days=5)
        JointUnit.objects.create(matter=matter, unit=partner, order=2, part="卫生条件", limit_days=6)
    world.people = {
        "citizen": person("citizen", "李小满", kind="citizen"),
        "neighbour": person("neighbour", "王邻", kind="citizen"),
        "clerk": person("clerk", "赵窗口", centre, "clerk"),
        "officer": person("officer", "钱承办", organ, "officer"),
        "partner": person("partner", "孙协办", partner, "officer"),
        "head": person("head", "周审核", organ, "head"),
        "leader": person("leader", "吴分管", organ, "leader"),
        "inspector": person("inspector", "郑监察", unit("临溪县纪委监委", county), "inspector"),
        "stranger": person("stranger", "冯外县", far, "officer"),
        "sysadmin": person("sysadmin", "陈系统", organ, "sysadmin"),
    }
    return world
