"""Claiming: what somebody asked for at a window becomes theirs on line, once they have an account."""

from django.db import transaction
from django.db.models import F

from zhengwu.kernel.cases.mandates import identity_index
from zhengwu.kernel.cases.models import Case, Mandate, Party
from zhengwu.kernel.cases.selectors import access_by_code
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Denied, NotFound


def claim_cases(*, by: Actor, number: str, code: str, address: str) -> list[Case]:
    """Puts every case somebody asked for at a window into their account; returns those claimed now, oldest first.

    The account's number and name must be those taken down at the window, and the receipt in hand (``number``,
    ``code``) of one such case shows that the account is that person's. Claimed before by the same account: no error,
    []. Raises NotFound in the same words whether the receipt is wrong or somebody else's, Denied, Problem (tries).
    """
    account = Account.objects.filter(pk=by.account_id or 0).first()
    index = identity_index(account) if account else ""
    if account is None or account.kind == Account.Kind.STAFF or not index:
        raise Denied("identity-needed", "请用登记过证件号码的个人或法人账号认领", "an account with identity is needed")
    shown = access_by_code(number, code, address=address)
    if shown.applicant_id == account.pk:
        return []
    wanted = Party.objects.filter(role=Party.Role.APPLICANT, account=None, id_index=index, name=account.name)
    if not wanted.filter(case=shown, case__applicant=None).exists():
        words = "编号、查询码或者姓名、证件号码与窗口登记的不一致，请核对凭证"
        raise NotFound("not-your-case", words, "not this person's")
    with transaction.atomic():
        cases = list(
            Case.objects.select_for_update(of=("self",))
            .filter(pk__in=wanted.values("case_id"), applicant=None)
            .order_by("pk")
        )
        for case in cases:
            _claim(case, account, by, index)
        Mandate.objects.filter(grantor=None, grantor_index=index, grantor_name=account.name).exclude(
            agent=account
        ).update(grantor=account)
    return cases


def _claim(case: Case, account: Account, by: Actor, index: str) -> None:
    Case.objects.filter(pk=case.pk).update(applicant=account, revision=F("revision") + 1)
    case.refresh_from_db(fields=["applicant", "revision"])
    case.parties.filter(role=Party.Role.APPLICANT, account=None, id_index=index).update(account=account)
    chart = chart_of(case.version_id)
    for step in case.steps.filter(closed_at=None, account=None, role=Role.CLERK):
        node = chart.find(step.node)
        if node is not None and node.unit == "applicant":
            step.account, step.unit, step.role = account, None, node.role
            step.save(update_fields=["account", "unit", "role"])
    append(case.number, by.by(), [Entry("case.claimed", {"account": f"account:{account.pk}"})], at=now())
