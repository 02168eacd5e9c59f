"""act(): the only way a case changes (architecture, idea 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from zhengwu.kernel.cases import kinds, policies
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.rows import lock_case_of
from zhengwu.kernel.cases.services.advance import advance, signers, variables
from zhengwu.kernel.cases.services.write import write
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import Node, Run, chart_of
from zhengwu.kernel.flow.chart import Action
from zhengwu.kernel.ledger.api import Entry
from zhengwu.lib import canonical, now
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem, Stale
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_data, refuse_secret_text

OPINION_MAX = 1000
FORM_MAX = 20_000


@dataclass(frozen=True)
class Done:
    """What an act came to. ``repeated``: the same request had been carried out before; nothing was changed now."""

    case: Case
    opened: tuple[Step, ...]
    repeated: bool = False


def act(
    *,
    step_id: int,
    action: str,
    by: Actor,
    form: Mapping[str, Any] | None = None,
    opinion: str = "",
    key: str = "",
    revision: int | None = None,
    at: datetime | None = None,
) -> Done:
    """Completes an open step with one of the actions its chart allows.

    In one transaction: locks the case, checks, advances the flow, opens and closes steps, starts, stops and suspends
    clocks, issues papers, appends the ledger entry, writes the notices. ``key`` makes a repeated request harmless;
    ``revision`` is the case's revision the person saw. Raises NotFound, Denied, Conflict, Stale, Invalid, Problem;
    then nothing was changed.
    """
    with transaction.atomic():
        step, case, steps = _lock(step_id, by)
        post = policies.require_may_act(by, step, case)  # first: who may not act is not told who did
        if step.closed_at is not None:
            return _closed_before(step, case, by, action, key)
        if revision is not None and revision != case.revision:
            raise Stale("stale", "办件已有新的变化，请查看后再操作", "the case has changed since you saw it")
        chart = chart_of(case.version_id)
        node = chart.node(step.node)
        spec = _action(node, action)
        _check_words(spec, opinion)
        _check_form(form or {})
        deed = Deed(
            case=case,
            chart=chart,
            actor=by,
            post=post,
            at=at or now.now(),
            action=action,
            step=step,
            node=node,
            opinion=opinion.strip(),
            form=form or {},
            key=key,
            steps=steps,
        )
        policies.require_apart(deed)
        opened = carry_out(deed, spec.label)
    return Done(case=case, opened=tuple(opened))


def carry_out(deed: Deed, label: str) -> list[Step]:
    """Effects, flow, writing: the common part of every verb that completes a step."""
    case, step = deed.case, deed.step
    assert step is not None and deed.node is not None
    before = len(deed.steps)
    kind = kinds.get(case.kind)
    values = variables(case, deed.steps, deed.action, step.node)
    run = Run(deed.chart, case.flow, variables=values, who=signers(case, deed.chart))
    _close_own(deed, label)
    if effect := kind.effects.get((step.kind, deed.action)):
        effect(deed)
    run.complete(step.token, who=step.signer or None, yes=deed.action not in ("fail", "deny", "disagree"))
    advance(deed, run)
    if run.finished:
        kind.finished(deed)
        kinds.tell("finished", deed)
    write(deed, Entry("case.acted", _facts(deed, label, values)))
    return deed.steps[before:]


def _lock(step_id: int, by: Actor) -> tuple[Step, Case, list[Step]]:
    found = lock_case_of(step_id)
    if found is None:
        raise NotFound("no-such-step", "没有这个待办", "no such step")
    case, steps = found
    step = next(s for s in steps if s.pk == step_id)
    if not policies.may_see_step(by, step, case):
        raise NotFound("no-such-step", "没有这个待办", "no such step")
    return step, case, steps


def _closed_before(step: Step, case: Case, by: Actor, action: str, key: str) -> Done:
    if key and step.closed_key == key and step.closed_by_id == by.account_id and step.outcome == action:
        return Done(case=case, opened=(), repeated=True)
    who = step.closed_label or "流程"
    raise Conflict(
        "step-closed",
        f"这个环节已由{who}办理（{step.outcome_label}），未重复提交",
        "the step was completed by somebody else",
    )


def _action(node: Node, action: str) -> Action:
    for spec in node.actions:
        if spec.code == action:
            return spec
    allowed = "、".join(a.label for a in node.actions)
    raise Problem(
        "unknown-action",
        f"“{node.name}”环节没有这个操作，可选：{allowed}",
        "this step has no such action",
        field="action",
    )


def _check_words(spec: Action, opinion: str) -> None:
    if len(opinion) > OPINION_MAX:
        raise Invalid({"opinion": f"意见不超过{OPINION_MAX}字，现有{len(opinion)}字"})
    if spec.opinion and not opinion.strip():
        raise Invalid({"opinion": f"选择“{spec.label}”须填写意见"})
    refuse_secret_text(opinion, field="opinion")


def _check_form(form: Mapping[str, Any]) -> None:
    """What an action carries besides words is kept and hashed: JSON without fractions, not large, no state secret."""
    try:
        size = len(canonical.text(dict(form)))
    except (TypeError, ValueError):
        raise Invalid({"form": "填写的内容只能是文字、整数、是否和列表"}) from None
    if size > FORM_MAX:
        raise Invalid({"form": f"填写的内容过长，不能超过{FORM_MAX}字"})
    refuse_secret_data(form, field="form")


def _close_own(deed: Deed, label: str) -> None:
    step = deed.step
    assert step is not None
    step.closed_at, step.closed_by_id, step.closed_key = deed.at, deed.actor.account_id, deed.key
    step.closed_label = policies.signature(deed)
    step.outcome, step.outcome_label, step.opinion, step.form = deed.action, label, deed.opinion, dict(deed.form)


def _facts(deed: Deed, label: str, values: dict[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of an act: no words of people, but digests that prove them."""
    step = deed.step
    assert step is not None
    facts = dict(deed.facts) | {
        "action": deed.action,
        "label": label,
        "node": step.node,
        "step": step.name,
        "token": step.token,
        "signer": step.signer,
        "outcomes": values["steps"],
    }
    if deed.opinion:
        facts["opinion_sm3"] = sm3(deed.opinion.encode()).hex()
    if deed.form:
        facts["form_sm3"] = sm3(canonical.dumps(dict(deed.form))).hex()
    return facts
