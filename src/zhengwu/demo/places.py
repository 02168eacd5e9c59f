"""Where the full county serves its people: branches, township windows, village agents; and how far windows may go."""

from collections.abc import Iterable

from zhengwu.demo.accounts import CITY, COUNTY, VILLAGE
from zhengwu.demo.people import Names, People
from zhengwu.demo.tables import DivisionRow, divisions
from zhengwu.demo.units import Units
from zhengwu.kernel.directory.api import Role
from zhengwu.kernel.directory.models import Account, Appointment
from zhengwu.kernel.matters.models import Matter, ServicePoint, Window
from zhengwu.modules.counter.services.points import hours_words

OFFICE = [{"days": "12345", "from": "09:00", "to": "12:00"}, {"days": "12345", "from": "13:00", "to": "17:00"}]
SATURDAY = [*OFFICE, {"days": "6", "from": "09:00", "to": "12:00"}]
VILLAGE_HOURS = [{"days": "135", "from": "08:30", "to": "11:30"}, {"days": "24", "from": "14:00", "to": "17:00"}]
_BRANCHES = (("不动产登记分中心", "real_estate", "高桥街道朝阳路66号"),
             ("社会保障分中心", "labour", "玉带街道滨河路12号"),
             ("公安出入境户政分中心", "police", "高桥街道文化路9号"))
EVERYDAY = ("社会保障卡", "养老保险", "补贴", "证明", "救助", "残疾", "生育", "小经营店", "老年", "就业", "低保")
"""Words in the names of what people ask for near home."""
_VILLAGES_A_TOWN = 2
_TOWN_MATTERS, _VILLAGE_MATTERS = 60, 24
_Level = ServicePoint.Level


def load_places(units: Units, *, seed: int) -> int:
    """Writes the county's branches, townships' and villages' points with clerks and agents; returns how many."""
    _authorities()
    city = ServicePoint.objects.get(division_id=CITY)
    centres = ServicePoint.objects.filter(level=_Level.COUNTY).exclude(pk=city.pk)
    ServicePoint.objects.filter(pk=city.pk).update(level=_Level.CITY, open_hours=SATURDAY, hours_text=_words(SATURDAY))
    centres.update(parent=city, open_hours=OFFICE, hours_text=_words(OFFICE))
    county = centres.get(division_id=COUNTY)
    people = People(Names(seed + 7))
    points = [*_branches(units, county), *_townships(units, county, people)]
    Account.objects.bulk_create(people.accounts, batch_size=500)
    Appointment.objects.bulk_create(people.posts, batch_size=500)
    return len(points)


def _words(hours: list[dict[str, str]]) -> str:
    return "；".join(hours_words(hours))


def _authorities() -> None:
    """一审一核: what is done on the spot is left to the window whole, the complete matters' acceptance too."""
    rows = Matter.objects.filter(division_id=COUNTY).applied_for()
    authority = Matter.WindowAuthority
    rows.filter(kind=Matter.Kind.INSTANT).update(window_authority=authority.DECIDE)
    rows.filter(complete=True).exclude(kind=Matter.Kind.INSTANT).update(window_authority=authority.ACCEPT)


def _matters(**where: object) -> list[Matter]:
    return list(Matter.objects.filter(division_id=COUNTY, **where).order_by("code"))


def _branches(units: Units, county: ServicePoint) -> list[ServicePoint]:
    made = []
    for name, organ, address in _BRANCHES:
        if (COUNTY, organ) not in units.by_key:
            continue
        owner = units[COUNTY, organ]
        offered = _matters(unit=owner)
        if not offered:
            continue
        point = ServicePoint.objects.create(
            name=f"临溪县政务服务中心{name}", division_id=COUNTY, unit=county.unit, parent=county, level=_Level.BRANCH,
            address=f"临溪县{address}", phone=owner.phone, open_hours=OFFICE, hours_text=_words(OFFICE))
        point.offered.set(offered)
        Window.objects.bulk_create([Window(point=point, number=f"{n:02d}", name=f"{name[:-3]}{n}号综合窗",
                                           unit=owner) for n in (1, 2, 3)])
        made.append(point)
    return made


def _near() -> list[Matter]:
    """What is asked for near home: matters of persons that are done on the spot, everyday ones first."""
    rows = _matters(kind=Matter.Kind.INSTANT, master__for_person=True)
    return sorted(rows, key=lambda m: (not any(word in m.name for word in EVERYDAY), m.code))


def _townships(units: Units, county: ServicePoint, people: People) -> list[ServicePoint]:
    near, made = _near(), []
    for town in _of_level(5):
        unit = units[town.code, "township"]
        point = ServicePoint.objects.create(
            name=f"{town.name}便民服务中心", division_id=town.code, unit=unit, parent=county, level=_Level.TOWNSHIP,
            address=f"临溪县{town.name}政府大院一楼", phone=unit.phone, open_hours=SATURDAY,
            hours_text=_words(SATURDAY))
        point.offered.set(near[:_TOWN_MATTERS])
        Window.objects.bulk_create([Window(point=point, number="1", name="社会保障窗口", unit=unit),
                                    Window(point=point, number="2", name="综合窗口", unit=unit)])
        people.hire(unit, Role.CLERK, f"{town.code}.point", "便民服务中心综合窗口", 2)
        made += [point, *_villages(units, town, point, people, near[:_VILLAGE_MATTERS])]
    return made


def _villages(
    units: Units, town: DivisionRow, point: ServicePoint, people: People, offered: list[Matter]
) -> list[ServicePoint]:
    made = []
    below = [v for v in _of_level(6) if v.parent == town.code]
    wanted = below if VILLAGE.startswith(town.code) else below[:_VILLAGES_A_TOWN]
    for village in wanted:
        unit = units[village.code, "village"]
        kept = ServicePoint.objects.create(
            name=f"{village.name}代办点", division_id=village.code, unit=unit, parent=point, level=_Level.VILLAGE,
            address=f"临溪县{town.name}{village.name}党群服务中心", phone=unit.phone, open_hours=VILLAGE_HOURS,
            hours_text=_words(VILLAGE_HOURS))
        kept.offered.set(offered)
        if village.code != VILLAGE:
            people.hire(unit, Role.AGENT, f"{village.code}.point", "村级代办员")
        made.append(kept)
    return made


def _of_level(level: int) -> Iterable[DivisionRow]:
    return [d for d in divisions() if d.level == level and d.code.startswith(COUNTY)]
