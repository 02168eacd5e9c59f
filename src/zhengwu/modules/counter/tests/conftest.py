"""A county with a centre, a township window and a village agent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from tests.city import START, City, make_city
from zhengwu.kernel.cases.api import ask_mandate, give_mandate
from zhengwu.kernel.cases.models import Mandate
from zhengwu.kernel.cases.services.mandates import consent_code
from zhengwu.kernel.cases.tests.world import person, unit
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.matters.models import Material, Matter, ServicePoint, Window
from zhengwu.lib.now import travel

NUMBER, PHONE = "11010519491231002X", "13800000009"
VILLAGER = {"grantor_name": "王大娘", "grantor_id": NUMBER, "grantor_phone": PHONE}


@dataclass
class Counters:
    """The city, and in 临溪县 a township's and a village's point; ``who`` signs a client in."""

    city: City
    matter: Matter
    required: Material
    centre: ServicePoint
    town: ServicePoint
    village: ServicePoint
    window: Window
    clients: dict[str, Client] = field(default_factory=dict)

    def who(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = Client()
            self.clients[name].force_login(self.city.people[name])
        return self.clients[name]

    def typed(self, **more: Any) -> dict[str, Any]:
        """An entry as the page sends it."""
        return {"key": "k1", "person-name": "王大娘", "person-number": NUMBER, "person-phone": PHONE,
                "shop": "李记面馆", f"way-{self.required.pk}": "paper", "go": "finish", **more}

    def consent(self, who: str = "agent", **more: Any) -> Mandate:
        actor = self.city.actor(who)
        mandate = ask_mandate(**{"by": actor, "evidence": "sms", **VILLAGER, **more})
        return give_mandate(mandate_id=mandate.pk, by=actor, code=consent_code(mandate))


@pytest.fixture
def at(db: None) -> Iterator[Counters]:
    with travel(START):
        city = make_city()
        matter = city.matters["lin", "instant"]
        Matter.objects.filter(pk=matter.pk).update(
            window_authority="decide", conditions="1. 有店面。", procedure="1. 申请。")
        matter.refresh_from_db()
        required = Material.objects.create(matter=matter, name="场所证明", required=True, order=2)
        county = Division.objects.get(code="519921")
        town = Division.objects.create(code="519921101", name="梅子镇", level=5, parent=county)
        village = Division.objects.create(code="519921101200", name="李子坪村", level=6, parent=town)
        hall, committee = unit("临溪县梅子镇人民政府", town), unit("李子坪村村民委员会", village, kind="village")
        people = city.people
        people["clerk2_lin"] = person("clerk2_lin", "钱同事", city.centres["lin"], "clerk")
        people["clerk_town"] = person("clerk_town", "孙镇窗", hall, "clerk")
        people["agent"] = person("agent", "杜长根", committee, "agent")
        people["rival"] = person("rival", "别村代办", unit("石龙村村民委员会", village, kind="village"), "agent")
        people["centre_lin"] = person("centre_lin", "许中心", city.centres["lin"], "centre")
        people["centre_yun"] = person("centre_yun", "云中心", city.centres["yun"], "centre")
        people["owner"] = person("owner", "王大娘", kind="citizen")
        set_identity(people["owner"], citizen_id=NUMBER)
        type(people["citizen"]).objects.filter(username="citizen").update(id_index=None)
        people["owner"].save()
        centre = matter.point
        points = {}
        for level, where, of, above in (("township", town, hall, centre), ("village", village, committee, None)):
            points[level] = ServicePoint.objects.create(
                name=f"{where.name}服务点", division=where, unit=of, level=level, address=f"{where.name}1号",
                parent=above or points["township"], open_hours=[{"days": "12345", "from": "09:00", "to": "17:00"}])
            points[level].offered.add(matter)
        window = Window.objects.create(point=centre, number="07", name="市场监管窗口", unit=city.organs["lin"])
        yield Counters(city, matter, required, centre, points["township"], points["village"], window)
