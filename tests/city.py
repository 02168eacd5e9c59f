"""A small city for tests that cross packages: three counties with all posts, the four shipped charts, and hands that
do one lawful thing after another."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import zhengwu
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.tests.world import SINCE, START, person, unit
from zhengwu.kernel.clock.api import seed_official
from zhengwu.kernel.directory.api import Actor, actor_of, set_identity
from zhengwu.kernel.directory.models import Account, Appointment, Deputy, Division, Unit
from zhengwu.kernel.flow.api import chart_of, publish
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Material, Matter, ServicePoint
from zhengwu.lib.problem import Conflict

__all__ = ["COUNTIES", "START", "City", "make_city"]

FLOWS = Path(zhengwu.__path__[0]) / "modules" / "hall" / "flows"
COUNTIES = {"lin": ("519921", "临溪县"), "yun": ("519922", "云门县"), "qing": ("519923", "清河县")}
CHARTS = {"instant": ("instant", 1), "standard": ("promised", 10), "promised": ("promised", 8), "joint": ("joint", 15)}
TYPE = "11100000000013338W011"
CITIZEN_ID = "11010519491231002X"
FORM = {"shop": "李记面馆"}
SCHEMA = {
    "type": "object",
    "required": ["shop"],
    "properties": {
        "shop": {"type": "string", "title": "字号名称", "maxLength": 30, "x-order": 1},
        "area": {"type": "integer", "title": "面积", "minimum": 1, "maximum": 100000, "x-order": 2},
        "begins": {"type": "string", "format": "date", "title": "开业日期", "x-order": 3},
        "legal": {"type": "string", "format": "citizen-id", "title": "负责人证件号", "x-order": 4},
        "code": {"type": "string", "format": "uscc", "title": "统一社会信用代码", "x-order": 5},
        "note": {"type": "string", "title": "说明", "maxLength": 500, "x-order": 6},
    },
}
CORRECTION = {"items": [{"material": "营业执照", "fault": "影像不清晰", "wanted": "重新上传清晰的影像"}]}
TWICE = {"corrected-once", "must-be-apart"}
"""Conflicts that are the law's answer to a random act, not a fault."""


@dataclass
class City:
    """``matters`` by (county, chart), ``people`` by user name; staff are called ``<role>_<county>``."""

    matters: dict[tuple[str, str], Matter] = field(default_factory=dict)
    people: dict[str, Account] = field(default_factory=dict)
    organs: dict[str, Unit] = field(default_factory=dict)
    partners: dict[str, Unit] = field(default_factory=dict)
    centres: dict[str, Unit] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    def apply(self, who: str, county: str = "lin", chart: str = "promised", **more) -> Case:
        account = self.people[who]
        given = {"form": FORM, **more}
        return api.open_case(kind="application", matter=self.matters[county, chart], by=self.actor(who),
                             applicant=account, applicant_name=account.name, **given)

    def holders(self, step: Step) -> list[str]:
        """Names of those who may act on an open step by their own post."""
        if step.account_id:
            return [name for name, account in self.people.items() if account.pk == step.account_id]
        posts = Appointment.objects.filter(unit_id=step.unit_id, role=step.role).order_by("id")
        return list(posts.values_list("account__username", flat=True))

    def do(self, case: Case, node: str, action: str, who: str = "", **more) -> Case:
        """One act on the first open step of ``node``, by ``who`` or whoever holds it."""
        step = case.steps.filter(node=node, closed_at=None).order_by("id").first()
        assert step is not None, f"{node} is not open: {[s.node for s in case.steps.filter(closed_at=None)]}"
        form = CORRECTION if action == "correct" else {}
        given = {"opinion": f"{action}：意见", "form": form, **more}
        return api.act(step_id=step.pk, action=action, by=self.actor(who or self.holders(step)[0]), **given).case

    def run(self, case: Case, *acts: str) -> Case:
        """``"node action"``, one after another."""
        for words in acts:
            node, action = words.split()
            self.do(case, node, action)
        return Case.objects.get(pk=case.pk)

    def random_act(self, rng: Random, case: Case) -> bool:
        """One lawful act by one of those who may, chosen by ``rng``; False when nothing could be done."""
        steps = list(case.steps.filter(closed_at=None).order_by("id"))
        if not steps:
            return False
        step = rng.choice(steps)
        actions = chart_of(case.version_id).node(step.node).actions
        forward = [a for a in actions if a.code not in ("refuse", "deny", "fail", "return", "disagree")]
        action = rng.choice(forward if rng.random() < 0.8 else actions).code
        names = self.holders(step)
        rng.shuffle(names)
        for name in names:
            try:
                api.act(step_id=step.pk, action=action, by=self.actor(name), opinion="按程序办理",
                        form=CORRECTION if action == "correct" else {})
                return True
            except Conflict as refused:
                assert refused.code in TWICE, refused
        return False


