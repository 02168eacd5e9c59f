"""Window autonomy measured (requirement 17): what units brought into the hall and let their windows decide."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Avg, Count, Exists, OuterRef, Q

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment, Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Matter, ServicePoint
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Invalid, NotFound

SUPERVISING = (Role.INSPECTOR, Role.CENTRE)
"""Posts that watch over the windows: who holds one may not decide at one."""
AFTERWARDS = ("issue", "deliver", "publish", "archive")
"""Kinds of step after the decision: where they are done does not tell who decided."""
DECIDING = Matter.WindowAuthority.DECIDE


@dataclass(slots=True)
class UnitLine:
    """Counts of a unit; shares are None where there is nothing to divide by."""

    unit_id: int
    name: str
    matters: int = 0
    present: int = 0
    authority: int = 0
    deciding: int = 0
    journeys: float = 0.0
    decided: int = 0
    in_hall: int = 0

    @property
    def presence(self) -> float | None:
        """进驻率: matters with a window in the hall."""
        return self.present / self.matters if self.matters else None

    @property
    def power(self) -> float | None:
        """授权率: matters whose window may accept or decide."""
        return self.authority / self.matters if self.matters else None

    @property
    def on_the_spot(self) -> float | None:
        """大厅办结率: decided cases no step of which left the hall before the decision."""
        return self.in_hall / self.decided if self.decided else None


def by_unit(point: ServicePoint) -> list[UnitLine]:
    """Units with published matters in the point's area, those with most matters first: three queries."""
    matters = Matter.objects.in_force(today()).applied_for().filter(division_id=point.division_id)
    rows = matters.order_by().values_list("unit_id").annotate(
        n=Count("id"), n_present=Count("id", filter=Q(window__point=point)),
        n_authority=Count("id", filter=~Q(window_authority=Matter.WindowAuthority.NONE)),
        n_deciding=Count("id", filter=Q(window_authority=DECIDING)), n_visits=Avg("visits"))
    found = {pk: UnitLine(pk, "", *numbers) for pk, *numbers in rows}
    before = Step.objects.filter(case=OuterRef("pk"), unit__isnull=False).exclude(kind__in=AFTERWARDS)
    outside = before.exclude(unit_id=point.unit_id)
    decided = Case.objects.filter(division_id=point.division_id, kind="application", decided_at__isnull=False)
    counts = decided.annotate(left=Exists(outside)).order_by().values_list("unit_id").annotate(
        n=Count("id"), n_hall=Count("id", filter=Q(left=False)))
    for pk, number, hall in counts:
        line = found.setdefault(pk, UnitLine(pk, ""))
        line.decided, line.in_hall = number, hall
    for pk, name in Unit.objects.filter(pk__in=found).values_list("pk", "name"):
        found[pk].name = name
    return sorted(found.values(), key=lambda line: (-line.matters, line.name))


def conflicts(point: ServicePoint) -> list[tuple[str, str]]:
    """Who decides at a window of the point and supervises as well: name and the two posts. Should be empty."""
    supervising = Appointment.objects.filter(account=OuterRef("account"), role__in=SUPERVISING, valid_to=None)
    rows = Appointment.objects.filter(unit_id=point.unit_id, role=Role.CLERK, valid_to=None).filter(Exists(supervising))
    return [(row.account.name, "窗口人员，同时担任监察或者大厅管理") for row in rows.select_related("account")]


@transaction.atomic
def set_authority(*, matter_id: int, authority: str, by: Actor) -> Matter:
    """What the department leaves to its window, recorded by the centre. Final authority (终审权) is refused while one
    of the hall's clerks also supervises: 决定和监督分离. Raises Conflict naming who."""
    matter = Matter.objects.select_for_update(of=("self",)).select_related("point", "window__point").filter(
        pk=matter_id, point__unit_id__in=by.unit_ids(Role.CENTRE)).first()
    if matter is None:
        raise NotFound("no-such-matter", "没有这个事项，或者不在您的大厅办理", "no such matter here")
    if authority not in Matter.WindowAuthority.values:
        raise Invalid({"authority": "请选择窗口权限"})
    if authority != Matter.WindowAuthority.NONE and matter.window is None:
        raise Conflict("no-window", "事项还没有进驻窗口，不能授权", "the matter has no window")
    if authority == DECIDING and (both := conflicts(matter.point)):
        names = "、".join(name for name, _ in both)
        raise Conflict("decides-and-supervises", f"{names}既在窗口决定又承担监督，决定和监督须分开，请先调整岗位",
                       "the deciding post also supervises")
    before, matter.window_authority = matter.window_authority, authority
    matter.save(update_fields=["window_authority"])
    append(f"matter:{matter.code}", by.by(), [Entry("matter.window-authority", {"before": before, "after": authority})])
    return matter
