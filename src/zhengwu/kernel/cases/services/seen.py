"""The first look of a step's holder: until then the one before may take their work back."""

from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.directory.api import Actor
from zhengwu.lib.now import now


def mark_seen(step: Step, actor: Actor) -> None:
    """Sets who first opened an open step that is theirs to act on; one statement, none once it is set."""
    if step.seen_at is not None or step.closed_at is not None or actor.account_id is None:
        return
    moment = now()
    rows = Step.objects.filter(pk=step.pk, seen_at=None, closed_at=None)
    if rows.update(seen_at=moment, seen_by_id=actor.account_id):
        step.seen_at, step.seen_by_id = moment, actor.account_id
