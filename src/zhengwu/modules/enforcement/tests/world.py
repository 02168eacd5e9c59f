"""An office with powers of its own: matters of every family on the shipped charts, people in all posts, a party."""

from dataclasses import dataclass, field
from pathlib import Path

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import SINCE, World, make_world, person, unit
from zhengwu.kernel.directory.api import Actor, actor_of, set_identity
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Matter
from zhengwu.kernel.matters.tests.listed import listed
from zhengwu.modules.enforcement.models import Affair, Candidate, Discretion
from zhengwu.modules.enforcement.services import record, start

FLOWS = Path(__file__).parents[1] / "flows"
TYPES = {
    "penalty-general": "02", "penalty-summary": "02", "coercion": "03", "levy": "04", "inspection": "06",
    "inner-project": "61", "inner-fund": "62", "inner-asset": "63", "inner-personnel": "64", "inner-finance": "65",
    "inner-procurement": "66", "payment": "05", "confirmation": "07", "award": "08", "ruling": "09", "pledge": "01",
    "upward": "01", "special": "01",
}
CITIZEN_ID = "11010519491231002X"
LEVEL = {"type": "object", "properties": {"level": {"type": "string", "title": "审批层级",
                                                  "enum": ["department", "government"]}}}
RAW = {
    "violation": "经营超过保质期的食品", "proof": "现场笔录、进货单据",
    "basis": "《中华人民共和国食品安全法》第一百二十四条",
    "how": "十五日内缴至指定银行", "measures": [{"kind": "fine", "text": "", "cents": 200_000}],
}


class Matters(dict[str, Matter]):
    """Matters by chart, made with their chart and power when first asked for."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def __missing__(self, chart: str) -> Matter:
        kind, n = TYPES[chart], list(TYPES).index(chart) + 1
        publish(key=chart, xml=(FLOWS / f"{chart}.bpmn").read_text("utf-8"), by=By("test", "测试"))
        master = MasterMatter.objects.create(code=f"51{kind}17{n:03d}000", name=f"权力{n}", type=kind, field="市场监管",
                                             basis="《中华人民共和国食品安全法》第一百二十四条", lawful_days=60)
        made = self[chart] = Matter.objects.create(
            code=f"11519921MB0000001X4{master.code}", master=master, name=f"{chart}事项",
            division=self.world.organ.division, unit=self.world.organ, point=self.world.matter.point,
            chart=Definition.objects.get(key=chart), kind="promised", lawful_n=60, promised_n=30, status="published",
            valid_from=SINCE, form_schema=LEVEL if chart.startswith("inner-") else {})
        if chart.startswith("inner-") or chart == "upward":
            JointUnit.objects.create(matter=made, unit=self.world.partner, order=1, part="会签", limit_days=5)
        listed(made)
        if chart == "penalty-general":
            Discretion.objects.create(matter=made, act="经营超过保质期的食品", level="light",
                                      circumstances="货值不足一千元，主动改正", low_cents=100_000, high_cents=500_000,
                                      basis="市场监管领域行政处罚裁量基准")
        return made


@dataclass
class Office:
    """``matters`` by chart; ``people`` by name: officer, officer2, head, leader, legal, governor, citizen, stranger."""

    world: World
    matters: dict[str, Matter] = field(default_factory=dict)  # made when asked for

    @property
    def people(self) -> dict[str, Account]:
        return self.world.people

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    def team(self) -> list[tuple[int, str]]:
        return [(self.people["officer"].pk, "ZF0001"), (self.people["officer2"].pk, "ZF0002")]

    def open(self, chart: str = "penalty-general", **more) -> Affair:
        given = {
            "subject": "经营超过保质期的食品", "source": "inspection", "facts": "检查发现货架上有三盒过期牛奶。",
            "party": start.PartyIn("person", "李小满", CITIZEN_ID, "13800000001"), "team": self.team(),
        } | more
        return start.open_affair(matter=self.matters[chart], by=self.actor("officer"), **given)

    def propose(self, affair: Affair, **more) -> Affair:
        return record.propose(number=affair.case.number, by=self.actor("officer"), raw=RAW | more)

    def do(self, case: Case, node: str, action: str, who: str = "", **more) -> Case:
        step = case.steps.filter(node=node, closed_at=None).order_by("id").first()
        assert step is not None, f"{node} is not open: {[s.node for s in case.steps.filter(closed_at=None)]}"
        name = who or self.holder(step)
        return api.act(step_id=step.pk, action=action, by=self.actor(name), **{"opinion": "按程序办理"} | more).case

    def holder(self, step) -> str:
        for name, account in self.people.items():
            if step.account_id == account.pk or account.appointments.filter(unit_id=step.unit_id,
                                                                           role=step.role).exists():
                return name
        raise AssertionError(f"nobody holds {step.name} at {step.unit} as {step.role}")

    def run(self, case: Case, words: str, **more) -> Case:
        """``"node action, node action"``: by whoever holds each."""
        for pair in words.split(","):
            node, action = pair.split()
            self.do(case, node, action, **more)
        return Case.objects.get(pk=case.pk)


def make_office() -> Office:
    """Under ``travel(START)``: the world of the cases, a county government above the organ, powers on every chart."""
    office = Office(make_world())
    world = office.world
    county = world.organ.division
    government = unit("临溪县人民政府", county, kind="area")
    world.organ.parent = government
    world.organ.save(update_fields=["parent"])
    world.people |= {
        "officer2": person("officer2", "何执法", world.organ, "officer"),
        "legal": person("legal", "许法制", world.organ, "legal"),
        "governor": person("governor", "顾县长", government, "leader"),
        "partnerhead": person("partnerhead", "施会签", world.partner, "head"),
        "partnerleader": person("partnerleader", "尤决定", world.partner, "leader"),
        "enterprise": person("enterprise", "临溪县好味来餐饮管理有限公司", kind="enterprise"),
    }
    set_identity(world.people["citizen"], citizen_id=CITIZEN_ID, phone="13800000001")
    world.people["citizen"].save()
    office.matters = Matters(world)
    _registers(office)
    return office


def _registers(office: Office) -> None:
    rows = [Candidate(unit=office.world.organ, kind="object", code=f"91519921MA{n:08d}", name=f"第{n}食品店")
            for n in range(1, 31)]
    rows += [Candidate(unit=office.world.organ, kind="inspector", code=badge, name=office.people[name].name,
                       account=office.people[name])
             for name, badge in (("officer", "ZF0001"), ("officer2", "ZF0002"))]
    Candidate.objects.bulk_create(rows)
