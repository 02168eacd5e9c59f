"""Setting when an office is open."""

from collections.abc import Sequence

from django.db import transaction

from zhengwu.kernel.clock.book import changed
from zhengwu.kernel.clock.models import OfficeHoursRow
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.problem import Problem

Week = Sequence[Sequence[Sequence[str]]]


def set_office_hours(*, name: str, hours: Week, actor: Actor, unit_id: int | None = None) -> OfficeHoursRow:
    """Sets the hours of a unit, or (``unit_id=None``) of all without own: Monday to Sunday, ``[["09:00",
    "17:00"]]``.

    Clocks in working hours that run already keep their dates. Raises ``Problem('office-hours-invalid')``.
    """
    with transaction.atomic():
        row, _ = OfficeHoursRow.objects.update_or_create(
            unit_id=unit_id, defaults={"name": name, "hours": [[list(span) for span in day] for day in hours]})
        try:
            row.value()
        except ValueError:
            raise Problem("office-hours-invalid", "办公时间应写作 09:00", "hours are written 09:00",
                          field="hours") from None
        changed()
        append("calendar/hours", actor.by(), [Entry("calendar.hours", {"name": name, "unit": unit_id,
                                                                       "hours": row.hours})])
    return row
