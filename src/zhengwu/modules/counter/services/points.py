"""Service points kept by the centre: opened, described, switched off and on; their windows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Matter, ServicePoint, Window
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound

Level = ServicePoint.Level
RANK = {Level.CITY: 0, Level.COUNTY: 1, Level.BRANCH: 2, Level.TOWNSHIP: 3, Level.VILLAGE: 4}
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_HOURS = re.compile(r"([1-7]{1,7}) (\S+)-(\S+)")


@dataclass(frozen=True)
class PointFacts:
    """What the form says. ``hours``: lines like ``12345 09:00-12:00`` (1 Monday)."""

    name: str
    level: str
    division: Division | None
    unit: Unit | None
    address: str
    phone: str = ""
    hours: str = ""
    offered: Iterable[Matter] = field(default_factory=tuple)


def may_keep(actor: Actor, point: ServicePoint) -> bool:
    """The centre of the area keeps its points."""
    return any(point.division_id.startswith(prefix) for prefix in actor.division_prefixes(Role.CENTRE))


def access_kept(actor: Actor, pk: int) -> ServicePoint:
    """A point the actor keeps. Raises NotFound."""
    point = ServicePoint.objects.select_related("division", "unit", "parent").filter(pk=pk).first()
    if point is None or not may_keep(actor, point):
        raise NotFound("no-such-point", "没有这个服务点", "no such point")
    return point


def parse_hours(text: str) -> list[dict[str, str]]:
    """The lines as the model keeps them. Raises ValueError naming the wrong line."""
    rows = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        found = _HOURS.fullmatch(re.sub(r"\s+", " ", line))
        if not found or not _TIME.fullmatch(found[2]) or not _TIME.fullmatch(found[3]) or found[2] >= found[3]:
            raise ValueError(line)
        rows.append({"days": "".join(sorted(set(found[1]))), "from": found[2], "to": found[3]})
    return rows


def hours_words(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """周一至周五 09:00–12:00、13:00–17:00 …, the same days on one line."""
    spans: dict[str, list[str]] = {}
    for row in rows:
        spans.setdefault(row["days"], []).append(f"{row['from']}–{row['to']}")
    return [f"{_days(days)} {'、'.join(times)}" for days, times in spans.items()]


def _days(days: str) -> str:
    names = "一二三四五六日"
    if len(days) > 2 and days in "1234567":
        return f"周{names[int(days[0]) - 1]}至周{names[int(days[-1]) - 1]}"
    return "、".join(f"周{names[int(day) - 1]}" for day in days)


@transaction.atomic
def save_point(
    *, by: Actor, facts: PointFacts, point: ServicePoint | None = None, parent: ServicePoint | None = None
) -> ServicePoint:
    """Opens a point below ``parent``, or changes ``point``. Raises Invalid by field, Denied."""
    above = point.parent if point is not None else parent
    hours, errors = _checked(facts, above)
    if errors:
        raise Invalid(errors)
    row = point or ServicePoint(parent=parent)
    assert facts.division is not None and facts.unit is not None
    row.name, row.level, row.address, row.phone = facts.name, facts.level, facts.address, facts.phone
    row.division, row.unit, row.open_hours = facts.division, facts.unit, hours
    row.hours_text = "；".join(hours_words(hours))[:80] or "工作日 09:00–17:00"
    if not may_keep(by, row) or (above is not None and not may_keep(by, above) and point is None):
        raise Denied("not-your-area", "只能管理本地区的服务点", "only points of your area")
    row.save()
    row.offered.set(facts.offered)
    _record(row, by, "point.saved", level=row.level, offered=row.offered.count())
    return row


def _checked(facts: PointFacts, above: ServicePoint | None) -> tuple[list[dict[str, str]], dict[str, str]]:
    errors: dict[str, str] = {}
    hours: list[dict[str, str]] = []
    if not 2 <= len(facts.name) <= 80:
        errors["name"] = "请填写服务点名称（2至80字）"
    if facts.level not in Level.values:
        errors["level"] = "请选择层级"
    elif above is not None and RANK[Level(facts.level)] <= RANK[Level(above.level)]:
        errors["level"] = f"上级是{above.get_level_display()}，层级应当更低"
    if facts.division is None:
        errors["division"] = "请选择所在地区"
    if facts.unit is None:
        errors["unit"] = "请选择设立单位"
    if not facts.address or len(facts.address) > 200:
        errors["address"] = "请填写地址（200字以内）"
    if len(facts.phone) > 40:
        errors["phone"] = "电话不超过40字"
    try:
        hours = parse_hours(facts.hours)
    except ValueError as wrong:
        errors["hours"] = f"“{wrong}”写得不对，应像“12345 09:00-12:00”（1是周一）"
    return hours, errors


@transaction.atomic
def switch_point(*, by: Actor, point: ServicePoint, active: bool) -> ServicePoint:
    """Switches a point off (it takes nothing in any more) or on again. Raises Conflict while points below are on."""
    if not may_keep(by, point):
        raise NotFound("no-such-point", "没有这个服务点", "no such point")
    row = ServicePoint.objects.select_for_update().get(pk=point.pk)
    if row.active == active:
        return row
    if not active and row.children.filter(active=True).exists():
        raise Conflict("points-below", "下面还有启用的服务点，请先停用它们", "points below are still active")
    row.active = active
    row.save(update_fields=["active"])
    _record(row, by, "point.opened" if active else "point.closed")
    return row


@transaction.atomic
def add_window(*, by: Actor, point: ServicePoint, number: str, name: str, unit: Unit | None) -> Window:
    """One more window of a point. Raises Invalid."""
    if not may_keep(by, point):
        raise NotFound("no-such-point", "没有这个服务点", "no such point")
    errors = {}
    if not re.fullmatch(r"[0-9A-Z]{1,8}", number):
        errors["number"] = "窗口号用数字或大写字母，最多8位"
    if not 2 <= len(name) <= 80:
        errors["window_name"] = "请填写窗口名称"
    if unit is None:
        errors["window_unit"] = "请选择进驻单位"
    if errors or unit is None:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            window = Window.objects.create(point=point, number=number, name=name, unit=unit)
    except IntegrityError as error:
        raise Invalid({"number": f"{number}号窗口已经有了"}) from error
    _record(point, by, "point.window", number=number)
    return window


def _record(point: ServicePoint, by: Actor, kind: str, **facts: Any) -> None:
    append(f"point:{point.pk}", by.by(), [Entry(kind, {"name": point.name, **facts})])
