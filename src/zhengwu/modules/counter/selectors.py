"""Reading what the counter keeps; access is in the query."""

from datetime import datetime, time

from django.db.models import Q, QuerySet

from zhengwu.kernel.cases.api import visible_to
from zhengwu.kernel.cases.models import Case, Submission
from zhengwu.kernel.cases.models.case import CaseQuerySet
from zhengwu.kernel.directory.api import Actor
from zhengwu.lib.now import CN, today
from zhengwu.lib.problem import NotFound
from zhengwu.modules.counter.models import LatePaper

WAITING = Q(submission__way=Submission.Way.LATER)
"""Promised papers that have not come, by whichever door (the applicant may bring them on line)."""
DOORS = (Case.Channel.COUNTER, Case.Channel.AGENT)


def late_papers(actor: Actor) -> QuerySet[LatePaper]:
    """Papers promised in cases the actor may see, nearest day first; of closed cases only those that came."""
    return (
        LatePaper.objects.filter(case__in=visible_to(actor))
        .exclude(WAITING, case__closed_at__isnull=False)
        .select_related("submission", "case__unit", "arrived_to")
        .order_by("due_on", "id")
    )


def taken_today(actor: Actor) -> CaseQuerySet:
    """What this clerk took in today, newest first: to print a receipt again."""
    start = datetime.combine(today(), time(), CN)
    rows = visible_to(actor).filter(taken_by_id=actor.account_id, opened_at__gte=start)
    return rows.select_related("unit").order_by("-opened_at", "-id")


def access_taken(actor: Actor, number: str) -> Case:
    """A case that came in at a counter or through an agent, for those who may see it. Raises NotFound."""
    case = (
        visible_to(actor)
        .filter(number=number, channel__in=DOORS)
        .select_related("matter__unit", "unit", "point", "window", "taken_by", "division", "version__definition")
        .first()
    )
    if case is None:
        raise NotFound("no-such-case", "没有查到这个窗口办件，请核对编号", "no such case")
    return case
