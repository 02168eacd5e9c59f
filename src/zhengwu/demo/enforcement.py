"""Powers of the office's own and the charts they run on, for the full county: penalties to inner powers; discretion
tables and the registers inspections are drawn from."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from zhengwu.demo import codes
from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.lists import field_of
from zhengwu.demo.people import Names
from zhengwu.demo.tables import organs
from zhengwu.demo.units import FOUNDED, Units, pinyin
from zhengwu.kernel.directory.api import SYSTEM, Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Matter, ServicePoint
from zhengwu.kernel.matters.models.power import BY_OFFICE
from zhengwu.modules.enforcement.models import Candidate, Discretion

_FLOWS = files("zhengwu.modules.enforcement") / "flows"
KEYS = ("penalty-general", "penalty-summary", "coercion", "levy", "payment", "inspection", "confirmation", "award",
        "ruling", "upward", "pledge", "special", "inner-project", "inner-fund", "inner-asset", "inner-personnel",
        "inner-finance", "inner-procurement")
_MAIN = 900
"""Main numbers of these entries in the basic list begin here; those of the imported list stay below."""


@dataclass(frozen=True)
class Row:
    """One matter: who, of which type, on which chart, on which law; ``joint``: who countersigns (or is above)."""

    organ: str
    type: str
    chart: str
    name: str
    basis: str
    promised: int = 30
    lawful: int = 60
    joint: tuple[str, ...] = ()


_SPOT = "《中华人民共和国行政处罚法》第五十一条"
ROWS = (
    Row("market", "02", "penalty-general", "对经营超过保质期食品的处罚", "《中华人民共和国食品安全法》第一百二十四条"),
    Row("market", "02", "penalty-general", "对虚假宣传的处罚", "《中华人民共和国反不正当竞争法》第二十条"),
    Row("market", "02", "penalty-summary", "对未明码标价的当场处罚", f"《中华人民共和国价格法》第四十二条；{_SPOT}"),
    Row("market", "03", "coercion", "查封、扣押不符合食品安全标准的食品", "《中华人民共和国食品安全法》第一百一十条"),
    Row("market", "06", "inspection", "食品经营者双随机抽查", "《中华人民共和国食品安全法》第一百一十条"),
    Row("urban", "02", "penalty-general", "对擅自设置户外广告的处罚", "《城市市容和环境卫生管理条例》第三十六条"),
    Row("urban", "02", "penalty-summary", "对店外经营的当场处罚", f"《城市市容和环境卫生管理条例》第三十六条；{_SPOT}"),
    Row("ecology", "02", "penalty-general", "对超标排放大气污染物的处罚", "《中华人民共和国大气污染防治法》第九十九条"),
    Row("ecology", "06", "inspection", "排污单位双随机检查", "《中华人民共和国环境保护法》第二十四条"),
    Row("emergency", "02", "penalty-general", "对未按规定开展安全培训的处罚", "《中华人民共和国安全生产法》第九十七条"),
    Row("emergency", "06", "inspection", "危险化学品经营单位检查", "《中华人民共和国安全生产法》第六十五条"),
    Row("water", "04", "levy", "水土保持补偿费征收", "《中华人民共和国水土保持法》第三十二条", 20, 30),
    Row("defence", "04", "levy", "防空地下室易地建设费征收", "《中华人民共和国人民防空法》第二十二条", 20, 30),
    Row("civil", "05", "payment", "临时救助给付", "《社会救助暂行办法》第四十七条", 15, 20),
    Row("veterans", "05", "payment", "烈士遗属定期抚恤金给付", "《烈士褒扬条例》第二十条", 15, 20),
    Row("labour", "07", "confirmation", "工伤认定", "《工伤保险条例》第二十条", 30, 60),
    Row("science", "08", "award", "科技创新先进单位奖励", "《中华人民共和国科学技术进步法》第十八条", 30, 60),
    Row("land", "09", "ruling", "土地权属争议裁决", "《中华人民共和国土地管理法》第十四条", 60, 120),
    Row("health", "01", "pledge", "公共场所卫生许可（告知承诺）", "《公共场所卫生管理条例》第四条", 1, 20),
    Row("transport", "01", "upward", "跨县道路旅客运输经营许可初审", "《中华人民共和国道路运输条例》第十条", 12, 20,
        ("@transport",)),
    Row("emergency", "01", "special", "危险化学品经营许可（专家评审）", "《危险化学品安全管理条例》第三十五条", 15, 20),
    Row("reform", "61", "inner-project", "政府投资项目立项", "《政府投资条例》第九条", 15, 30, ("finance", "land")),
    Row("agriculture", "62", "inner-fund", "衔接资金项目分配", "《中华人民共和国预算法实施条例》第三十五条", 15, 30,
        ("finance",)),
    Row("finance", "63", "inner-asset", "行政事业单位国有资产处置", "《行政事业性国有资产管理条例》第三十条", 15, 30,
        ("reform",)),
    Row("education", "64", "inner-personnel", "校级干部选任", "《事业单位领导人员管理规定》", 20, 40, ("labour",)),
    Row("health", "65", "inner-finance", "大额经费支出", "《行政单位财务规则》第二十条", 10, 20, ("finance",)),
    Row("police", "66", "inner-procurement", "信息化设备采购", "《中华人民共和国政府采购法》第二十六条", 30, 60,
        ("finance",)),
)
"""A handful for every family, spread over the departments of the full county."""

_NO_FIELDS = {"type": "object", "title": "申请表", "required": [], "additionalProperties": False, "properties": {}}
_LEVEL = {"type": "object", "title": "审批层级", "required": ["level"], "additionalProperties": False, "properties": {
    "level": {"type": "string", "title": "审批层级（department本部门、government报政府）",
              "enum": ["department", "government"]}}}
_RULES = (("light", "货值（违法所得）不足一千元，主动改正", 5, 30), ("medium", "货值一千元以上一万元以下", 30, 60),
          ("heavy", "两年内再次违法，或者造成危害后果", 60, 100))


def load_powers_of_office(units: Units, on: date) -> list[Matter]:
    """Publishes the charts and writes the matters, in force since the year before; returns them for people and list."""
    for key in KEYS:
        publish(key=key, xml=(_FLOWS / f"{key}.bpmn").read_text(encoding="utf-8"), by=SYSTEM.by())
    charts = {d.key: d for d in Definition.objects.filter(key__in=KEYS)}
    point = ServicePoint.objects.get(division_id=COUNTY, unit=units[COUNTY, "centre"])
    by_key = {o.key: o for o in organs()}
    masters = MasterMatter.objects.bulk_create(
        MasterMatter(code=codes.basic_code(row.type, by_key[row.organ].number, _MAIN + n), name=row.name, type=row.type,
                     field=field_of(by_key[row.organ]), basis=row.basis, lawful_days=row.lawful,
                     for_enterprise=row.type in ("01", "08"), theme=by_key[row.organ].theme)
        for n, row in enumerate(ROWS))
    matters = [_matter(row, master, units[COUNTY, row.organ], charts[row.chart], on)
               for row, master in zip(ROWS, masters, strict=True)]
    for matter in matters:
        matter.point = point
    Matter.objects.bulk_create(matters)
    JointUnit.objects.bulk_create(
        JointUnit(matter=matter, unit=units["519900" if key.startswith("@") else COUNTY, key.lstrip("@")],
                  order=n, part="会签", limit_days=5)
        for row, matter in zip(ROWS, matters, strict=True) for n, key in enumerate(row.joint, 1))
    return matters


def _matter(row: Row, master: MasterMatter, unit: Unit, chart: Definition, on: date) -> Matter:
    schema: dict[str, Any] = _LEVEL if row.type >= "61" else _NO_FIELDS
    return Matter(
        code=codes.implementation_code(unit.code or "", 4, master.code), master=master, name=row.name,
        sort_key=pinyin(row.name)[:400], division_id=COUNTY, unit=unit, chart=chart,
        kind=Matter.Kind.PROMISED, lawful_n=row.lawful, promised_n=row.promised, phone=unit.phone,
        complaint_phone="0809-12345", online=row.type in ("01", "05", "07", "08", "09"), form_schema=schema,
        conditions="符合法律、法规、规章规定的条件。", procedure="按公布的流程图办理。", complete=row.type in BY_OFFICE,
        status=Matter.Status.PUBLISHED, valid_from=date(on.year - 1, 1, 1))


def load_registers(units: Units, matters: list[Matter]) -> int:
    """Discretion tables of the penalties, registers of objects and inspectors; returns how many candidates."""
    Discretion.objects.bulk_create(
        Discretion(matter=matter, act=matter.name.removeprefix("对").replace("的处罚", "").replace("的当场处罚", ""),
                   level=level, circumstances=words, low_cents=low * top, high_cents=high * top,
                   basis=f"{matter.unit.short_name}行政处罚裁量基准")
        for matter in matters if matter.master.type == "02"
        for top in [3_000 if matter.chart.key == "penalty-summary" else 50_000] for level, words, low, high in _RULES)
    rows: list[Candidate] = []
    for unit in dict.fromkeys(m.unit for m in matters if m.master.type == "06"):
        rows += [Candidate(unit=unit, kind=Candidate.Kind.OBJECT, code=_code(unit.pk, n), name=f"临溪县{name}")
                 for n, name in enumerate(_NAMES)]
        posts = Appointment.objects.filter(unit=unit, role=Role.OFFICER).select_related("account").order_by("id")
        rows += [Candidate(unit=unit, kind=Candidate.Kind.INSPECTOR, code=f"ZF{COUNTY}{post.account_id:05d}",
                           name=post.account.name, account=post.account) for post in posts]
    return len(Candidate.objects.bulk_create(rows))


def _code(unit_id: int, n: int) -> str:
    return codes.credit_code(codes.ENTERPRISE, COUNTY, 60_000_000 + unit_id * 100 + n)


_NAMES = tuple(f"{a}{b}" for a in ("永兴", "金穗", "青山", "顺达", "福满园", "百味", "溪畔", "春晖")
               for b in ("食品商行", "商贸有限公司", "餐饮店", "建材有限公司"))


def load_government(units: Units) -> None:
    """The county's leader in charge, to whom the inner powers of the government go."""
    account = Account.objects.create(username=f"{COUNTY}.area.leader1", name=Names(int(COUNTY)).next(),
                                     kind=Account.Kind.STAFF, password="!")  # noqa: S106 - nobody signs in with it
    Appointment.objects.create(account=account, unit=units[COUNTY, "area"], role=Role.LEADER, title="副县长",
                               valid_from=FOUNDED)

