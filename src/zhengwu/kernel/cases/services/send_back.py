"""退回: the holder of a step gives the case back to an earlier step or to the applicant, with reasons."""

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction

from zhengwu.kernel.cases import kinds, policies
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.services.act import close_own
from zhengwu.kernel.cases.services.advance import CORRECT
from zhengwu.kernel.cases.services.verb import (
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    hold,
    require_reason,
    run_of,
    scene,
    tell_people,
)
from zhengwu.kernel.cases.tally import SENT_BACK, given
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import FlowError, Run
from zhengwu.lib.problem import Conflict, Invalid

CODE, LABEL = "return", "退回"
PREVIOUS, APPLICANT = "previous", "applicant"


def offer(scene: Scene) -> Offer | None:
    if not (scene.mine and scene.running) or policies.waited_for(scene.step, scene.steps):
        return None
    choices = [(str(s.pk), f"{s.name}（{s.closed_label or '申请人'}）") for s in targets(scene)]
    if choices:
        choices[0] = (choices[0][0], f"上一环节：{choices[0][1]}")
    if to_applicant(scene) is not None and not any(s.kind == CORRECT for s in scene.steps):
        choices.append((APPLICANT, "申请人（一次性告知补正）"))
    if not choices:
        return None
    fields = [
        Field("to", "退回到", "select", True, tuple(choices)),
        Field("opinion", "退回理由", "textarea", True, max_length=1000, help="对方据此重新办理"),
    ]
    if choices[-1][0] == APPLICANT:
        fields.append(Field("material", "补正的材料", help="退回申请人时填写", max_length=200))
        fields.append(Field("wanted", "怎样补正", max_length=200))
    return Offer(CODE, LABEL, tuple(fields))


def targets(scene: Scene) -> list[Step]:
    """Steps done before that the case may go back to, the previous one first, then the latest; one for each node.

    Nothing goes back behind a decision that was made.
    """
    found: dict[str, Step] = {}
    for step in _earlier(scene):
        found.setdefault(step.node, step)
    return [s for s in found.values() if _possible(scene, s.node, s.path)]


def _earlier(scene: Scene) -> Iterator[Step]:
    own, decided = scene.step, scene.case.decided_at
    done = [s for s in scene.steps if given(s) and s.kind != CORRECT and s.pk != own.pk and s.node in scene.chart]
    done = [s for s in done if decided is None or (s.closed_at is not None and s.closed_at > decided)]
    if own.added:  # an added signer may give the step itself back to its holder
        yield from (s for s in done if s.pk == own.asked_by_id)
    done = [s for s in done if s.node != own.node]
    yield from (s for s in done if s.pk == own.came_from_id)
    yield from sorted(done, key=lambda s: (s.closed_at, s.pk), reverse=True)


def _possible(scene: Scene, node: str, path: Sequence[str]) -> bool:
    run = Run(scene.chart, scene.case.flow, who={n.id: ("?",) for n in scene.chart.tasks() if n.multi})
    try:
        run.move(scene.step.token, node, path)
    except FlowError:
        return False
    return True


def to_applicant(scene: Scene) -> tuple[str, list[str]] | None:
    """Node and path of the correction step; None when the chart has none, it cannot be come to, or it is too late."""
    if scene.case.decided_at is not None or (scene.node is not None and scene.node.action(CORRECT) is not None):
        return None
    for node in scene.chart.tasks():
        if node.kind_of_step == CORRECT and node.unit == "applicant" and _possible(scene, node.id, []):
            return node.id, []
    return None


@transaction.atomic
def send_back(
    *,
    step_id: int,
    to: str,
    by: Actor,
    opinion: str,
    items: Sequence[Mapping[str, str]] = (),
    revision: int | None = None,
    key: str = "",
) -> Done:
    """Closes the step as 退回 and opens the step ``to``: ``previous``, ``applicant`` or the id of a step done before.

    Other branches that the target does not lie in stay open; what stands behind the target is cancelled. ``items`` is
    what a correction notice asks for. Raises NotFound, Denied, Conflict, Stale, Invalid.
    """
    deed = begin(step_id, by, SENT_BACK, opinion=opinion, revision=revision)
    step = hold(deed)
    policies.require_heard(step, deed.steps)
    require_reason(opinion, words="请写明退回理由")
    deed.key, deed.cancelled = key, "因退回撤销"
    here, kind = scene(deed), kinds.get(deed.case.kind)
    account: int | None
    if to == APPLICANT:
        place = to_applicant(here)
        if place is None:
            raise Conflict("not-to-applicant", "现在不能退回申请人", "it cannot go back to the applicant now")
        (node, path), account = place, deed.case.applicant_id
        deed.form = {"items": [dict(i) for i in items] or [{"material": "申请材料", "fault": opinion, "wanted": ""}]}
        if kind.sent_back is not None:
            kind.sent_back(deed)
    else:
        target = _target(here, to)
        node, path, account = target.node, target.path, target.closed_by_id
    close_own(deed, LABEL)
    run = run_of(deed)
    run.move(step.token, node, path)
    label = f"退回至{deed.chart.node(node).name}"
    done = finish(deed, "case.returned", label, run, what="move", target=node, path=list(path))
    tell_people(deed, [account], f"{deed.case.title} 被{label}", "back", deed.opinion)
    return done


def _target(here: Scene, to: str) -> Step:
    found = targets(here)
    if not found:
        raise Conflict("nothing-before", "前面没有可以退回的环节", "there is no step to go back to")
    if to == PREVIOUS:
        return found[0]
    for step in found:
        if str(step.pk) == to:
            return step
    raise Invalid({"to": "请选择可以退回的环节"})
