"""Which points and windows somebody works at: every page of the desk begins here."""

import hmac

from zhengwu.kernel.directory.api import Actor, Role, blind_index
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound


def points_of(actor: Actor, *roles: str) -> list[ServicePoint]:
    """The points whose unit the actor serves in one of ``roles``, in order of their id."""
    return list(ServicePoint.objects.filter(unit_id__in=actor.unit_ids(*roles), active=True).order_by("id"))


def point_of(actor: Actor, wanted: str | None, *roles: str) -> ServicePoint:
    """The point the address names, else the first. Raises NotFound where the actor has none."""
    found = points_of(actor, *roles)
    chosen = next((p for p in found if p.pk == whole(wanted)), None) if wanted else next(iter(found), None)
    if chosen is None:
        raise NotFound("no-such-point", "没有您管理的服务大厅", "no such service point")
    return chosen


def open_point(pk: int) -> ServicePoint:
    """A point anybody may take a number at. Raises NotFound."""
    point = ServicePoint.objects.select_related("unit").filter(pk=pk, active=True).first()
    if point is None or not point.lanes.filter(active=True).exists():
        raise NotFound("no-such-point", "没有这个服务大厅，或者不取号", "no such service point")
    return point


def window_of(actor: Actor, pk: int) -> Window:
    """A window of a point where the actor is a clerk. Raises NotFound."""
    window = Window.objects.select_related("point", "unit").filter(
        pk=pk, point__unit_id__in=actor.unit_ids(Role.CLERK)).first()
    if window is None:
        raise NotFound("no-such-window", "没有这个窗口", "no such window")
    return window


def kiosk_key(point: ServicePoint) -> str:
    """What makes the address of a point's kiosk unguessable: numbers are given out there without asking who."""
    return blind_index(str(point.pk), "kiosk")[:20]


def require_kiosk(pk: int, key: str) -> ServicePoint:
    """The point of a kiosk's address. Raises NotFound."""
    point = open_point(pk)
    if not hmac.compare_digest(kiosk_key(point).encode(), key.encode()):
        raise NotFound("no-such-kiosk", "没有这台取号机", "no such kiosk")
    return point
