"""Reading the lists of matters. Everything here is public."""

from datetime import date

from django.db.models import Q

from zhengwu.kernel.matters.models import Matter, Power
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
    """Published matters in force, by any mixture of filters; ordered by pinyin. ``audience``: person | enterprise.

    What the office does of itself (依职权) nobody applies for: such matters come only when their ``type`` is asked for.
    """
    rows = Matter.objects.in_force(on or today()).with_guide()
    if division:
        rows = rows.filter(division_id=division)
    if unit_id:
        rows = rows.filter(unit_id=unit_id)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.filter(master__type=type) if type else rows.applied_for()
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


def require_power(power: Power | None, unit_id: int, on: date) -> None:
    """The power must be published and in force on ``on``, and that unit's own. Raises Conflict with the reason."""
    if power is None:
        raise Conflict("power-not-listed", "该事项没有列入权责清单，不能办理", "no power stands behind this")
    if power.unit_id != unit_id:
        raise Conflict("power-of-another-unit", f"“{power.name}”不是本单位的权力，不能由本单位办理",
                       "the power belongs to another unit")
    if power.valid_from is None:
        raise Conflict("power-not-published", f"权力事项“{power.name}”尚未公布，不能办理",
                       "the power has not been published")
    if on < power.valid_from:
        raise Conflict("power-not-begun", f"权力事项“{power.name}”自{power.valid_from:%Y-%m-%d}起生效，现在不能办理",
                       "the power is not in force yet")
    if power.valid_to is not None and power.valid_to <= on:
        raise Conflict("power-ended", f"权力事项“{power.name}”{power.get_status_display()}"
                       f"（{power.valid_to:%Y-%m-%d}起），不能再办理", "the power has ended")
    if power.basis_to is not None and power.basis_to <= on:
        raise Conflict("power-without-basis", f"权力事项“{power.name}”的设定依据自{power.basis_to:%Y-%m-%d}起全部失效，"
                       "不能办理", "no law carries the power any more")


def require_runnable(matter: Matter, on: date) -> None:
    """A matter runs when it and the power behind it are published and in force on the day for its unit
    (requirement 3). Every door calls this before a case begins; one already running goes on. Raises Conflict."""
    if matter.status != Matter.Status.PUBLISHED:
        raise Conflict("matter-not-published", "该事项未公布，不能办理", "the matter is not published")
    if not (matter.valid_from <= on and (matter.valid_to is None or on < matter.valid_to)):
        raise Conflict(
            "matter-not-in-force", "该事项在该日不在有效期内，不能办理", "the matter is not in force on that day"
        )
    # Read anew: whoever holds ``matter`` may have loaded its power before somebody ended it.
    require_power(Power.objects.filter(pk=matter.power_id).first(), matter.unit_id, on)


def refusal(matter: Matter, on: date) -> Conflict | None:
    """Why no case can begin on the matter that day, or None: for pages that say so before anybody fills in a form."""
    try:
        require_runnable(matter, on)
    except Conflict as reason:
        return reason
    return None
