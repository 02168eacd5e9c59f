"""The power and duty lists (权责清单) of the demo city: published, inner, ended, changed; last year's clean-up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.tables import OrganRow, divisions, organs
from zhengwu.demo.units import pinyin
from zhengwu.kernel.directory.api import SYSTEM, Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.api import enlist
from zhengwu.kernel.matters.models import Law, LegalBasis, Matter, Power, PowerVersion
from zhengwu.kernel.matters.powers import blank, content_of, keep_basis_end
from zhengwu.lib.now import CN
from zhengwu.modules.powers.models import Campaign, Decision, Task

_CHARTS = {"61": "inner-project", "62": "inner-fund", "63": "inner-asset", "64": "inner-personnel",
           "65": "inner-finance", "66": "inner-procurement"}
_ALL = (("65", "大额经费支出审批", "《行政单位财务规则》第二十条", "决策、审批、支付、公开"),
        ("66", "物资和服务采购审批", "《中华人民共和国政府采购法》第二十六条", "申报、论证、采购、验收、支付"))
"""Inner powers every department has."""
_SOME: dict[str, tuple[tuple[str, str, str, bool], ...]] = {
    "reform": (("61", "重大项目立项和概算审批", "《政府投资条例》第十一条", True),),
    "housing": (("61", "保障性住房建设项目管理", "《政府投资条例》第二十条", True),),
    "transport": (("61", "农村公路建设项目管理", "《农村公路建设管理办法》第十五条", False),),
    "water": (("61", "中小型水利工程项目管理", "《政府投资条例》第二十条", False),),
    "agriculture": (("62", "惠农补贴资金分配", "《中华人民共和国预算法》第五十二条", True),),
    "civil": (("62", "社会救助资金分配", "《社会救助暂行办法》第五条", False),),
    "finance": (("62", "财政专项资金分配", "《中华人民共和国预算法》第五十二条", True),
                ("63", "行政事业单位资产出租出借审批", "《行政事业性国有资产管理条例》第十九条", False)),
    "land": (("63", "国有建设用地使用权出让方案审批", "《中华人民共和国城市房地产管理法》第十二条", True),),
    "labour": (("64", "事业单位公开招聘方案核准", "《事业单位人事管理条例》第八条", False),),
    "education": (("64", "教师岗位聘任和交流", "《中华人民共和国教师法》第十七条", False),),
    "health": (("64", "医疗卫生人员岗位聘任", "《事业单位人事管理条例》第九条", False),),
}
"""Inner powers of single departments; True: of the government, approved by its leader in charge."""
_GONE = (
    ("urban", "临时占用道路摆摊设点许可", "cancel", "C2", "没有法律法规依据，改为划定经营区域"),
    ("culture", "营业性演出增加内容备查", "cancel", "C1", "设定依据已经修改"),
    ("transport", "道路货运站经营许可", "file", "F2", "国务院决定改为备案管理"),
    ("agriculture", "农药广告审查初审", "cancel", "C4", "职能划转市场监管部门"),
    ("market", "广告发布登记", "cancel", "C1", "《广告法》修正后不再要求"),
    ("water", "农村小型水利设施占用审批", "delegate", "E1", "由乡镇直接办理更方便"),
    ("civil", "临时救助小额审批", "delegate", "E1", "由乡镇直接办理更方便"),
    ("forestry", "农村居民自用林木采伐许可", "delegate", "E2", "上级文件要求下放到乡镇"),
)
Content = dict[str, Any]
_OLD_LAW = "四川省行政许可实施办法（已废止）"


@dataclass
class _County:
    """The full county's units by key of the organ, and the moments of the load."""

    on: date
    units: dict[str, Unit]

    @property
    def since(self) -> date:
        return date(self.on.year - 1, 1, 1)

    @property
    def at(self) -> datetime:
        return datetime.combine(self.on, time(9), CN)


