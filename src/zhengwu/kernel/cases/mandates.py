"""Reading powers of attorney: whether one is in force now, for whom, and what it says when it is not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db.models import Q, QuerySet

from zhengwu.kernel.cases.models import Case, Mandate, Party
from zhengwu.kernel.directory.api import Actor, Role, blind_index
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import local, now
from zhengwu.lib.problem import Denied, NotFound

PAPER = "mandate-paper"
"""Purpose of the photo of a signed power of attorney."""


class Joined(Protocol):
    """Somebody who takes part in a case that is being opened (``services.open.Joining``)."""

    @property
    def role(self) -> str: ...
    @property
    def account(self) -> Account | None: ...
    @property
    def id_number(self) -> str: ...
    @property
    def mandate(self) -> Mandate | None: ...


def identity_index(account: Account) -> str:
    """The blind index an account's person or body is found by among parties and grantors; "" when unknown."""
    return account.id_index or (blind_index(account.uscc) if account.uscc else "")


def in_force(at: datetime) -> Q:
    """The condition of a mandate that may be acted on at ``at``."""
    return Q(state=Mandate.State.GIVEN, valid_from__lte=at, valid_to__gt=at)


def mandates_held(actor: Actor) -> QuerySet[Mandate]:
    """Powers of attorney others gave, or are asked to give, to ``actor``; newest first."""
    return Mandate.objects.filter(agent_id=actor.account_id or 0).select_related("matter", "grantor")


def mandates_given(actor: Actor) -> QuerySet[Mandate]:
    """Powers of attorney ``actor`` is asked for or has given; newest first."""
    return Mandate.objects.filter(grantor_id=actor.account_id or 0).select_related("matter", "agent")


def access_mandate(actor: Actor, mandate_id: int) -> Mandate:
    """A mandate for its agent, its grantor, or the centre of the agent's area. Raises NotFound for everybody else."""
    mandate = Mandate.objects.select_related("matter", "agent", "grantor").filter(pk=mandate_id).first()
    if mandate is None or not (actor.account_id in _sides(mandate) or may_record_withdrawal(actor, mandate)):
        raise NotFound("no-such-mandate", "没有查到这份授权", "no such power of attorney")
    return mandate


def _sides(mandate: Mandate) -> set[int]:
    return {pk for pk in (mandate.agent_id, mandate.grantor_id) if pk is not None}


def may_record_withdrawal(actor: Actor, mandate: Mandate) -> bool:
    """A grantor without account may take a mandate back at any window or desk of the agent's area, not only with the
    agent."""
    prefixes = actor.division_prefixes(Role.CLERK, Role.RECEPTION, Role.CENTRE)
    agents = mandate.agent.actor.posts if prefixes else ()
    return any(post.division.startswith(prefix) for post in agents for prefix in prefixes)


def require_mandate(
    agent: Actor,
    *,
    grantor: Account | None = None,
    grantor_index: str = "",
    matter: Matter | None = None,
    at: datetime | None = None,
) -> Mandate:
    """The mandate by which ``agent`` acts for the grantor (an account, or a person by blind index) in ``matter``.

    Asked at every act of an agent (民法典 §162: within the authority only). Raises Denied saying what is wrong: taken
    back, run out, not given yet, for another matter, or none at all.
    """
    moment = at or now()
    index = grantor_index or (identity_index(grantor) if grantor else "")
    who = Q(grantor=grantor) if grantor else Q(pk__in=[])
    rows = list(mandates_held(agent).filter(who | Q(grantor_index=index) if index else who))
    usable = [m for m in rows if _stands(m, moment) and (m.matter_id is None or matter is None or m.matter == matter)]
    if usable:
        return usable[0]
    raise refusal(rows, moment)


def _stands(mandate: Mandate, at: datetime) -> bool:
    return mandate.state == Mandate.State.GIVEN and mandate.valid_from <= at < mandate.valid_to


def refusal(rows: Iterable[Mandate], at: datetime) -> Denied:
    """Why none of ``rows`` (newest first) lets the agent act at ``at``."""
    first = next(iter(rows), None)
    if first is None:
        return Denied("mandate-missing", "没有委托人的授权，不能代办", "no power of attorney")
    if first.state == Mandate.State.REVOKED:
        when = f"于{local(first.revoked_at):%Y-%m-%d %H:%M}" if first.revoked_at else ""
        return Denied("mandate-revoked", f"委托人已{when}撤回授权，不能再代办；已填的内容没有丢失", "mandate revoked")
    if first.state != Mandate.State.GIVEN:
        return Denied("mandate-not-given", "委托人还没有同意授权，不能代办", "the mandate has not been given")
    if at >= first.valid_to:
        return Denied("mandate-expired", "授权已到期，请委托人重新授权", "the mandate has run out")
    if at < first.valid_from:
        return Denied("mandate-early", "授权还没有生效", "the mandate is not yet in force")
    return Denied("mandate-elsewhere", "授权不包括这个事项，请委托人另行授权", "the mandate is for another matter")


def require_joined(case: Case, parties: Iterable[Joined]) -> None:
    """Every agent with an account who joins a case holds a mandate of its applicant, locked until the case is written.

    Raises Denied. Called inside the transaction that opens the case.
    """
    joined = list(parties)
    applicants = {blind_index(j.id_number) for j in joined if j.role == Party.Role.APPLICANT and j.id_number}
    for agent in joined:
        if agent.role != Party.Role.AGENT or agent.account is None:
            continue
        given = agent.mandate.pk if agent.mandate else 0
        mandate = (
            Mandate.objects.select_for_update(no_key=True).filter(pk=given).first()
        )
        if mandate is None or mandate.agent_id != agent.account.pk:
            raise refusal([], case.opened_at)
        mine = mandate.grantor_id is not None and mandate.grantor_id == case.applicant_id
        if not mine and mandate.grantor_index not in applicants:
            raise Denied("mandate-of-another", "这份授权不是申请人本人作出的，不能用于本件", "not this applicant's")
        if not _stands(mandate, case.opened_at) or mandate.matter_id not in (None, case.matter_id):
            raise refusal([mandate], case.opened_at)


def agent_of(case: Case, at: datetime) -> int | None:
    """The account that acts for an applicant without one, by a mandate in force."""
    rows = _agents(case).filter(mandate__state=Mandate.State.GIVEN, mandate__valid_from__lte=at,
                                mandate__valid_to__gt=at)
    return rows.values_list("account_id", flat=True).first()


def _agents(case: Case) -> QuerySet[Party]:
    return case.parties.filter(role=Party.Role.AGENT, account__isnull=False, until=None).order_by("-id")


def acts_for_applicant(actor: Actor, case: Case) -> bool:
    """Whether ``actor`` is an agent in the case with a mandate in force at this moment.

    False for those who are no agent in it; raises Denied where the mandate does not hold any more.
    """
    party = case.parties.filter(role=Party.Role.AGENT, account_id=actor.account_id or 0).select_related(
        "mandate").order_by("-id").first()
    if party is None:
        return False
    moment = now()
    if party.mandate is None or party.until is not None or not _stands(party.mandate, moment):
        raise refusal([party.mandate] if party.mandate else [], moment)
    return True


def may_open_paper(actor: Actor, stored: StoredFile) -> bool:
    """The photo opens for agent and grantor, and for those who work on a case that rests on it."""
    if actor.account_id is None:
        return False
    if stored.owner_id == actor.account_id:
        return True
    mandates = Mandate.objects.filter(paper_id=stored.pk)
    if mandates.filter(grantor_id=actor.account_id).exists():
        return True
    return Case.objects.visible_to(actor).filter(parties__mandate__in=mandates).exists()
