"""The basic list, and which of its matters each place implements."""

import random
from collections.abc import Iterable

from zhengwu.demo import codes, guides
from zhengwu.demo.accounts import CITY, COUNTY
from zhengwu.demo.tables import DivisionRow, MasterRow, OrganRow, complete, divisions, masters, organs
from zhengwu.demo.units import Units
from zhengwu.kernel.matters.models import MasterMatter

CITY_MATTERS = 80
_COUNTY_RANGE = (20, 40)


def organ_of(row: MasterRow) -> OrganRow:
    return next(o for o in organs() if o.key == row.organ)


def load_masters() -> dict[str, MasterMatter]:
    """Writes the basic list; name → row."""
    written: list[MasterMatter] = []
    counted: dict[tuple[str, str], int] = {}
    for row in masters():
        organ = organ_of(row)
        number = counted[row.organ, row.type] = counted.get((row.organ, row.type), 0) + 1
        detail = complete().get(row.name)
        written.append(MasterMatter(
            code=codes.basic_code(row.type, organ.number, number), name=row.name, type=row.type, field=field_of(organ),
            basis=detail["basis"] if detail else guides.basis(row, organ), lawful_days=row.lawful,
            for_person=row.person, for_enterprise=row.enterprise, theme=row.theme,
        ))
    MasterMatter.objects.bulk_create(written)
    return {m.name: m for m in written}


def field_of(organ: OrganRow) -> str:
    """业务领域: the department as the city calls it, without 市."""
    return organ.city_short.removeprefix("市")


def choose(place: DivisionRow, units: Units, rng: random.Random) -> list[MasterRow]:
    """What ``place`` implements: the full county its 529, the city about 80, the other counties 20 to 40 each.

    The complete matters stay with the full county; matters a county's own approval is named in do not go to the city.
    """
    if place.code == COUNTY:
        return [row for row in masters() if row.county]
    open_rows = [row for row in masters()
                 if row.name not in complete() and (place.code, row.organ) in units.by_key
                 and not (place.code == CITY and any(word in row.name for word in ("县级", "乡", "村")))]
    wanted = CITY_MATTERS if place.code == CITY else rng.randint(*_COUNTY_RANGE)
    return sorted(rng.sample(open_rows, wanted), key=lambda row: row.name)


def places() -> Iterable[DivisionRow]:
    """City and counties: where matters are implemented."""
    return [row for row in divisions() if row.level in (3, 4)]
