"""Reading cases: every function takes the actor, so that access is in the query."""

import hmac as _hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.models.case import CaseQuerySet
from zhengwu.kernel.cases.models.step import StepQuerySet
from zhengwu.kernel.cases.rows import put_behind
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.api import Actor, blind_index, count_attempt, forget_attempts
from zhengwu.kernel.directory.roles import Role
from zhengwu.kernel.flow.api import draw
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import now
from zhengwu.lib.problem import NotFound

CODES_FROM_ADDRESS = 300
GREEN, YELLOW, RED, NONE = "green", "yellow", "red", "none"


def visible_to(actor: Actor) -> CaseQuerySet:
    return Case.objects.visible_to(actor)


def access_case(actor: Actor, number: str) -> Case:
    """The case, if ``actor`` may see it; else NotFound, whether it exists or not. What stands behind it is shared:
    ``matter``, ``unit`` and ``version`` are to be read only."""
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return put_behind(case)


def query_code(number: str) -> str:
    """Six digits that go with a number; derived with a key of the installation, so nothing is stored (ADR 0008)."""
    return f"{int(blind_index(number, 'query-code')[:16], 16) % 1_000_000:06d}"


def access_by_code(number: str, code: str, *, address: str) -> Case:
    """The case for somebody who holds its receipt. Raises NotFound, Problem.

    Ten wrong codes an hour close a number; CODES_FROM_ADDRESS tries an hour, right or wrong, close an ``address`` (of
    the network), so that one code is not tried on every number.
    """
    number, code = number.strip().upper(), code.strip()
    count_attempt(key=f"query-code-from:{address}", limit=CODES_FROM_ADDRESS, minutes=60)
    key = f"query-code:{number[:50]}"
    count_attempt(key=key, limit=10, minutes=60)
    case = Case.objects.with_facts().filter(number=number).first()
    if not _hmac.compare_digest(query_code(number).encode(), code.encode()) or case is None:
        raise NotFound("no-such-case", "编号或查询码不对，请对照回执核对", "number or query code is wrong")
    forget_attempts(key=key)
    return case


def light(warn_at: datetime | None, due_at: datetime | None, at: datetime | None = None) -> str:
    """green, yellow from ``warn_at``, red from ``due_at`` on; none without a limit."""
    moment = at or now()
    if due_at is None:
        return NONE
    if moment >= due_at:
        return RED
    return YELLOW if warn_at is not None and moment >= warn_at else GREEN


_TODO = (
    *("name", "kind", "node", "role", "unit_id", "account_id", "opened_at", "due_at", "warn_at", "case_id"),
    *("case__number", "case__title", "case__applicant_name", "case__kind", "case__state", "case__revision"),
)
"""What a row of the list shows; forms and flow states of a hundred cases would cost more than all the rest."""


def todo(actor: Actor) -> StepQuerySet:
    """Open steps the actor may act on, nearest to breaking its limit first; one query for a page of rows."""
    return (
        Step.objects.open()
        .for_actor(actor)
        .select_related("case")
        .only(*_TODO)
        .order_by("due_at", "id")
    )


def access_step(actor: Actor, step_id: int) -> Step:
    """An open or closed step of a case the actor may see."""
    step = (
        Step.objects.select_related(
            "case__matter__master", "case__matter__point", "case__unit", "case__version", "unit"
        )
        .filter(pk=step_id)
        .first()
    )
    if step is None or not (
        (step.account_id is not None and step.account_id == actor.account_id)
        or visible_to(actor).filter(pk=step.case_id).exists()
    ):
        raise NotFound("no-such-step", "没有这个待办", "no such step")
    return step


def done_by(actor: Actor) -> QuerySet[Step]:
    """What the actor has done in cases they may still see (a post given up takes its cases along), newest first."""
    seen = Case.objects.visible_to(actor).filter(pk=OuterRef("case_id"))
    return (
        Step.objects.filter(Exists(seen), closed_by_id=actor.account_id)
        .select_related("case", "unit")
        .order_by("-closed_at", "-id")
    )


@dataclass(frozen=True)
class Progress:
    """Where a case stands: steps in order, who holds it, the chart with the path gone."""

    steps: list[Step]
    open: list[Step]
    svg: str


def holder(step: Step) -> str:
    """Who holds an open step, in words."""
    return (
        "申请人"
        if step.unit is None
        else f"{step.unit.short_name} {Role(step.role).label if step.role in Role else ''}".strip()
    )


def progress(case: Case) -> Progress:
    """One query for the steps; the chart is drawn with passed nodes and holders."""
    steps = list(case.steps.select_related("unit").order_by("id"))
    still = [s for s in steps if s.closed_at is None]
    passed = {s.node for s in steps if s.closed_at is not None and s.outcome != "cancelled"}
    current: dict[str, str] = {}
    for step in still:
        names = [holder(s) for s in still if s.node == step.node]
        current[step.node] = "、".join(dict.fromkeys(names))
    return Progress(steps=steps, open=still, svg=draw(case.version.xml, passed=passed, current=current))


def clocks(case: Case) -> list[Clock]:
    """The case's own clocks (lawful, promised, delivery …), running first."""
    return list(Clock.objects.filter(subject=case.number).order_by("stopped_at", "id"))


def timeline(case: Case) -> list[dict[str, Any]]:
    """The ledger's events of the case in order, as the pages and the API show them."""
    return [
        {
            "seq": e.seq,
            "at": e.at,
            "kind": e.kind,
            "by": e.by_label,
            "unit": e.unit,
            "step": e.data.get("step", ""),
            "action": e.data.get("label", ""),
            "data": e.data,
            "hash": bytes(e.hash).hex(),
            "id": e.pk,
        }
        for e in Event.objects.filter(stream=case.number).order_by("seq")
    ]
