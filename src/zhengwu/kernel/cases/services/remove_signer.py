"""减签: a signer who was added and has not answered is asked no longer."""

from django.db import transaction

from zhengwu.kernel.cases import policies
from zhengwu.kernel.cases.services.add_signer import waiting_signers
from zhengwu.kernel.cases.services.advance import added_signer
from zhengwu.kernel.cases.services.verb import (
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    require_unfinished,
    run_of,
    scene,
    tell_people,
)
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.lib.problem import Conflict, Denied

CODE, LABEL = "remove-signer", "减签"


def offer(scene: Scene) -> Offer | None:
    names = _removable(scene) if scene.running and _asker(scene) else []
    if not names:
        return None
    ids = {asked.account_id for name in names if (asked := added_signer(name))}
    people = dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))
    choices = tuple((name, people.get(asked.account_id, "")) for name in names if (asked := added_signer(name)))
    fields = (Field("who", "减去", "select", True, choices), Field("opinion", "原因", "textarea", max_length=1000))
    return Offer(CODE, LABEL, fields)


def _asker(scene: Scene) -> bool:
    """The actor holds the step, or completed it while signers after them are still asked."""
    return scene.mine or (scene.actor.account_id is not None and scene.step.closed_by_id == scene.actor.account_id)


def _removable(scene: Scene) -> list[str]:
    """Names in the flow of the signers this step's holder asked and who have not answered."""
    asked = [s.signer for s in scene.steps if s.asked_by_id == scene.step.pk and s.closed_at is None]
    later = [w for w in waiting_signers(scene) if (a := added_signer(w)) and a.step_id == scene.step.pk]
    return asked + later


@transaction.atomic
def remove_signer(*, step_id: int, who: str, by: Actor, opinion: str = "", revision: int | None = None) -> Done:
    """Takes the signer ``who`` (as in the offer) away; where nobody else is asked the flow goes on.

    ``step_id`` is the step of the one who asked. Raises NotFound, Denied, Conflict (answered already), Stale.
    """
    deed = begin(step_id, by, "remove_signer", opinion=opinion, revision=revision)
    require_unfinished(deed)
    policies.require_running(deed.case)
    here = scene(deed)
    if not _asker(here):
        raise Denied("not-yours", "只有加签的人可以减签", "only who added a signer may remove them")
    assert deed.step is not None
    if here.mine:
        deed.post = policies.require_may_act(by, deed.step, deed.case)
    if who not in _removable(here):
        raise Conflict("signer-answered", "此人已经提出意见或者不在加签名单中", "not asked any more")
    asked = added_signer(who)
    assert asked is not None
    deed.cancelled = "已减签"
    run = run_of(deed)
    run.remove(deed.step.token, who)
    name = Account.objects.filter(pk=asked.account_id).values_list("name", flat=True).first() or ""
    outcomes = {"outcomes": run.variables()["steps"], "outcome": run.variables()["outcome"]}
    done = finish(deed, "case.signer_removed", LABEL, run, to_label=name, what="remove", who=who, **outcomes)
    tell_people(deed, [asked.account_id], f"{deed.case.title} 已不需要您加签", "signer", deed.opinion)
    return done
