"""What concerns one person: cases they applied for or take part in, what they must do next, and their dates."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from zhengwu.kernel.cases.api import access_case, mandates_given, visible_to
from zhengwu.kernel.cases.mandates import in_force
from zhengwu.kernel.cases.models import Case, Mandate, Party, Step, Submission
from zhengwu.kernel.directory.api import Actor
from zhengwu.lib.now import now
from zhengwu.lib.problem import NotFound
from zhengwu.modules.hall.models import CoApplicant

NEXT_MAX = 50


def own_cases(actor: Actor) -> QuerySet[Case]:
    """Cases the actor applied for or takes part in now, of any kind; never what they see by a post."""
    taking_part = Party.objects.seen_by(actor.account_id or 0).filter(case_id=OuterRef("pk"))
    return visible_to(actor).filter(Q(applicant_id=actor.account_id or 0) | Exists(taking_part))


def own_case(actor: Actor, number: str) -> Case:
    """One of ``own_cases``; NotFound for everybody else, also for those who may see it at their desk."""
    case = access_case(actor, number)
    if case.applicant_id != actor.account_id and not case.parties.all().seen_by(actor.account_id or 0).exists():
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return case


def standing(actor: Actor, case: Case) -> Party | None:
    """As what the actor takes part in somebody else's case; None in their own."""
    if case.applicant_id == actor.account_id:
        return None
    return case.parties.all().seen_by(actor.account_id or 0).select_related("mandate").order_by("-id").first()


def acts_for(actor: Actor) -> Q:
    """Condition on a case (through ``case__``): the actor is an agent in it whose mandate is in force now."""
    agents = Party.objects.filter(role=Party.Role.AGENT, account_id=actor.account_id or 0, until=None)
    mandates = Mandate.objects.filter(in_force(now()), agent_id=actor.account_id or 0)
    return Q(case_id__in=agents.filter(mandate__in=mandates).values("case_id"))


def own_steps(actor: Actor) -> QuerySet[Step]:
    """Open steps the actor must answer as applicant, or for whoever gave them a mandate; nearest limit first."""
    mine = Q(account_id=actor.account_id or 0) | (Q(account=F("case__applicant")) & acts_for(actor))
    return Step.objects.open().filter(mine, unit=None).select_related("case").order_by("due_at", "id")


def promised_papers(actor: Actor) -> QuerySet[Submission]:
    """Materials promised for later (承诺后补) in open cases the actor acts in."""
    mine = Q(case__applicant_id=actor.account_id or 0) | acts_for(actor)
    rows = Submission.objects.filter(mine, way=Submission.Way.LATER, case__closed_at=None)
    return rows.select_related("case").order_by("case__opened_at", "id")


@dataclass(frozen=True)
class Next:
    """One thing the person must do: what, why, where, until when."""

    title: str
    words: str
    url: str
    verb: str
    due_at: datetime | None = None

    @property
    def m_url(self) -> str:
        """The same page for old phones."""
        return f"/m{self.url}"


def next_things(actor: Actor) -> list[Next]:
    """Everything that waits for this person, nearest limit first. What other packages add stands in the slot
    ``my.affairs``."""
    found = [
        Next(s.case.title, f"窗口请您{s.name}", f"{reverse('hall:case', args=[s.case.number])}#todo", f"去{s.name}",
             s.due_at)
        for s in own_steps(actor)[:NEXT_MAX]
    ]
    found += [
        Next(s.case.title, f"补交承诺的材料：{s.name}", f"{reverse('hall:case', args=[s.case.number])}#late", "去补交")
        for s in promised_papers(actor)[:NEXT_MAX]
    ]
    asked = CoApplicant.objects.filter(account_id=actor.account_id or 0, state=CoApplicant.State.ASKED)
    found += [
        Next(
            c.draft.matter.name,
            f"{c.draft.account.name}请您共同申请，等您确认",
            reverse("hall:together", args=[c.pk]),
            "去确认",
        )
        for c in asked.select_related("draft__matter", "draft__account")[:NEXT_MAX]
    ]
    found += [
        Next(f"{m.agent.name}请您授权代办", m.matter.name if m.matter else "您的各项政务服务事项",
             reverse("hall:mandate", args=[m.pk]), "去答复", m.valid_to)
        for m in mandates_given(actor).filter(state=Mandate.State.ASKED, evidence=Mandate.Evidence.ONLINE,
                                              valid_to__gt=now())[:NEXT_MAX]
    ]
    return sorted(found, key=lambda n: (n.due_at is None, n.due_at or now()))
