"""Open limits that are near or over, within what an actor may see."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from zhengwu.kernel.cases.api import visible_to
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.models import Clock, ClockState, Light
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Unit

MOST = 5000
"""At most so many late or nearly late clocks of an inspector's area are looked at."""


@dataclass(frozen=True)
class Item:
    """One limit near or over: the clock, its case, and the step that holds the case now."""

    clock: Clock
    case: Case
    holder: str
    step: str


@dataclass(frozen=True)
class UnitRow:
    """A unit's open cases by light."""

    unit_id: int
    name: str
    open: int
    yellow: int
    red: int


def _late_clocks(actor: Actor, lights: Iterable[str]) -> list[Clock]:
    """The most overdue first, of units in the inspector's areas: the bound must not be used up by other counties."""
    area = Q(pk__in=[])
    for prefix in actor.division_prefixes(Role.INSPECTOR):
        area |= Q(division__code__startswith=prefix)
    units = Unit.objects.filter(area).values("pk")
    rows = Clock.objects.filter(state=ClockState.RUNNING, light__in=list(lights), unit_id__in=units)
    return list(rows.exclude(kind="step").order_by("due_at")[:MOST])


def items(actor: Actor, *, light: str = "", unit_id: int | None = None) -> list[Item]:
    """Yellow and red clocks of cases the actor may see, the longest overdue first; three queries."""
    found = _late_clocks(actor, [light] if light else [Light.YELLOW, Light.RED])
    cases = visible_to(actor).filter(number__in=[c.subject for c in found], closed_at=None).select_related("unit")
    if unit_id:
        cases = cases.filter(unit_id=unit_id)
    by_number = {case.number: case for case in cases}
    held: dict[int, Step] = {}
    for row in Step.objects.filter(case__in=by_number.values(), closed_at=None).select_related("unit"):
        held.setdefault(row.case_id, row)
    rows = []
    for clock in found:
        if case := by_number.get(clock.subject):
            step = held.get(case.pk)
            unit = step.unit.short_name if step and step.unit else "申请人" if step else "—"
            rows.append(Item(clock=clock, case=case, holder=unit, step=step.name if step else "—"))
    return rows


def by_unit(actor: Actor, moment: datetime) -> list[UnitRow]:
    """Open cases the actor may see, counted by owner unit and light; worst first."""
    total: Counter[int] = Counter()
    red: Counter[int] = Counter()
    yellow: Counter[int] = Counter()
    names: dict[int, str] = {}
    rows = visible_to(actor).filter(closed_at=None).values_list("unit_id", "unit__name", "warn_at", "due_at")
    for unit_id, name, warn_at, due_at in rows.iterator():
        names[unit_id] = name
        total[unit_id] += 1
        if due_at is not None and due_at <= moment:
            red[unit_id] += 1
        elif warn_at is not None and warn_at <= moment:
            yellow[unit_id] += 1
    table = [UnitRow(pk, names[pk], total[pk], yellow[pk], red[pk]) for pk in names]
    return sorted(table, key=lambda r: (-r.red, -r.yellow, -r.open, r.name))
