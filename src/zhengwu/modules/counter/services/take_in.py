"""Taking an application in for somebody at the counter: opened, and as far as the window may, done on the spot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from zhengwu.kernel.cases.api import Door, Handed, Joining, act, kinds, open_case, todo
from zhengwu.kernel.cases.models import Case, Mandate, Submission
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.modules.counter.models import LatePaper
from zhengwu.modules.counter.points import Place, carrying, require_offered, serving

OPEN, ACCEPT, FINISH = "open", "accept", "finish"
"""How far the window goes: only takes in, accepts, or decides, issues and delivers on the spot."""
LATE_DAYS = 30
_ACTIONS = {"precheck": "accept", "decide": "grant", "issue": "issue", "deliver": "deliver"}
_OPINIONS = {"accept": "申请材料齐全，符合法定形式，当场受理。", "grant": "当场审查，符合法定条件，准予。"}


@dataclass(frozen=True)
class Paper:
    """How one material came: ``way`` as Submission.Way; ``due`` for what is promised, ``file`` for what is a file."""

    material: Material
    way: str
    due: date | None = None
    file: UUID | None = None


def far(matter: Matter) -> str:
    """How far the department let its window go (一审一核、终审权)."""
    authority = Matter.WindowAuthority
    if matter.kind == Matter.Kind.INSTANT and matter.window_authority == authority.DECIDE:
        return FINISH
    return ACCEPT if matter.window_authority in (authority.ACCEPT, authority.DECIDE) else OPEN


def take_in(
    *,
    clerk: Account,
    place: Place,
    matter: Matter,
    parties: Sequence[Joining],
    form: Mapping[str, Any],
    papers: Sequence[Paper],
    until: str = OPEN,
    key: str,
    mandate: Mandate | None = None,
) -> Case:
    """Opens a case for the walk-in named first in ``parties`` and goes on ``until``; all of it or nothing.

    ``mandate``: a village agent does it for their villager. ``key`` makes a second click harmless. Raises Denied,
    Conflict (not offered here, beyond the window's authority, papers still to come), Invalid by field.
    """
    actor = clerk.actor
    _require_place(actor, place, mandate)
    require_offered(place.point, matter)
    if until != OPEN:
        _require_authority(matter, until, papers, mandate)
    late = _late(papers)
    channel = Case.Channel.AGENT if mandate else Case.Channel.COUNTER
    agent = [Joining("agent", clerk.name, account=clerk, mandate=mandate)] if mandate else []
    with transaction.atomic():
        case = open_case(
            kind=kinds.kind_for(matter),
            matter=matter,
            by=actor,
            applicant=None,
            applicant_name=parties[0].name,
            form=form,
            materials=[Handed(p.material.name, p.material.pk, p.way, p.file) for p in papers],
            key=key,
            parties=[*parties, *agent],
            door=Door(channel, place.point, place.window, clerk),
        )
        _promise(case, late)
        for action in _acts(until):
            _do(case, actor, action, key)
        if until == FINISH:
            case.refresh_from_db()
            if case.closed_at is None:
                raise Conflict("not-on-the-spot", "流程图还有别人办理的环节，不能当场办结，请只收件", "others act too")
    return case


def _require_place(actor: Actor, place: Place, mandate: Mandate | None) -> None:
    mine = carrying(actor) if mandate else serving(actor)
    if not mine.filter(pk=place.point.pk).exists():
        raise Denied("not-your-point", f"您不在{place.point.name}工作，不能在这里收件", "you do not serve there")


def _require_authority(matter: Matter, until: str, papers: Sequence[Paper], mandate: Mandate | None) -> None:
    order = (OPEN, ACCEPT, FINISH)
    if mandate is not None or order.index(until) > order.index(far(matter)):
        words = "部门没有把这个事项的受理权（终审权）交给窗口，请只收件"
        raise Conflict("beyond-window", words, "beyond the window's authority")
    if until == FINISH and any(p.way == Submission.Way.LATER for p in papers):
        words = "有承诺后补的材料，可以先受理，补齐后再办结"
        raise Conflict("papers-to-come", words, "papers are still to come")


def _late(papers: Sequence[Paper]) -> dict[int, date]:
    """Material → the day it is promised for. Raises Invalid at the date."""
    errors, due = {}, {}
    last = today() + timedelta(days=LATE_DAYS)
    for paper in papers:
        if paper.way != Submission.Way.LATER:
            continue
        if paper.due is None or not today() <= paper.due <= last:
            errors[f"due-{paper.material.pk}"] = f"请填写补交日期：今天起{LATE_DAYS}天以内"
        else:
            due[paper.material.pk] = paper.due
    if errors:
        raise Invalid(errors)
    return due


def _promise(case: Case, late: Mapping[int, date]) -> None:
    rows = case.submissions.filter(way=Submission.Way.LATER, material_id__in=late, promise=None)
    LatePaper.objects.bulk_create(
        [LatePaper(submission=row, case=case, due_on=late[row.material_id or 0]) for row in rows]
    )


def _acts(until: str) -> list[str]:
    if until == FINISH:
        return list(_ACTIONS.values())
    return ["accept"] if until == ACCEPT else []


def _do(case: Case, actor: Actor, action: str, key: str) -> None:
    """One act on the open step of its kind; nothing where the chart has none (or a first click did it)."""
    kinds = [kind for kind, wanted in _ACTIONS.items() if wanted == action]
    step = todo(actor).filter(case=case, kind__in=kinds).first()
    if step is None:
        return
    form = {"way": "窗口当场送达"} if action == "deliver" else {}
    act(step_id=step.pk, action=action, by=actor, form=form, opinion=_OPINIONS.get(action, ""), key=f"{key}:{action}")
