"""转办: a step goes to another person of the unit, or (by its head) to another unit."""

from collections.abc import Sequence

from django.db import transaction

from zhengwu.kernel.cases import kinds, policies
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.people import appointments, organs
from zhengwu.kernel.cases.services.verb import (
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    require_open,
    require_reason,
    tell_people,
)
from zhengwu.kernel.directory.api import Actor, Post, Role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.lib.problem import Conflict, Denied, Invalid

CODE, LABEL = "hand-over", "转办"


def offer(scene: Scene) -> Offer | None:
    step = scene.step
    if not scene.running or step.closed_at is not None or step.unit_id is None or step.kind == "correct":
        return None
    if not scene.mine and _chief(scene.actor, step) is None:
        return None
    people = _people(scene)
    units = organs(scene.case, step) if _chief(scene.actor, step) and _may_leave(step) else ()
    choices = (*((f"account:{pk}", name) for pk, name in people), *((f"unit:{pk}", name) for pk, name in units))
    if not choices:
        return None
    fields = (
        Field("to", "转给", "select", True, tuple(choices)),
        Field("opinion", "转办理由", "textarea", True, max_length=1000),
    )
    return Offer(CODE, LABEL, fields)


def _chief(actor: Actor, step: Step) -> Post | None:
    """The post in which the actor directs the step's unit (审核人, 分管领导)."""
    posts = (actor.post_at(step.unit_id, role) for role in (Role.HEAD, Role.LEADER)) if step.unit_id else ()
    return next((p for p in posts if p is not None), None)


def _may_leave(step: Step) -> bool:
    """A step may go to another unit unless it is the decision, which is the organ's own, or a voice in a joint case."""
    return step.kind != "decide" and not step.signer


def _people(scene: Scene) -> list[tuple[int, str]]:
    """Colleagues of the step's unit who may do it: another account of the post, and of the other posts of the unit."""
    rows = appointments(scene.case).filter(unit_id=scene.step.unit_id or 0).select_related("account").order_by("id")
    without = {scene.step.account_id, scene.case.applicant_id}
    if scene.mine:
        without.add(scene.actor.account_id)
    found = {
        row.account_id: f"{row.account.name}（{Role(row.role).label}）"
        for row in sorted(rows, key=lambda r: (r.role != scene.step.role, r.pk))
        if row.account_id not in without and not _conflicted(scene.case.kind, scene.steps, scene.step, row.account_id)
    }
    return list(found.items())


def _conflicted(kind: str, steps: Sequence[Step], step: Step, account_id: int) -> bool:
    """承办人≠审核人≠决定人: they completed another of the steps that must be apart."""
    apart = kinds.get(kind).apart
    return step.kind in apart and any(
        s.closed_by_id == account_id and s.kind in apart and s.kind != step.kind and s.undone_at is None for s in steps
    )


@transaction.atomic
def hand_over(*, step_id: int, to: str, by: Actor, opinion: str, revision: int | None = None) -> Done:
    """The step ``to`` "account:<id>" of its unit, or to "unit:<id>", whoever holds the same role there.

    By its holder or the unit's head or leader; to another unit only by these. It stays open, its limit runs on, and
    the new holder has not seen it. Raises NotFound, Denied, Conflict, Stale, Invalid.
    """
    deed = begin(step_id, by, "hand_over", opinion=opinion, revision=revision)
    step = deed.step
    assert step is not None
    chief = _chief(by, step)
    if step.unit_id is None or step.kind == "correct":
        raise Conflict("applicant-step", "申请人的环节不能转办", "the applicant's step cannot be handed over")
    deed.post = chief or policies.require_may_act(by, step, deed.case)
    require_open(deed)
    require_reason(opinion, words="请写明转办理由")
    kind, _, pk = to.partition(":")
    if not pk.isdecimal() or len(pk) > 15 or kind not in ("account", "unit"):
        raise Invalid({"to": "请选择转给谁"})
    name, told = _to_person(deed, int(pk)) if kind == "account" else _to_unit(deed, int(pk), chief)
    step.seen_at, step.seen_by_id = None, None
    deed.after.insert(0, _keep)
    done = finish(deed, "case.handed_over", LABEL, None, to=to, to_label=name)
    tell_people(deed, told, f"{deed.case.title} 转您办理：{step.name}", "handed", deed.opinion)
    return done


def _to_person(deed: Deed, account_id: int) -> tuple[str, list[int]]:
    step, case = deed.step, deed.case
    assert step is not None
    rows = appointments(case).select_related("account").filter(unit_id=step.unit_id or 0, account_id=account_id)
    row = rows.order_by("id").first()
    if row is None or account_id in (step.account_id, case.applicant_id):
        raise Invalid({"to": "请选择本单位有办理岗位的其他人员"})
    if _conflicted(case.kind, deed.steps, step, account_id):
        raise Conflict("must-be-apart", f"{row.account.name}已办理本件的其他环节，须另行指定", "must be apart")
    step.account_id = account_id
    return row.account.name, [account_id]


def _to_unit(deed: Deed, unit_id: int, chief: Post | None) -> tuple[str, list[int]]:
    step, case = deed.step, deed.case
    assert step is not None
    if chief is None:
        raise Denied("chief-only", "转给其他单位须由本单位审核人或者分管领导决定", "only the unit's head may do that")
    if not _may_leave(step):
        raise Conflict("own-organ", "这个环节须由本机关办理，不能转给其他单位", "this step stays with its organ")
    rows: list[Appointment] = list(appointments(case).select_related("unit").filter(unit_id=unit_id, role=step.role))
    if not rows or unit_id == step.unit_id:
        raise Invalid({"to": "请选择有相应岗位人员的其他单位"})
    step.account_id, step.unit_id = None, unit_id
    case.unit_ids = sorted({*case.unit_ids, unit_id})
    return rows[0].unit.name, [row.account_id for row in rows]


def _keep(deed: Deed) -> None:
    step = deed.step
    assert step is not None
    Step.objects.filter(pk=step.pk).update(
        account_id=step.account_id, unit_id=step.unit_id, seen_at=None, seen_by_id=None
    )
