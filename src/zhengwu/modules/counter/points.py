"""Where somebody serves, and what may be asked for there."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.matters.models import Matter, ServicePoint, Window
from zhengwu.kernel.matters.models.matter import MatterQuerySet
from zhengwu.kernel.search.api import suggest
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, NotFound

CENTRES = (ServicePoint.Level.CITY, ServicePoint.Level.COUNTY, ServicePoint.Level.BRANCH)
"""Levels whose point offers everything of its division when nothing is listed."""
FOUND = 9


@dataclass(frozen=True)
class Place:
    """Where a walk-in is served: a point, and at a centre the window."""

    point: ServicePoint
    window: Window | None = None

    @property
    def label(self) -> str:
        return f"{self.point.name} {self.window.number}号窗口" if self.window else self.point.name


def serving(actor: Actor) -> QuerySet[ServicePoint]:
    """Active points at which ``actor`` is a clerk."""
    units = actor.unit_ids(Role.CLERK)
    return ServicePoint.objects.filter(active=True, unit_id__in=units).exclude(level=ServicePoint.Level.VILLAGE)


def carrying(actor: Actor) -> QuerySet[ServicePoint]:
    """Active village points whose agent ``actor`` is."""
    units = actor.unit_ids(Role.AGENT)
    return ServicePoint.objects.filter(active=True, unit_id__in=units, level=ServicePoint.Level.VILLAGE)


def place_of(actor: Actor, window_id: int | None) -> Place:
    """The place a clerk chose, or the first they serve at. Raises NotFound when there is none."""
    points = list(serving(actor).order_by("id"))
    if not points:
        raise NotFound("no-point", "您所在的单位没有启用的服务点，请联系政务中心管理人员", "no active point of yours")
    window = Window.objects.filter(pk=window_id or 0, point__in=points).select_related("point").first()
    return Place(window.point, window) if window else Place(points[0])


def offered(point: ServicePoint) -> MatterQuerySet:
    """Matters in force that may be asked for at ``point``."""
    rows = Matter.objects.in_force(today()).applied_for()
    if point.offered.exists():
        return rows.filter(offered_at=point)
    return rows.filter(division_id=point.division_id) if point.level in CENTRES else rows.none()


def require_offered(point: ServicePoint, matter: Matter) -> None:
    """Raises Conflict saying where to go when ``point`` does not take this matter in."""
    if not point.active:
        raise Conflict("point-closed", f"{point.name}已停用，不能收件", "the point is closed")
    if not offered(point).filter(pk=matter.pk).exists():
        where = f"请到{matter.point.name}办理" if matter.point_id != point.pk else "请先核对该事项是否有效"
        raise Conflict("not-offered-here", f"{point.name}不办理“{matter.name}”，{where}", "not offered at this point")


def pick(point: ServicePoint, words: str, clerk: Actor) -> list[Matter]:
    """At most FOUND matters of ``point``: by name or pinyin initials; without words what this clerk takes in most."""
    rows = offered(point).select_related("unit", "point")
    if words.strip():
        hits = suggest(words, kinds=["matter"], division=point.division_id[:6], limit=60)
        return _in_order(rows, [hit.key for hit in hits])
    recent = Case.objects.filter(taken_by_id=clerk.account_id, matter__isnull=False).order_by("-id")[:300]
    counted = (
        Case.objects.filter(pk__in=recent.values("pk")).values("matter__code").annotate(n=Count("id")).order_by("-n")
    )
    often = _in_order(rows, [row["matter__code"] for row in counted])
    missing = FOUND - len(often)
    first = Q(window_authority=Matter.WindowAuthority.DECIDE) | Q(complete=True)
    more = rows.exclude(pk__in=[m.pk for m in often]).filter(first).order_by("-window_authority", "sort_key")
    return [*often, *more[:missing]]


def _in_order(rows: MatterQuerySet, codes: Iterable[str]) -> list[Matter]:
    wanted = list(codes)
    found = {m.code: m for m in rows.filter(code__in=wanted)}
    return [found[code] for code in wanted if code in found][:FOUND]
