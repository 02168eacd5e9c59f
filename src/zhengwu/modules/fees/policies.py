"""Who may do what with fees."""

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.directory.models import Division
from zhengwu.lib.problem import Denied
from zhengwu.modules.fees.models import Bill


def finance_of(actor: Actor, division: Division) -> bool:
    """The finance office keeps the register of its own level and of what lies below."""
    return any(division.code.startswith(prefix) for prefix in actor.division_prefixes(Role.FINANCE))


def require_finance(actor: Actor, division: Division) -> None:
    """Raises Denied for anybody else: who collects does not write the register (收支两条线)."""
    if not finance_of(actor, division):
        raise Denied("finance-only", "只有本级财政部门的收费管理人员可以维护收费目录", "the finance office alone")


def may_bill(actor: Actor, case: Case) -> bool:
    """A worker of the unit that handles the case, while it is open."""
    return case.closed_at is None and bool(set(actor.unit_ids(*WORKERS)) & set(case.unit_ids))


def may_decide_waiver(actor: Actor, bill: Bill) -> bool:
    """Head or leader of the collecting unit (审核人、分管领导)."""
    return actor.has_role(Role.HEAD, Role.LEADER, unit_id=bill.unit_id)


def may_pay(actor: Actor, bill: Bill) -> bool:
    """The payer, or whoever takes part in the case as a party: paying for another harms nobody."""
    return actor.account_id is not None and (
        actor.account_id in {bill.payer_id, bill.case.applicant_id}
        or bill.case.parties.filter(account_id=actor.account_id, until=None).exists()
    )
