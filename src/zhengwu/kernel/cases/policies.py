"""Who may do what to a case."""

from collections.abc import Sequence

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.mandates import acts_for_applicant
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import WORKERS, Actor, Post, Role
from zhengwu.lib.problem import Conflict, Denied


def may_see_case(actor: Actor, case: Case) -> bool:
    """The same rule as ``CaseQuerySet.visible_to``, for a case already in hand (a test holds the two together)."""
    if actor.kind == "system":
        return True
    if actor.account_id is None:
        return False
    if case.applicant_id == actor.account_id:
        return True
    if set(actor.unit_ids(*WORKERS)) & set(case.unit_ids):
        return True
    if any(case.division_id.startswith(p) for p in actor.division_prefixes(Role.INSPECTOR)):
        return True
    circulated = actor.is_staff and case.circulations.filter(reader_id=actor.account_id).exists()
    return circulated or case.parties.all().seen_by(actor.account_id).exists()


def may_see_step(actor: Actor, step: Step, case: Case) -> bool:
    return may_see_case(actor, case) or (step.account_id is not None and step.account_id in actor.stands_for)


def require_may_act(actor: Actor, step: Step, case: Case) -> Post | None:
    """The post ``actor`` acts in (None for an applicant or the system). Raises Denied; 回避: also to the applicant."""
    if actor.kind == "system":
        return None
    if step.account_id is not None and step.unit_id is not None:
        return _require_own_post(actor, step, case)
    if step.account_id is not None:
        if step.account_id == actor.account_id:
            if case.applicant_id != actor.account_id:
                acts_for_applicant(actor, case)  # an agent: refuses once the mandate does not hold
            return None
        if step.account_id == case.applicant_id and acts_for_applicant(actor, case):
            return None
        raise Denied("not-yours", "这个环节不由您办理", "this step is addressed to somebody else")
    _require_other(actor, case)
    post = actor.post_at(step.unit_id, step.role) if step.unit_id else None
    if post is None:
        raise Denied(
            "not-yours",
            f"这个环节由{step.unit}办理，您没有相应岗位",
            "you do not hold the post this step is addressed to",
        )
    return post


def _require_other(actor: Actor, case: Case) -> None:
    if actor.account_id is not None and case.applicant_id == actor.account_id:
        raise Denied("own-application", "不能办理自己申请的办件，请由他人办理", "nobody handles their own application")


def _require_own_post(actor: Actor, step: Step, case: Case) -> Post:
    """A step handed over to, or signed by, one person at their unit: they or their deputy, while they hold a post."""
    if step.account_id not in actor.stands_for:
        raise Denied("not-yours", "这个环节已指定由他人办理", "this step is addressed to somebody else")
    _require_other(actor, case)
    principal = None if step.account_id == actor.account_id else step.account_id
    for post in actor.posts:
        if post.for_id == principal and post.role in WORKERS:
            return post
    raise Denied("no-post", "您已没有办理岗位，不能办理这个环节", "you hold no post any more")


def require_running(case: Case) -> None:
    """Nothing is done in a case that is suspended (中止). Raises Conflict."""
    if case.suspended_at is not None:
        raise Conflict("suspended", "本件已中止办理，恢复后才能继续", "the case is suspended")


def waited_for(step: Step, steps: Sequence[Step]) -> list[Step]:
    """The signers asked before the holder of ``step`` who have not answered yet (前加签)."""
    return [s for s in steps if s.asked_by_id == step.pk and s.added == Step.Added.BEFORE and s.closed_at is None]


def require_heard(step: Step, steps: Sequence[Step]) -> None:
    """Raises Conflict while a signer asked before the holder has not answered."""
    if waited_for(step, steps):
        raise Conflict("signer-first", "前加签的人员还没有提出意见，请等待或者减签", "a signer asked first is awaited")


def require_apart(deed: Deed) -> None:
    """承办人≠审核人≠决定人: nobody completes two of the kinds that must be apart in one case. Raises Conflict."""
    apart = kinds.get(deed.case.kind).apart
    step = deed.step
    if step is None or step.kind not in apart or deed.actor.account_id is None:
        return
    for other in deed.steps:
        if (
            other.closed_at is not None
            and other.closed_by_id == deed.actor.account_id
            and other.undone_at is None
            and other.kind in apart
            and other.kind != step.kind
        ):
            raise Conflict(
                "must-be-apart",
                f"您已办理本件的“{other.name}”，“{step.name}”须由他人办理",
                "the same person may not handle both steps",
            )


def signature(deed: Deed) -> str:
    """How the one who acted is shown on the step: unit and name; an applicant stays "申请人"."""
    by = deed.actor.by(deed.post)
    return f"{by.unit} {by.label}".strip()
