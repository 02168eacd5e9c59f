"""Boundary timers that are due fire through the flow; a late one finds no token and does nothing."""

from django.db import transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Timer
from zhengwu.kernel.cases.services.advance import advance, signers, variables
from zhengwu.kernel.cases.services.write import write
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.flow.api import Run, chart_of
from zhengwu.kernel.ledger.api import Entry
from zhengwu.lib.now import now
from zhengwu.lib.periodic import each


def fire_due(limit: int = 200) -> int:
    """Fires timers whose moment has come, each in its own transaction. Returns how many rows were dealt with."""
    rows = list(Timer.objects.filter(due_at__lte=now()).order_by("due_at", "id")[:limit])
    return each(rows, fire, name="cases.timers")


@transaction.atomic
def fire(timer: Timer) -> None:
    """One timer: locks the case, lets the flow decide, writes what follows, forgets the timer."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("matter__master", "matter__point", "unit", "version__definition")
        .get(pk=timer.case_id)
    )
    if not Timer.objects.filter(pk=timer.pk).delete()[0]:
        return
    chart = chart_of(case.version_id)
    deed = Deed(case=case, chart=chart, actor=SYSTEM, at=now(), action="timer", steps=list(case.steps.order_by("id")))
    run = Run(chart, case.flow, variables=variables(case, deed.steps, ""), who=signers(case, chart))
    run.fire(timer.token, timer.boundary)
    if not run.events:
        return
    advance(deed, run)
    if run.finished:
        kinds.get(case.kind).finished(deed)
        kinds.tell("finished", deed)
    write(deed, Entry("case.timer", dict(deed.facts) | {"node": timer.boundary, "token": timer.token}))
