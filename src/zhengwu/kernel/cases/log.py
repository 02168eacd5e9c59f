"""The event log of cases: checked against the chart version it ran on, and handed out for process mining."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.selectors import visible_to
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import Fitness, chart_of, conformance, xes
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import Matter

WITHDRAWN = "withdrawn"
FLOW_EVENTS = ("case.opened", "case.acted", "case.timer")


def trace(case: Case) -> list[dict[str, Any]]:
    """The acts of a case that moved its flow, in order: the ledger's data as ``flow.conformance`` reads them."""
    rows = Event.objects.filter(stream=case.number, kind__in=FLOW_EVENTS).order_by("seq")
    return list(rows.values_list("data", flat=True))


def fitness(case: Case) -> Fitness:
    """How well what happened agrees with the published chart the case ran on (1.0 = entirely)."""
    return conformance(chart_of(case.version_id), trace(case))


def event_log(actor: Actor, matter: Matter) -> Iterator[bytes]:
    """The finished cases of a matter that ``actor`` may see, as XES (IEEE 1849), streamed.

    What was withdrawn has no end in the chart and is left out, so that every trace runs from start to end.
    Activities are the steps' names in the chart; resources are account ids, groups are units.
    """
    closed = visible_to(actor).filter(matter=matter, closed_at__isnull=False)
    cases = closed.exclude(state=WITHDRAWN).order_by("number")
    return xes(matter.name, _traces(cases))


def _traces(cases: QuerySet[Case]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    numbers = cases.values_list("number", flat=True)
    rows = Event.objects.filter(stream__in=numbers, kind="case.acted").order_by("stream", "seq")
    for number, events in groupby(rows.iterator(chunk_size=2000), key=lambda e: e.stream):
        yield (
            number,
            [
                {"name": e.data["step"], "transition": "complete", "time": e.at, "resource": e.by_id, "group": e.unit}
                for e in events
            ],
        )
