"""Who may do what to a case."""

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import WORKERS, Actor, Post, Role
from zhengwu.lib.problem import Conflict, Denied


def may_see_case(actor: Actor, case: Case) -> bool:
    """The same rule as ``CaseQuerySet.visible_to``, for a case already in hand (a test holds the two together)."""
    if actor.kind == "system":
        return True
    if actor.account_id is not None and case.applicant_id == actor.account_id:
        return True
    if set(actor.unit_ids(*WORKERS)) & set(case.unit_ids):
        return True
    return any(case.division_id.startswith(p) for p in actor.division_prefixes(Role.INSPECTOR))


def may_see_step(actor: Actor, step: Step, case: Case) -> bool:
    return may_see_case(actor, case) or (step.account_id is not None and step.account_id == actor.account_id)


def require_may_act(actor: Actor, step: Step, case: Case) -> Post | None:
    """The post ``actor`` acts in (None for an applicant or the system). Raises Denied; 回避: also to the applicant."""
    if actor.kind == "system":
        return None
    if step.account_id is not None:
        if step.account_id == actor.account_id:
            return None
        raise Denied("not-yours", "这个环节不由您办理", "this step is addressed to somebody else")
    if actor.account_id is not None and case.applicant_id == actor.account_id:
        raise Denied("own-application", "不能办理自己申请的办件，请由他人办理", "nobody handles their own application")
    post = actor.post_at(step.unit_id, step.role) if step.unit_id else None
    if post is None:
        raise Denied(
            "not-yours",
            f"这个环节由{step.unit}办理，您没有相应岗位",
            "you do not hold the post this step is addressed to",
        )
    return post


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
