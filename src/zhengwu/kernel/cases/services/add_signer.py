"""加签: the holder of a step asks one more person, before, beside or after themselves."""

from django.db import transaction

from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.people import colleague, colleagues
from zhengwu.kernel.cases.services.advance import Asked, added_signer
from zhengwu.kernel.cases.services.verb import (
    OUTWARD,
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    hold,
    run_of,
    scene,
    tell_people,
)
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.chart import PARALLEL
from zhengwu.lib.problem import Conflict, Invalid

CODE, LABEL = "add-signer", "加签"
MOST = 20
WORDS = {
    Step.Added.BEFORE: "前加签：对方提出意见后我再办理",
    Step.Added.BESIDE: "并加签：与我同时办理",
    Step.Added.AFTER: "后加签：我办理后由对方再签",
}


def offer(scene: Scene) -> Offer | None:
    if not (scene.mine and scene.running) or scene.step.unit_id is None or scene.step.kind == "correct":
        return None
    people = colleagues(scene.case, scene.step, _asked(scene))
    if not people:
        return None
    ways = tuple((str(how), words) for how, words in WORDS.items() if _why_not(scene, how) is None)
    fields = (
        Field("how", "方式", "select", True, ways),
        Field("who", "加签人员", "select", True, people),
        Field("opinion", "请对方看什么", "textarea", max_length=1000),
    )
    return Offer(CODE, LABEL, fields)


def _asked(scene: Scene) -> set[int | None]:
    """Accounts that are asked at this step already, or wait to be."""
    asked = {s.account_id for s in scene.steps if s.token == scene.step.token and s.closed_at is None}
    waiting = [added_signer(w) for w in waiting_signers(scene)]
    return {scene.actor.account_id} | asked | {w.account_id for w in waiting if w}


def waiting_signers(scene: Scene) -> list[str]:
    """Signers of this step who are to be asked later, by their names in the flow."""
    return list(scene.case.flow.get("t", {}).get(scene.step.token, {}).get("mi", {}).get("w", ()))


def _why_not(scene: Scene, how: str) -> str | None:
    if how == Step.Added.AFTER:
        if scene.step.kind in OUTWARD:
            return "这个环节的处理对外生效，只能前加签"
        if scene.node is not None and scene.node.multi == PARALLEL:
            return "同时会签的环节只能前加签或者并加签"
    if how == Step.Added.BESIDE and scene.step.kind in OUTWARD:
        return "这个环节的处理对外生效，只能前加签"
    return None


@transaction.atomic
def add_signer(
    *, step_id: int, how: str, who: str | int, by: Actor, opinion: str = "", revision: int | None = None
) -> Done:
    """Asks the account ``who`` to sign ``how`` (before, beside, after); the holder's step stays open.

    At a step for one holder the signer gives an opinion and decides nothing. Raises NotFound, Denied, Conflict, Stale,
    Invalid.
    """
    deed = begin(step_id, by, "add_signer", opinion=opinion, revision=revision)
    step = hold(deed)
    here = scene(deed)
    if how not in Step.Added.values:
        raise Invalid({"how": "请选择加签方式"})
    if why := _why_not(here, how):
        raise Conflict("no-such-signing", why, "this way of adding a signer is not possible here")
    account = colleague(deed.case, who, "who")
    if account.pk in _asked(here):
        raise Invalid({"who": "此人已在本环节办理"})
    if sum(s.asked_by_id == step.pk for s in deed.steps) >= MOST:
        raise Conflict("too-many-signers", f"一个环节最多加签{MOST}人", "too many signers")
    run = run_of(deed)
    asked = Asked(how, account.pk, step.pk)
    beside = how != Step.Added.AFTER
    run.add(step.token, asked.signer, first=not beside, beside=beside)
    done = finish(
        deed,
        "case.signer_added",
        Step.Added(how).label,
        run,
        to_label=account.name,
        what="add",
        who=asked.signer,
        first=not beside,
        beside=beside,
    )
    if beside:
        tell_people(deed, [account.pk], f"{deed.case.title} 请您{Step.Added(how).label}", "signer", deed.opinion)
    return done