def make_city() -> City:
    """Under ``travel(START)``. Everything is made through public services where there are any."""
    seed_official()
    made = City()
    top = Division.objects.create(code="519900", name="金效市", level=3)
    city_unit = unit("金效市政务服务管理局", top)
    for path in sorted(FLOWS.glob("*.bpmn")):
        publish(key=path.stem, xml=path.read_text("utf-8"), by=By("test", "测试"))
    masters = {chart: MasterMatter.objects.create(
        code=f"99011700201{n}", name=f"食品经营许可（{chart}）", type="01", field="市场监管",
        basis="《中华人民共和国行政许可法》", lawful_days=20) for n, chart in enumerate(CHARTS)}
    for n, (key, (code, name)) in enumerate(COUNTIES.items(), 1):
        county = Division.objects.create(code=code, name=name, level=4, parent=top)
        _county(made, key, county, f"11{code}MB000000{n}X", masters)
    _outside(made, top, city_unit)
    return made


def _county(made: City, key: str, county: Division, uscc: str, masters: dict[str, MasterMatter]) -> None:
    organ = made.organs[key] = unit(f"{county.name}市场监督管理局", county, code=uscc)
    partner = made.partners[key] = unit(f"{county.name}卫生健康局", county)
    centre = made.centres[key] = unit(f"{county.name}政务服务中心", county, kind="centre")
    for role, where, name in (("clerk", centre, "赵窗口"), ("officer", organ, "钱承办"), ("colleague", organ, "何同事"),
                              ("head", organ, "周审核"), ("leader", organ, "吴分管"), ("legal", organ, "郑法制"),
                              ("partner", partner, "孙协办")):
        post = {"colleague": "officer", "partner": "officer"}.get(role, role)
        username = f"{role}_{key}"
        made.people[username] = person(username, f"{name}{county.name[0]}", where, post)
    address = f"{county.name}政通路1号"
    point = ServicePoint.objects.create(name=centre.name, division=county, unit=centre, address=address)
    for n, (chart, (kind, days)) in enumerate(CHARTS.items()):
        matter = made.matters[key, chart] = Matter.objects.create(
            code=f"{uscc}4{masters[chart].code}", master=masters[chart], name=f"{county.name}食品经营许可{n}",
            sort_key=f"{chart}{key}", division=county, unit=organ, point=point,
            chart=Definition.objects.get(key=chart), kind=kind, lawful_n=45 if chart == "joint" else 20,
            promised_n=days, result_name="食品经营许可证", certificate_type=TYPE, certificate_years=5,
            form_schema=SCHEMA, status="published", valid_from=SINCE, phone="0999-1234567")
        Material.objects.create(matter=matter, name="营业执照", required=False)
        if chart == "joint":
            JointUnit.objects.create(matter=matter, unit=organ, order=1, part="经营条件", limit_days=5)
            JointUnit.objects.create(matter=matter, unit=partner, order=2, part="卫生条件", limit_days=6)


def _outside(made: City, top: Division, city_unit: Unit) -> None:
    """Those who ask, those who watch, the three administrators, and somebody who stands in for somebody."""
    people = made.people
    people["citizen"] = person("citizen", "李小满", kind="citizen")
    people["neighbour"] = person("neighbour", "王邻居", kind="citizen")
    people["enterprise"] = person("enterprise", "金效市好味餐饮有限公司", kind="enterprise")
    set_identity(people["citizen"], citizen_id=CITIZEN_ID)
    people["citizen"].save()
    watch = unit("临溪县监察委员会", Division.objects.get(code="519921"))
    people["inspector_lin"] = person("inspector_lin", "冯监察", watch, "inspector")
    people["inspector_city"] = person("inspector_city", "褚监察", city_unit, "inspector")
    for role in ("sysadmin", "secadmin", "auditor"):
        people[role] = person(role, f"三员{role}", city_unit, role)
    people["stranger"] = person("stranger", "卫外人", unit("金效市气象局", top), "officer")
    people["deputy"] = person("deputy", "蒋代办", city_unit, "editor")
    Deputy.objects.create(principal=people["head_yun"], deputy=people["deputy"], starts_on=date(2026, 1, 1),
                          ends_on=date(2026, 12, 31), reason="外出学习")
    Deputy.objects.create(principal=people["head_lin"], deputy=people["stranger"],
                          starts_on=START.date() - timedelta(days=30), ends_on=START.date() - timedelta(days=10))
