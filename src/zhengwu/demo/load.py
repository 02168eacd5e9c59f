"""Builds the demo city 金效市: the same every time for the same seed and day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from django.db import transaction

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.calendar import load_calendar, load_office_hours
from zhengwu.demo.lists import load_masters
from zhengwu.demo.matters import CHARTS, load_lists
from zhengwu.demo.people import load_people
from zhengwu.demo.searching import index_matters
from zhengwu.demo.units import load_divisions, load_units
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.models import Definition

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
    people = load_people(units, lists.matters, lists.windows, password=password, seed=seed)
    say(f"人员 {len(people.accounts)} 名，岗位 {len(people.posts)} 个")
    say(f"检索：{index_matters(lists.matters, on)} 项事项可以查到")
    return Loaded(divisions, len(units.rows), len(masters), len(lists.matters), county, len(people.accounts))


def publish_charts() -> dict[str, Definition]:
    """Publishes the charts of the service hall; key → definition. The same files again change nothing."""
    for key in _KEYS:
        publish(key=key, xml=(_FLOWS / f"{key}.bpmn").read_text(encoding="utf-8"), by=SYSTEM.by())
    return {d.key: d for d in Definition.objects.filter(key__in=_KEYS).order_by("key")}
