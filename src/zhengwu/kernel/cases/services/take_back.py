"""撤回: who completed a step takes that back before the next person has looked at it."""

from django.db import transaction

from zhengwu.kernel.cases import kinds, policies
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.services.advance import signers
from zhengwu.kernel.cases.services.verb import (
    OUTWARD,
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    require_unfinished,
    run_of,
    scene,
)
from zhengwu.kernel.cases.tally import NEGATIVE, given
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import FlowError, Run
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.problem import Conflict, Denied, Problem

CODE, LABEL = "take-back", "撤回"


def offer(scene: Scene) -> Offer | None:
    if scene.actor.account_id is None or scene.step.closed_by_id != scene.actor.account_id:
        return None
    try:
        _judge(scene)
    except Problem:
        return None
    note = "对方还没有打开，撤回后由您重新办理；原来的处理留在记录里。"
    return Offer(CODE, LABEL, (Field("opinion", "撤回原因", "textarea", max_length=1000),), note=note)


def _next(scene: Scene) -> list[Step]:
    """What the completion of the step opened."""
    closed = scene.step.closed_at
    return [s for s in scene.steps if s.came_from_id == scene.step.pk and closed is not None and s.opened_at >= closed]


def _vote(scene: Scene) -> bool:
    """The step is an answer among several that are still asked."""
    return "mi" in scene.case.flow.get("t", {}).get(scene.step.token, {})


def _judge(scene: Scene) -> str:
    """The token to move from ("" for an answer among several). Raises Conflict saying why it is too late."""
    step, case = scene.step, scene.case
    policies.require_running(case)
    if case.closed_at is not None:
        raise Conflict("too-late", "该办件已经办结，不能撤回", "the case is closed")
    if not given(step):
        raise Conflict("nothing-to-take-back", "这个环节没有可以撤回的办理结果", "nothing to take back")
    told = (step.kind, step.outcome) in kinds.get(case.kind).recipients
    if step.kind in OUTWARD or told:
        raise Conflict("went-out", "结果已经对外发出，不能撤回", "the result has gone out")
    following = _next(scene)
    if any(s.closed_at is not None for s in following):
        raise Conflict("too-late", "下一环节已经办理，不能撤回，可以请对方退回", "the next step is done")
    if any(s.seen_at is not None for s in following):
        raise Conflict("seen", "对方已经打开，不能撤回，可以请对方退回", "the next person has opened it")
    if _vote(scene):
        if not step.signer and any(s.token == step.token and s.closed_at is None for s in scene.steps):
            raise Conflict("signer-asked", "后加签的人员正在办理，请先减签", "a signer after you is being asked")
        return ""
    if step.signer:
        raise Conflict("votes-closed", "会签已经结束，不能撤回自己的意见", "the votes are closed")
    still = following or [s for s in scene.steps if s.closed_at is None]
    for other in still:
        run = Run(scene.chart, case.flow, who=signers(case, scene.chart))
        try:
            run.move(other.token, step.node, step.path)
        except FlowError:
            continue
        return other.token
    raise Conflict("too-late", "流程已经走开，不能撤回", "the flow has moved on")


@transaction.atomic
def take_back(*, step_id: int, by: Actor, opinion: str = "", revision: int | None = None) -> Done:
    """Opens the step again for the one who completed it; what it had opened is cancelled unseen.

    Only by who completed it; not when papers went out or the applicant was told, nor once the next holder has opened
    what it led to. The first answer stays on record, marked as taken back, and counts for nothing. Raises NotFound,
    Denied, Conflict, Stale.
    """
    deed = begin(step_id, by, "taken_back", opinion=opinion, revision=revision)
    step = deed.step
    assert step is not None
    if by.account_id is None or step.closed_by_id != by.account_id or not by.is_staff:
        raise Denied("not-yours", "只能撤回自己办理的环节", "only who completed it may take it back")
    require_unfinished(deed)
    here = scene(deed)
    _lock_next(here)
    token = _judge(here)
    if _made_papers(step, deed.case.number):
        raise Conflict("went-out", "已经制发文书，不能撤回", "papers have gone out")
    run = run_of(deed)
    step.undone_at, deed.cancelled = deed.at, "已撤回"
    deed.after.insert(0, _keep)
    if token:
        run.move(token, step.node, step.path)
        done = finish(deed, "case.taken_back", LABEL, run, what="move", token=token, target=step.node, path=step.path)
    else:
        yes = step.outcome not in NEGATIVE
        run.unsign(step.token, step.signer, yes)
        done = finish(deed, "case.taken_back", LABEL, run, what="unsign", yes=yes)
    for opened in done.opened:
        _to_same_hands(opened, step)
    return done


def _made_papers(step: Step, number: str) -> bool:
    """The record says whether completing the step made papers."""
    acts = Event.objects.filter(stream=number, kind="case.acted", data__token=step.token, data__signer=step.signer)
    return acts.filter(data__has_key="documents").exists()


def _lock_next(here: Scene) -> None:
    """Whoever is opening the next step at this moment is waited for, and counts."""
    fresh = {s.pk: s for s in Step.objects.select_for_update().filter(case=here.case, closed_at=None)}
    for step in here.steps:
        if step.pk in fresh:
            step.seen_at = fresh[step.pk].seen_at


def _keep(deed: Deed) -> None:
    assert deed.step is not None
    Step.objects.filter(pk=deed.step.pk).update(undone_at=deed.step.undone_at)


def _to_same_hands(opened: Step, step: Step) -> None:
    if step.account_id is not None and opened.node == step.node and opened.account_id != step.account_id:
        opened.account_id, opened.unit_id = step.account_id, step.unit_id
        Step.objects.filter(pk=opened.pk).update(account_id=step.account_id, unit_id=step.unit_id)
