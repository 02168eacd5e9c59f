"""How a visit is found from a case, and who was served by whom."""

from datetime import datetime, time

from zhengwu.kernel.cases.models import Case, Party, Step
from zhengwu.kernel.cases.visits import Visit
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.matters.models import Window
from zhengwu.lib.now import CN, today
from zhengwu.lib.problem import Conflict

KIND = "application"
NOT_SERVED = ("withdrawn",)
"""Cases in these states were ended by the applicant; nothing was done that could be evaluated."""
_THEIRS = (Party.Role.APPLICANT, Party.Role.JOINT, Party.Role.AGENT)


def visit_of(case: Case) -> Visit:
    """The visit a closed case is. The clerk is who took it in, else who closed its last step at the window. Raises
    Conflict while it is open or when it was taken back."""
    if case.closed_at is None:
        raise Conflict("not-closed", "办结之后才能评价", "the case is not closed yet")
    if case.kind != KIND or case.state in NOT_SERVED:
        raise Conflict("not-served", "这个办件没有可以评价的服务", "there is nothing to evaluate in this case")
    matter = case.matter
    clerk = case.taken_by_id or (
        Step.objects.filter(case=case, role=Role.CLERK, closed_by__isnull=False).exclude(account=case.applicant_id)
        .order_by("-closed_at", "-id").values_list("closed_by_id", flat=True).first()
    )
    return Visit(
        key=f"case:{case.number}",
        title=case.title,
        unit_id=case.unit_id,
        division=case.division_id,
        at=case.closed_at,
        case=case,
        point_id=case.point_id or (matter.point_id if matter else None),
        window_id=case.window_id or (matter.window_id if matter else None),
        clerk_id=clerk,
    )


def belongs_to(case: Case, actor: Actor) -> bool:
    """Whether the visit is the actor's own: as applicant, joint applicant, or as agent who came."""
    if actor.account_id is None or actor.is_staff:
        return False
    if case.applicant_id == actor.account_id:
        return True
    return case.parties.filter(account_id=actor.account_id, until=None, role__in=_THEIRS).exists()


def case_at_window(window: Window) -> Visit | None:
    """The case closed last today that was taken in at this window."""
    midnight = datetime.combine(today(), time(), CN)
    case = (
        Case.objects.with_facts().filter(window=window, kind=KIND, closed_at__gte=midnight)
        .exclude(state__in=NOT_SERVED).order_by("-closed_at").first()
    )
    return visit_of(case) if case is not None else None
