"""Reading affairs: every function takes the actor, so that access is in the query."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.matters.api import refusal
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import NotFound
from zhengwu.modules.enforcement.families import BY_TYPE, FAMILIES, OFFICE_TYPES
from zhengwu.modules.enforcement.models import Affair, Candidate, Discretion, Draw


def affairs(actor: Actor, *, family: str = "", state: str = "", light: str = "", text: str = "") -> QuerySet[Affair]:
    """The affairs of the cases ``actor`` works at or watches, newest first; a party's own are not among them."""
    seen = Case.objects.visible_to(actor).filter(kind__in=FAMILIES)
    rows = Affair.objects.filter(case__in=seen.values("pk")).exclude(party_account_id=actor.account_id or 0)
    if family in FAMILIES:
        rows = rows.filter(case__kind=family)
    if state:
        rows = rows.filter(case__state=state)
    if light == "red":
        rows = rows.filter(case__closed_at=None, case__due_at__lte=now())
    elif light == "open":
        rows = rows.filter(case__closed_at=None)
    elif light == "closed":
        rows = rows.filter(case__closed_at__isnull=False)
    if words := text.strip()[:100]:
        rows = rows.filter(Q(case__number=words.upper()) | Q(subject__icontains=words)
                           | Q(case__applicant_name__icontains=words) | Q(case__title__icontains=words))
    return rows.select_related("case__unit", "case__matter").order_by("-case__opened_at", "-pk")


def access_affair(actor: Actor, number: str) -> Affair:
    """The affair for somebody who works at its case; NotFound for everybody else, its party among them."""
    found = affairs(actor).filter(case__number=number).first()
    if found is None:
        raise NotFound("no-such-affair", "没有这个案卷", "no such affair")
    return found


def my_affairs(actor: Actor) -> QuerySet[Affair]:
    """What an account is party to and was told of."""
    return (Affair.objects.filter(party_account_id=actor.account_id or 0, told_at__isnull=False)
            .select_related("case__unit", "case__matter").order_by("-told_at", "-pk"))


def access_mine(actor: Actor, number: str) -> Affair:
    found = my_affairs(actor).filter(case__number=number).first()
    if found is None:
        raise NotFound("no-such-affair", "没有涉及您的这个案件", "no such affair of yours")
    return found


def powers(actor: Actor) -> list[tuple[Matter, str]]:
    """The office's own matters an officer may open a case on, with the reason why not today ("" when it runs)."""
    units = actor.unit_ids(Role.OFFICER)
    rows = (Matter.objects.with_guide().filter(unit_id__in=units, master__type__in=OFFICE_TYPES)
            .exclude(status=Matter.Status.DRAFT).order_by("master__type", "sort_key", "pk"))
    day = today()
    found = []
    for matter in rows:
        why = refusal(matter, day)
        found.append((matter, why.zh if why else ""))
    return found


def access_power(actor: Actor, code: str) -> Matter:
    found = (Matter.objects.with_guide().filter(unit_id__in=actor.unit_ids(Role.OFFICER), code=code,
                                                master__type__in=OFFICE_TYPES).first())
    if found is None:
        raise NotFound("no-such-power", "本单位没有这项可以依职权立案的权力", "no such power of your unit")
    return found


def family_of(matter: Matter) -> Any:
    return BY_TYPE[matter.master.type]


def tally(actor: Actor) -> dict[str, int]:
    """How many affairs are open, by family."""
    rows = affairs(actor, light="open").order_by().values("case__kind").annotate(n=Count("pk"))
    return {row["case__kind"]: row["n"] for row in rows}


def discretion_of(matter_id: int | None) -> QuerySet[Discretion]:
    return Discretion.objects.filter(matter_id=matter_id or 0)


def draws(actor: Actor) -> QuerySet[Draw]:
    """The draws of the units one works in."""
    return Draw.objects.filter(unit_id__in=actor.unit_ids(*WORKERS)).select_related("unit", "case").order_by("-pk")


def access_draw(actor: Actor, pk: int) -> Draw:
    found = draws(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("no-such-draw", "没有这次抽取", "no such draw")
    return found


def registers(actor: Actor) -> dict[int, dict[str, int]]:
    """Unit → how many candidates of each kind are in its registers."""
    rows = (Candidate.objects.filter(unit_id__in=actor.unit_ids(Role.OFFICER, Role.HEAD), active=True)
            .order_by().values("unit_id", "kind").annotate(n=Count("pk")))
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["unit_id"], {})[row["kind"]] = row["n"]
    return found