def load_powers(on: date) -> int:
    """Puts a published power behind every matter that has none, in force since the year before, and gives the full
    county inner powers, ended and changed ones, lapsed laws and last year's clean-up; returns how many powers."""
    county = _County(on, _units())
    rows = Matter.objects.filter(power=None).select_related("master", "chart").order_by("id")
    enlist(rows, by=SYSTEM.by(), on=county.since, at=county.at)
    leader = _leader(county)
    Power.objects.filter(family="inner", government=False).update(leader_unit=leader, leader_title="分管副县长")
    _write(county, list(_inner(county, leader)))
    gone = _write(county, list(_ended(county)))
    _changed(county)
    _lapsed(county)
    _last_year(county, gone)
    return Power.objects.count()


def _units() -> dict[str, Unit]:
    place = next(d for d in divisions() if d.code == COUNTY)
    by_name = {u.name: u for u in Unit.objects.filter(division_id=COUNTY)}
    found = {o.key: by_name[o.names(place)[0]] for o in organs() if o.names(place)[0] in by_name}
    return found | {"area": Unit.objects.get(division_id=COUNTY, kind=Unit.Kind.AREA)}


def _leader(county: _County) -> Unit:
    """The county's government; its deputy head approves what is the government's own, and the demo needs the post."""
    area = county.units["area"]
    if not Appointment.objects.filter(unit=area, role=Role.LEADER).exists():
        account = Account.objects.create(username=f"{COUNTY}.area.leader1", name="高振邦", kind=Account.Kind.STAFF)
        account.set_unusable_password()
        account.save()
        Appointment.objects.create(account=account, unit=area, role=Role.LEADER, title="常务副县长",
                                   valid_from=county.since)
    return area


def _inner(county: _County, leader: Unit) -> Iterable[tuple[Power, Content]]:
    charts = {d.key: d for d in Definition.objects.filter(key__in=_CHARTS.values(), versions__state="published")}
    departments: list[OrganRow] = [o for o in organs() if o.windows and o.key in county.units]
    for organ in departments:
        for number, (type_code, name, basis, government) in enumerate(
                [*((t, n, b, False) for t, n, b, _ in _ALL), *_SOME.get(organ.key, ())], 1):
            unit, chart = county.units[organ.key], charts.get(_CHARTS[type_code])
            content = _content(name, type_code, basis, chart) | {
                "openness": "published" if government else "inner", "government": government,
                "leader_unit": leader.pk, "leader_title": "常务副县长" if government else "分管副县长",
                "exercise": f"{unit.short_name}集体研究，按程序报批，结果在单位公开栏公布。"}
            yield _power(county, unit, f"N{number}", content, chart), content


def _ended(county: _County) -> Iterable[tuple[Power, Content]]:
    chart = Definition.objects.filter(key="standard").first()
    for number, (key, name, _kind, _, _) in enumerate(_GONE, 1):
        content = _content(name, "01", "《中华人民共和国行政许可法》第十二条", chart)
        yield _power(county, county.units[key], f"O{number}", content, chart), content


def _content(name: str, type_code: str, basis: str, chart: Definition | None) -> Content:
    law, _, article = basis.removeprefix("《").partition("》")
    return blank(type_code) | {
        "name": name, "limit_n": 20, "chart": chart.key if chart else "",
        "duties": "提出、论证、集体决策、实施、公开、归档，每一步留痕。",
        "accountability": "越权、未经集体决策、弄虚作假、谋取私利的，依规依纪依法追究责任。",
        "bases": [{"law": law, "article": article, "text": "", "valid_from": None, "valid_to": None}]}


def _power(county: _County, unit: Unit, mark: str, content: Content, chart: Definition | None) -> Power:
    plain = {k: v for k, v in content.items() if k not in ("bases", "chart", "leader_unit")}
    return Power(code=f"QL{unit.code}4{content['type']}{mark}", unit=unit, division_id=COUNTY, chart=chart,
                 family=Power.Family.INNER if content["type"] >= "61" else Power.Family.ADMINISTRATIVE,
                 sort_key=pinyin(content["name"])[:400], leader_unit_id=content["leader_unit"],
                 valid_from=county.since, status=Power.Status.PUBLISHED, **plain)


