"""催办: whoever waits for a step reminds those who hold it; seldom, and on the record."""

from django.db import transaction

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.services.lights import holders_of
from zhengwu.kernel.cases.services.verb import Done, Field, Offer, Scene, begin, finish, require_open, tell_people
from zhengwu.kernel.directory.api import WORKERS, Actor, Role, count_attempt
from zhengwu.lib.problem import Denied, NotFound, Problem

CODE, LABEL = "press", "催办"
HOURS = 24


def offer(scene: Scene) -> Offer | None:
    waits = scene.running and scene.step.closed_at is None and not scene.mine
    if not waits or not _may(scene.actor, scene.case):
        return None
    return Offer(CODE, LABEL, (Field("opinion", "催办的话", "textarea", max_length=200),), note="每人每件一天一次。")


def _may(actor: Actor, case: Case) -> bool:
    """The applicant, whoever works in a unit that takes part, and the inspector of the area."""
    if actor.account_id is not None and actor.account_id == case.applicant_id:
        return True
    if set(actor.unit_ids(*WORKERS)) & set(case.unit_ids):
        return True
    return any(case.division_id.startswith(p) for p in actor.division_prefixes(Role.INSPECTOR))


@transaction.atomic
def press(*, step_id: int, by: Actor, opinion: str = "", revision: int | None = None) -> Done:
    """Tells everybody who may act on the step now. Once in HOURS hours for each person and case.

    Raises NotFound, Denied (it is one's own to do), Conflict (closed, suspended), Problem 429.
    """
    deed = begin(step_id, by, "press", opinion=opinion[:200], revision=revision)
    step, case = require_open(deed), deed.case
    accounts = holders_of([step])
    if by.account_id in accounts or not _may(by, case):
        raise Denied("not-to-press", "不能催办自己的环节", "one does not press oneself")
    try:
        count_attempt(key=f"press:{case.number}:{by.account_id}", limit=1, minutes=HOURS * 60)
    except Problem as error:
        words = "今天已经催办过，请明天再催"
        raise Problem("pressed-already", words, "pressed within the last day", status=error.status) from None
    done = finish(deed, "case.pressed", LABEL)
    tell_people(deed, sorted(accounts), f"催办：{case.title} · {step.name}", "press", deed.opinion)
    return done


def press_case(*, number: str, by: Actor, opinion: str = "") -> Done:
    """``press`` for the step that is waited for longest; for the applicant's page. Raises NotFound as well."""
    rows = Step.objects.filter(case__number=number, closed_at=None, case__in=Case.objects.visible_to(by))
    first = rows.exclude(account_id=by.account_id or 0).order_by("opened_at", "id").values_list("pk", flat=True).first()
    if first is None:
        raise NotFound("nothing-to-press", "本件现在没有可以催办的环节", "no step to press")
    return press(step_id=first, by=by, opinion=opinion)
