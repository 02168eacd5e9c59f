"""A city with the gates of its list: justice bureau, staffing office, the county's leader."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.city import START, City, make_city
from zhengwu.kernel.cases.tests.world import person, unit
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import Power
from zhengwu.lib.now import travel


@pytest.fixture
def city(db: None) -> Iterator[City]:
    with travel(START):
        yield gated(make_city())


def gated(made: City) -> City:
    """Adds who keeps the gates of 临溪县, one township under its bureau, and a staffing officer of another county."""
    lin, yun = Division.objects.get(code="519921"), Division.objects.get(code="519922")
    made.people["lawyer"] = person("lawyer", "方知行", unit("临溪县司法局", lin), "legal")
    made.people["staffing"] = person("staffing", "秦守正", unit("中共临溪县委机构编制委员会办公室", lin), "staffing")
    made.people["staffing_yun"] = person("staffing_yun", "许守法", unit("云门县委编办", yun), "staffing")
    made.organs["county"] = unit("临溪县人民政府", lin, kind="area")
    made.people["mayor"] = person("mayor", "高县长", made.organs["county"], "leader")
    made.organs["town"] = unit("梅子镇人民政府", lin, parent=made.organs["lin"], kind="township")
    return made


def power_of(city: City, chart: str = "promised", county: str = "lin") -> Power:
    matter = city.matters[county, chart]
    matter.refresh_from_db()
    assert matter.power is not None
    return matter.power


def content(city: City, **more: Any) -> dict[str, Any]:
    """A complete content, as the form's fields clean it."""
    from zhengwu.kernel.matters.powers import blank

    area: Unit = city.organs["county"]
    return blank("01") | {
        "name": "小餐饮登记", "exercise": "登记小餐饮", "chart": "standard", "limit_n": 10,
        "duties": "受理、审查、决定", "accountability": "违法实施的依法追责", "leader_unit": area.pk,
        "leader_title": "分管副县长",
        "bases": [{"law": "中华人民共和国食品安全法", "article": "第三十六条", "text": "", "valid_from": None,
                   "valid_to": None}],
    } | more
