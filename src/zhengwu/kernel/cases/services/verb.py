"""What every verb besides completing a step has in common: what it is judged by, how it begins, how it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhengwu.kernel.cases import kinds, policies
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.rows import lock_case_of
from zhengwu.kernel.cases.services.act import check_opinion, require_current
from zhengwu.kernel.cases.services.advance import advance, signers, variables
from zhengwu.kernel.cases.services.write import write
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import Chart, Node, Run, chart_of
from zhengwu.kernel.ledger.api import Entry
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem
from zhengwu.lib.sm import sm3

OUTWARD = frozenset({"precheck", "accept", "decide", "issue", "deliver", "publish", "correct", "reply"})
"""Step kinds whose completion has effect outside the house at once: it is neither taken back nor signed afterwards."""


@dataclass(frozen=True)
class Field:
    """One thing a verb asks for. ``kind``: text, textarea, select, many (several of the choices) or date."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    max_length: int = 0


@dataclass(frozen=True)
class Offer:
    """A verb somebody may use now. ``confirm``: what cannot be undone about it; "" when it can."""

    code: str
    label: str
    fields: tuple[Field, ...] = ()
    confirm: str = ""
    note: str = ""


@dataclass(frozen=True)
class Scene:
    """What a verb is judged by: who, at which step of which case, with all its steps (``node`` of the chart)."""

    actor: Actor
    case: Case
    step: Step
    steps: Sequence[Step]
    chart: Chart

    @property
    def node(self) -> Node | None:
        return self.chart.find(self.step.node)

    @property
    def mine(self) -> bool:
        """The actor may complete the step now."""
        if self.step.closed_at is not None or self.case.closed_at is not None:
            return False
        try:
            policies.require_may_act(self.actor, self.step, self.case)
        except Problem:
            return False
        return True

    @property
    def running(self) -> bool:
        return self.case.closed_at is None and self.case.suspended_at is None


@dataclass(frozen=True)
class Verb:
    """``offer``: what it asks for, None when not allowed now. ``perform``: carries it out with what was filled in."""

    code: str
    label: str
    offer: Callable[[Scene], Offer | None]
    perform: Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """What a verb came to: the case, and a sentence for the one who used it."""

    case: Case
    words: str
    opened: tuple[Step, ...] = field(default=())


def scene_of(actor: Actor, step: Step) -> Scene:
    """For showing: read without a lock (one query)."""
    case = step.case
    steps = list(case.steps.select_related("unit").order_by("id"))
    own = next(s for s in steps if s.pk == step.pk)
    for row in steps:
        row.case = case
    return Scene(actor, case, own, steps, chart_of(case.version_id))


def begin(
    step_id: int,
    by: Actor,
    action: str,
    *,
    opinion: str = "",
    revision: int | None = None,
    sees: Callable[[Actor, Case], bool] | None = None,
) -> Deed:
    """Locks the case of a step the actor may see. In the caller's transaction. Raises NotFound, Stale, Invalid."""
    found = lock_case_of(step_id)
    if found is None:
        raise no_step()
    case, steps = found
    step = next(s for s in steps if s.pk == step_id)
    if not (sees(by, case) if sees else policies.may_see_step(by, step, case)):
        raise no_step()
    require_current(case, revision)
    check_opinion(opinion)
    chart = chart_of(case.version_id)
    return Deed(
        case=case,
        chart=chart,
        actor=by,
        at=now.now(),
        action=action,
        step=step,
        node=chart.find(step.node),
        opinion=opinion.strip(),
        steps=steps,
    )


def no_step() -> NotFound:
    return NotFound("no-such-step", "没有这个待办", "no such step")


def scene(deed: Deed) -> Scene:
    assert deed.step is not None
    return Scene(deed.actor, deed.case, deed.step, deed.steps, deed.chart)


def hold(deed: Deed) -> Step:
    """The step, open and the actor's to act on, in a case that runs. Raises Denied, Conflict."""
    step = deed.step
    assert step is not None
    deed.post = policies.require_may_act(deed.actor, step, deed.case)
    require_open(deed)
    return step


def require_open(deed: Deed) -> Step:
    """The step, still open in a case that runs. Raises Conflict."""
    step = deed.step
    assert step is not None
    if step.closed_at is not None:
        who = step.closed_label or "流程"
        words = f"这个环节已由{who}办理（{step.outcome_label}），未重复提交"
        raise Conflict("step-closed", words, "the step is closed")
    policies.require_running(deed.case)
    return step


def require_unfinished(deed: Deed) -> None:
    """Raises Conflict for a case that is closed."""
    if deed.case.closed_at is not None:
        raise Conflict("case-closed", "该办件已经办结，不能再作此操作", "the case is closed")


def require_reason(opinion: str, field_name: str = "opinion", words: str = "请写明理由") -> None:
    if not opinion.strip():
        raise Invalid({field_name: words})


def run_of(deed: Deed) -> Run:
    """The flow as it stands, with what conditions may ask."""
    values = variables(deed.case, deed.steps, "")
    if deed.step is not None:
        values["outcome"] = values["steps"].get(deed.step.node, "")
    return Run(deed.chart, deed.case.flow, variables=values, who=signers(deed.case, deed.chart))


def finish(deed: Deed, kind: str, label: str, run: Run | None = None, **facts: Any) -> Done:
    """Writes the verb: the flow's consequences, one ledger entry of ``kind`` with ``facts``."""
    step = deed.step
    assert step is not None
    before = len(deed.steps)
    if run is not None:
        advance(deed, run)
        if facts.get("what") == "move":
            moved(deed)
        if run.finished:
            kinds.get(deed.case.kind).finished(deed)
            kinds.tell("finished", deed)
    told = dict(deed.facts) | {
        "action": deed.action,
        "label": label,
        "node": step.node,
        "step": step.name,
        "token": step.token,
        "signer": step.signer,
    }
    if deed.opinion:
        told["opinion_sm3"] = sm3(deed.opinion.encode()).hex()
    if step.signature and step.closed_at == deed.at:
        told["signature"] = step.signature["key"][:16]
    write(deed, Entry(kind, told | facts))
    return Done(deed.case, label, tuple(deed.steps[before:]))


def moved(deed: Deed) -> None:
    """Lets the kind set its state right after steps were opened again."""
    effect = kinds.get(deed.case.kind).moved
    if effect is not None:
        effect(deed)


def tell_people(deed: Deed, accounts: Sequence[int | None], title: str, what: str, body: str = "") -> None:
    """A notice to each, once; the applicant's leads to their own page."""
    case = deed.case
    notify_many(
        Message(
            account_id=account,
            title=title[:200],
            body=body,
            url=f"/my/cases/{case.number}/" if account == case.applicant_id else f"/desk/cases/{case.number}/",
            key=f"{case.number}:{case.revision}:{what}:{account}"[:160],
            channels=("in_app", "sms") if account == case.applicant_id else ("in_app",),
        )
        for account in dict.fromkeys(a for a in accounts if a is not None)
    )