def _write(county: _County, rows: list[tuple[Power, Content]]) -> list[Power]:
    powers = Power.objects.bulk_create([p for p, _ in rows])
    for _, content in rows:
        for basis in content["bases"]:
            Law.objects.get_or_create(name=basis["law"])
    laws = {law.name: law for law in Law.objects.all()}
    LegalBasis.objects.bulk_create(
        LegalBasis(power=p, law=laws[b["law"]], order=1, article=b["article"]) for p, c in rows for b in c["bases"])
    PowerVersion.objects.bulk_create(
        PowerVersion(power=p, number=1, change="new", state="published", content=c, ground="A1", reason="首次编制清单",
                     changed_at=county.at, effective=county.since, applied=True) for p, c in rows)
    return powers


def _changed(county: _County) -> None:
    """Three powers of the market bureau whose limits were shortened this spring: a second version to compare with."""
    day = date(county.on.year, 3, 1)
    for power in Power.objects.filter(unit=county.units["market"], type="01").order_by("code")[:3]:
        content = content_of(power) | {
            "limit_n": max(1, (power.limit_n or 20) - 5), "limit_note": "专家评审的时间不计算在内",
            "sub_items": ["新办", "变更", "延续", "补办"]}
        PowerVersion.objects.create(power=power, number=2, change="change", state="published", content=content,
                                    ground="B3", reason="优化营商环境，压缩法定时限内的办理时间", changed_at=county.at,
                                    effective=day, applied=True)
        Power.objects.filter(pk=power.pk).update(limit_n=content["limit_n"], limit_note=content["limit_note"],
                                                 sub_items=content["sub_items"])


def _lapsed(county: _County) -> None:
    """A law that ended: some powers also rested on it, and are flagged."""
    law = Law.objects.create(name=_OLD_LAW, valid_to=date(county.on.year, 6, 1))
    powers = list(Power.objects.filter(division_id=COUNTY, type="10").order_by("code")[:6])
    LegalBasis.objects.bulk_create(LegalBasis(power=p, law=law, order=9, article="第八条") for p in powers)
    keep_basis_end(powers)


def _last_year(county: _County, gone: list[Power]) -> None:
    """Last year's clean-up as it ended: every department through both gates, eight powers cut or handed down."""
    year = county.on.year - 1
    days = [date(year, month, 20) for month in (4, 5, 6, 7)]
    campaign = Campaign.objects.create(
        title=f"临溪县{year}年权责清单清理", division_id=COUNTY, year=year, fill_by=days[0], legal_by=days[1],
        staffing_by=days[2], publish_by=days[3], state="finished", effective=date(year, 8, 1),
        opened_at=datetime(year, 3, 10, 9, tzinfo=CN))
    powers = list(Power.objects.filter(division_id=COUNTY).order_by("unit", "sort_key"))
    units = sorted({p.unit_id for p in powers})
    stamp = datetime.combine(days[0], time(15), CN)
    tasks = Task.objects.bulk_create(
        Task(campaign=campaign, unit_id=unit, state="passed", legal_at=stamp + timedelta(days=12),
             submitted_at=stamp + timedelta(days=3 if n % 11 == 5 else -(n % 9)),
             staffing_at=stamp + timedelta(days=40))
        for n, unit in enumerate(units))
    by_unit = {t.unit_id: t for t in tasks}
    ends = {p.pk: row for p, row in zip(gone, _GONE, strict=True)}
    towns = list(Unit.objects.filter(kind="township", path__startswith=county.units["area"].path)
                 .order_by("sort_key").values_list("pk", flat=True)[:4])
    Decision.objects.bulk_create([
        Decision(task=by_unit[p.unit_id], power=p, kind=ends[p.pk][2] if p.pk in ends else "keep",
                 ground=ends[p.pk][3] if p.pk in ends else "", note=ends[p.pk][4] if p.pk in ends else "",
                 receivers=towns if p.pk in ends and ends[p.pk][2] == "delegate" else []) for p in powers],
        batch_size=500)
    status = {"cancel": "cancelled", "file": "filed", "delegate": "delegated"}
    for power in gone:
        _, _, kind, ground, note = ends[power.pk]
        PowerVersion.objects.create(power=power, number=2, change=kind, state="published", content=content_of(power),
                                    ground=ground, reason=note, changed_at=stamp, effective=campaign.effective,
                                    applied=True, receivers=towns if kind == "delegate" else [])
        Power.objects.filter(pk=power.pk).update(valid_to=campaign.effective, status=status[kind])
