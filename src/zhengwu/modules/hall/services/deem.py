"""Deemed acceptance: five working days without a word to the applicant, and the application is accepted (§32(4))."""

from zhengwu.kernel.cases.api import act, sweep_lights
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.lib.now import now
from zhengwu.lib.periodic import each
from zhengwu.modules.hall.application import KIND


def accept_deemed(limit: int = 200) -> int:
    """Accepts what was neither accepted, refused nor sent back in time; dated back to the day of receipt.

    The lights are swept first, so that the breach stands on the record before its consequence. Returns how many.
    """
    sweep_lights()
    late = Step.objects.open().filter(kind="precheck", due_at__lte=now(), case__kind=KIND).order_by("due_at")
    return each(list(late.values_list("pk", flat=True)[:limit]), _accept, name="hall.deemed")


def _accept(step_id: int) -> None:
    """Refused as closed when a clerk was faster between the list and the lock."""
    act(step_id=step_id, action="accept", by=SYSTEM, opinion="逾期未告知，依法视为受理")
