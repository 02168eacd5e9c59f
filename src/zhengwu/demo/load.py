"""Builds the demo city 金效市: the same every time for the same seed and day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files

from django.db import transaction

from zhengwu.demo import citizens
from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.calendar import load_calendar, load_office_hours
from zhengwu.demo.centre import load_hall
from zhengwu.demo.certificates import load_types
from zhengwu.demo.enforcement import load_government, load_powers_of_office, load_registers
from zhengwu.demo.fees import load_fees
from zhengwu.demo.intermediaries import load_agencies
from zhengwu.demo.lists import load_masters
from zhengwu.demo.matters import CHARTS, load_lists
from zhengwu.demo.people import load_people
from zhengwu.demo.places import load_places
from zhengwu.demo.powers import load_powers
from zhengwu.demo.searching import index_matters
from zhengwu.demo.units import load_divisions, load_units
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Definition
from zhengwu.lib.now import CN, travel

SEED = 5199
_FLOWS = files("zhengwu.modules.hall") / "flows"
_KEYS = (*dict.fromkeys([*CHARTS.values(), "promised"]),)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """How much was written."""

    divisions: int
    units: int
    masters: int
    matters: int
    county_matters: int
    accounts: int


@transaction.atomic
def load(*, password: str, on: date, say: Say = lambda _: None, seed: int = SEED) -> Loaded | None:
    """Writes the whole city in one transaction; None, and nothing done, when there are divisions already.

    ``password`` is that of every demo account; ``on`` is the day dates are reckoned from (matters are in force since
    the year before, the working calendar reaches two years further).
    """
    if Division.objects.exists():
        return None
    say(f"工作日历：{load_calendar(on)}")
    with travel(datetime.combine(on, time(9), CN) - timedelta(days=365)):
        charts = publish_charts()
    say(f"流程图：{'、'.join(d.title for d in charts.values())}")
    divisions = load_divisions()
    units = load_units()
    load_office_hours(units)
    say(f"行政区划 {divisions} 个，单位 {len(units.rows)} 个")
    masters = load_masters()
    lists = load_lists(units, masters, charts, seed=seed, on=on)
    county = sum(m.division_id == COUNTY for m in lists.matters)
    say(f"基本目录 {len(masters)} 项，实施清单 {len(lists.matters)} 项（临溪县 {county} 项）")
    say(f"证照类型目录：{load_types(on)} 类")
    with travel(datetime.combine(on, time(9), CN) - timedelta(days=365)):
        office = load_powers_of_office(units, on)
    people = load_people(units, [*lists.matters, *office], lists.windows, password=password, seed=seed)
    say(f"人员 {len(people.accounts)} 名，岗位 {len(people.posts)} 个")
    load_government(units)
    say(f"依职权和内部权力事项 {len(office)} 项，抽查名录 {load_registers(units, office)} 条")
    say(f"服务点：县内 {load_places(units, seed=seed)} 处分中心、乡镇和村级服务点")
    say(f"大厅取号：{load_hall()} 类业务")
    say(f"中介机构：{load_agencies()} 家")
    say(f"收费目录：{load_fees(lambda organ: units[COUNTY, organ])} 项")
    say(f"情形引导：{citizens.define()} 项事项")
    say(f"检索：{index_matters(lists.matters, on)} 项事项可以查到")
    say(f"权责清单：{load_powers(on)} 项权力")
    return Loaded(divisions, len(units.rows), len(masters), len(lists.matters), county, len(people.accounts))


def publish_charts() -> dict[str, Definition]:
    """Publishes the charts of the service hall; key → definition. The same files again change nothing."""
    for key in _KEYS:
        publish(key=key, xml=(_FLOWS / f"{key}.bpmn").read_text(encoding="utf-8"), by=SYSTEM.by())
    return {d.key: d for d in Definition.objects.filter(key__in=_KEYS).order_by("key")}
