"""The calendar changed: cases and their open steps show the new day."""

from typing import Any

from django.dispatch import receiver

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.write import SHOWN, refresh_due, set_due
from zhengwu.kernel.clock.models import ClockState
from zhengwu.kernel.clock.services.recompute import Moved
from zhengwu.kernel.clock.signals import moved, moving
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.ledger.api import Entry, append


@receiver(moving)
def lock_cases(subjects: list[str], **_: Any) -> None:
    """Cases before clocks, the order of an act."""
    numbers = sorted({s.split("#")[0] for s in subjects})
    list(Case.objects.select_for_update().filter(number__in=numbers).order_by("pk").values_list("pk", flat=True))


@receiver(moved)
def show_new_day(moved: list[Moved], **_: Any) -> None:
    """The stored due day follows its clock, and the ledger says from when to when."""
    for change in moved:
        row = change.clock
        number, token = row.subject.split("#")[0], "#" in row.subject
        case = Case.objects.filter(number=number).first()
        if case is None:
            continue
        if row.state == ClockState.RUNNING and (token or row.kind in SHOWN):
            set_due(case, [row])
            case.revision += 1
            case.save(update_fields=["due_at", "warn_at", "revision"])
            refresh_due(case, list(case.steps.filter(closed_at=None)))
        append(
            number,
            SYSTEM.by(),
            [
                Entry(
                    "clock.moved",
                    {
                        "clock": row.kind,
                        "subject": row.subject,
                        "before": change.due_before.isoformat(),
                        "after": row.due_at.isoformat(),
                    },
                )
            ],
        )
