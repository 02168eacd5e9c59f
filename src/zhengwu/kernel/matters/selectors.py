"""Reading the lists of matters. Everything here is public."""

from datetime import date

from django.db.models import Q

from zhengwu.kernel.matters.models import Matter
from zhengwu.kernel.matters.models.matter import MatterQuerySet
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, NotFound


def find(
    *,
    division: str = "",
    unit_id: int | None = None,
    kind: str = "",
    type: str = "",
    audience: str = "",
    theme: str = "",
    on: date | None = None,
) -> MatterQuerySet:
    """Published matters in force, by any mixture of filters; ordered by pinyin. ``audience``: person | enterprise."""
    rows = Matter.objects.in_force(on or today()).with_guide()
    if division:
        rows = rows.filter(division_id=division)
    if unit_id:
        rows = rows.filter(unit_id=unit_id)
    if kind:
        rows = rows.filter(kind=kind)
    if type:
        rows = rows.filter(master__type=type)
    if theme:
        rows = rows.filter(master__theme=theme)
    if audience:
        rows = rows.filter(Q(master__for_person=True) if audience == "person" else Q(master__for_enterprise=True))
    return rows


def access_matter(code: str) -> Matter:
    """The guide of a published matter (also one no longer in force, which then says so). Raises NotFound."""
    matter = Matter.objects.with_guide().exclude(status=Matter.Status.DRAFT).filter(code=code).first()
    if matter is None:
        raise NotFound("no-such-matter", "没有这个事项，或者尚未公布", "no such matter, or not published")
    return matter


def require_runnable(matter: Matter, on: date) -> None:
    """A power that is not published and in force on the day runs through no door (requirement 3). Raises Conflict."""
    if matter.status != Matter.Status.PUBLISHED:
        raise Conflict("matter-not-published", "该事项未公布，不能办理", "the matter is not published")
    if not (matter.valid_from <= on and (matter.valid_to is None or on < matter.valid_to)):
        raise Conflict(
            "matter-not-in-force", "该事项在该日不在有效期内，不能办理", "the matter is not in force on that day"
        )
