"""Opening a case that stands on no matter of the lists: a complaint, a rectification, a report."""

from collections.abc import Iterable, Mapping
from typing import Any

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.rows import draw
from zhengwu.kernel.cases.services.open import Door, Handed, Joining, begin, opened_before
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account, Unit
from zhengwu.kernel.flow.models import Definition, Version
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, NotFound
from zhengwu.lib.uploads import refuse_secret_data, refuse_secret_text

OFFICE = Door(channel=Case.Channel.OFFICE)


def open_own(
    *,
    kind: str,
    chart: str,
    title: str,
    unit: Unit,
    by: Actor,
    applicant: Account | None = None,
    applicant_name: str = "",
    form: Mapping[str, Any] | None = None,
    units: Iterable[Unit] = (),
    materials: Iterable[Handed] = (),
    parties: Iterable[Joining] = (),
    door: Door = OFFICE,
    key: str = "",
) -> Case:
    """Opens a case of ``kind`` at ``unit`` on the published version of the chart with key ``chart``.

    ``form`` has been checked by the caller against what its kind asks; ``units`` take part besides ``unit`` (a step
    for "window" goes to the unit of ``door.point``). ``key`` makes a repeated call harmless. Raises NotFound for a
    chart that is not there, Conflict for one not published, Problem for text that may not be kept.
    """
    earlier = opened_before(applicant, door.clerk, key)
    if earlier is not None:
        return earlier
    definition = Definition.objects.filter(key=chart).first()
    if definition is None:
        raise NotFound("no-such-chart", f"没有流程图“{chart}”", "no such chart")
    data = dict(form or {})
    refuse_secret_text(title, field="title")
    refuse_secret_data(data, field="form")
    try:
        pk, version = draw(definition.pk)
    except Version.DoesNotExist as error:
        raise Conflict("chart-not-published", "流程图尚未公布，不能办理", "the chart is not published") from error
    members = {unit.pk, *(u.pk for u in units), *([door.point.unit_id] if door.point else [])}
    case = Case(
        id=pk,
        kind=kind,
        title=title,
        division_id=unit.division_id,
        unit=unit,
        unit_ids=sorted(members),
        applicant=applicant,
        applicant_name=applicant_name,
        form=data,
        state=kinds.get(kind).first_state,
        version=version,
        opened_at=now.now(),
        open_key=key or None,
        channel=door.channel,
        point=door.point,
        window=door.window,
        taken_by=door.clerk,
    )
    return begin(case, by=by, handed=materials, parties=parties)
