"""A village agent fetches the result and brings it to the villager; both stand in the case's record."""

from django.db import transaction

from zhengwu.kernel.cases.api import acts_for_applicant
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.counter.models import Errand


def _case(number: str, agent: Account) -> Case:
    case = Case.objects.select_for_update(of=("self",)).visible_to(agent.actor).filter(number=number).first()
    if case is None:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    if not acts_for_applicant(agent.actor, case):
        raise Denied("agents-only", "只有本件的代办员可以登记代领", "only the case's agent")
    return case


@transaction.atomic
def collect(*, number: str, agent: Account) -> Errand:
    """The agent has fetched the result. Fetched already: nothing changes. Raises Conflict before it is ready."""
    case = _case(number, agent)
    if case.decided_at is None:
        raise Conflict("not-ready", "本件还没有作出决定，没有可以代领的结果", "not decided yet")
    errand, fresh = Errand.objects.get_or_create(case=case, defaults={"agent": agent, "collected_at": now()})
    if fresh:
        append(case.number, agent.actor.by(), [Entry("case.collected", {})])
    return errand


@transaction.atomic
def hand_over(*, number: str, agent: Account, receiver: str) -> Errand:
    """The villager has it in hand; ``receiver`` is who signed for it. Handed over already: nothing changes."""
    case = _case(number, agent)
    errand = Errand.objects.filter(case=case).first()
    if errand is None:
        raise Conflict("not-collected", "请先登记代领", "not collected yet")
    receiver = receiver.strip()
    if not 2 <= len(receiver) <= 40:
        raise Invalid({"receiver": "请写明签收人的姓名"})
    if errand.handed_at is None:
        errand.handed_at, errand.receiver = now(), receiver
        errand.save(update_fields=["handed_at", "receiver"])
        append(case.number, agent.actor.by(), [Entry("case.handed_over", {})])
    return errand
