"""终止: a case is ended before its decision, on a fact the law knows; and lapses when nobody answers a correction."""

from datetime import datetime

from django.db import transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.policies import signature
from zhengwu.kernel.cases.services.advance import CORRECT, CORRECTION_BASIS, step_subject
from zhengwu.kernel.cases.services.suspend import chief_post
from zhengwu.kernel.cases.services.verb import (
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    require_unfinished,
    tell_people,
)
from zhengwu.kernel.cases.tally import CANCELLED
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.lib.now import now
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict, Denied, Invalid

CODE, LABEL = "end", "终止"
ENDED, LAPSED = "ended", "lapsed"


def offer(scene: Scene) -> Offer | None:
    case = scene.case
    if case.closed_at is not None or case.decided_at is not None or scene.step.closed_at is not None:
        return None
    if chief_post(scene.actor, case) is None:
        return None
    grounds = tuple((code, words) for code, (words, _) in kinds.get(case.kind).grounds.items())
    fields = (
        Field("ground", "终止的事由", "select", True, grounds),
        Field("opinion", "具体情况", "textarea", True, max_length=1000),
    )
    return Offer(CODE, LABEL, fields, confirm="终止后本件不再办理，不能恢复，申请人会收到决定书。")


@transaction.atomic
def end(*, step_id: int, by: Actor, ground: str, opinion: str, revision: int | None = None) -> Done:
    """Ends the case: open steps are cancelled, every limit stops, a paper is made. Not once a decision was made.

    By the head or leader of its unit; ``ground`` is one of the kind's ``grounds``. Suspended cases may be ended.
    Raises NotFound, Denied, Conflict, Stale, Invalid.
    """
    deed = begin(step_id, by, ENDED, opinion=opinion, revision=revision)
    case = deed.case
    deed.post = chief_post(by, case)
    if deed.post is None:
        raise Denied("chief-only", "终止须由主办单位审核人或者分管领导批准", "only the unit's head may end a case")
    require_unfinished(deed)
    if case.decided_at is not None:
        raise Conflict("decided", "本件已经作出决定，不能终止", "the case is decided")
    known = kinds.get(case.kind).grounds
    errors = {} if ground in known else {"ground": "请选择终止的事由"}
    if not deed.opinion:
        errors["opinion"] = "请写明具体情况"
    if errors:
        raise Invalid(errors)
    words, basis = known[ground]
    _close(deed, ENDED, LABEL)
    reason = f"{words}：{deed.opinion}"
    deed.document("ended", "终止办理决定书", f"{case.unit.short_name}终", reason=reason, basis=basis)
    kinds.tell("ended", deed)
    done = finish(deed, "case.ended", f"终止：{words}"[:100], ground=ground, basis=basis)
    tell_people(deed, [case.applicant_id], f"您的办件已终止办理：{case.title}", "ended", words)
    return done


def _close(deed: Deed, state: str, label: str) -> None:
    """Steps, clocks, timers and the flow come to rest; the step at hand (or the first open one) keeps the words."""
    case = deed.case
    still = [s for s in deed.steps if s.closed_at is None]
    for step in still:
        step.closed_at, step.outcome, step.outcome_label = deed.at, CANCELLED, f"已{label}"
    kept = deed.step if deed.step in still else next(iter(still), None)
    if kept is not None:
        kept.outcome, kept.outcome_label, kept.opinion = state, label, deed.opinion
        kept.closed_by_id, kept.closed_label = deed.actor.account_id, signature(deed)
    clock.stop_all([case.number, *(step_subject(case, s) for s in still)], deed.at)
    case.timers.all().delete()
    case.flow = {"n": case.flow.get("n", 0), "t": {}}
    case.state, case.closed_at, case.due_at, case.warn_at = state, deed.at, None, None
    case.suspended_at, case.suspension = None, {}


def lapse_due(limit: int = 200) -> int:
    """Ends the cases whose correction nobody answered in time (视为撤回). Returns how many were dealt with."""
    moment = now()
    rows = Step.objects.open().filter(kind=CORRECT, due_at__lte=moment, case__closed_at=None, case__suspended_at=None)
    return each(list(rows.order_by("due_at").values_list("pk", flat=True)[:limit]), _lapse, name="cases.lapse")


@transaction.atomic
def _lapse(step_id: int) -> None:
    """Judged again under the lock: an answer that came meanwhile is an answer."""
    deed = begin(step_id, SYSTEM, LAPSED, opinion="逾期未补正，视为撤回申请")
    step, case = deed.step, deed.case
    if step is None or step.closed_at is not None or case.suspended_at is not None or not _over(deed, deed.at):
        return
    _close(deed, LAPSED, "视为撤回")
    reason = "申请人在补正期限内没有补正"
    deed.document("ended", "终止办理决定书", f"{case.unit.short_name}终", reason=reason, basis=CORRECTION_BASIS)
    kinds.tell("ended", deed)
    finish(deed, "case.lapsed", "逾期未补正，视为撤回")
    words = "您的申请逾期未补正，视为撤回；需要办理的，可以重新申请"
    tell_people(deed, [case.applicant_id], f"{words}：{case.title}", "lapsed")


def _over(deed: Deed, at: datetime) -> bool:
    assert deed.step is not None
    own = Clock.objects.filter(subject=step_subject(deed.case, deed.step), state=ClockState.RUNNING)
    return own.filter(due_at__lte=at).exists()
