"""中止 and 恢复: a case stands still for a reason the law knows, and goes on where it stood."""

from datetime import date, datetime, time

from django.db import transaction

from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Step, Timer
from zhengwu.kernel.cases.services.advance import step_subject
from zhengwu.kernel.cases.services.lights import holders_of
from zhengwu.kernel.cases.services.verb import (
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    require_open,
    require_unfinished,
    tell_people,
)
from zhengwu.kernel.cases.services.write import refresh_due, set_due
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.directory.api import Actor, Post, Role
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import CN, local, today
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.lib.uploads import refuse_secret_text

CODE, LABEL = "suspend", "中止"
RESUME, RESUME_LABEL = "resume", "恢复"
BASIS_MAX, DAYS_MAX = 200, 366


def chief_post(actor: Actor, case: Case) -> Post | None:
    """The post in which the actor directs the unit that answers for the case."""
    return actor.post_at(case.unit_id, Role.LEADER) or actor.post_at(case.unit_id, Role.HEAD)


def offer(scene: Scene) -> Offer | None:
    if not scene.running or scene.step.closed_at is not None or chief_post(scene.actor, scene.case) is None:
        return None
    fields = (
        Field("opinion", "中止的理由", "textarea", True, max_length=500),
        Field("basis", "法律依据", "text", True, max_length=BASIS_MAX, help="如：行政许可法第四十五条"),
        Field("until", "预计恢复日期", "date", True),
    )
    return Offer(CODE, LABEL, fields, confirm="中止后各环节停办、时限停计，申请人会收到告知书。")


def offer_resume(scene: Scene) -> Offer | None:
    if scene.case.suspended_at is None or scene.case.closed_at is not None or scene.step.closed_at is not None:
        return None
    if chief_post(scene.actor, scene.case) is None:
        return None
    return Offer(RESUME, RESUME_LABEL, (Field("opinion", "恢复的理由", "textarea", True, max_length=500),))


def _day(text: str, at: datetime) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid({"until": "请填写预计恢复的日期"}) from None
    if not 0 < (day - local(at).date()).days <= DAYS_MAX:
        raise Invalid({"until": f"预计恢复日期须在今天之后、{DAYS_MAX}天以内"})
    return day


@transaction.atomic
def suspend(*, step_id: int, by: Actor, opinion: str, basis: str, until: str, revision: int | None = None) -> Done:
    """Stands the case still from now: no step is done, no limit runs, no timer fires, until it is resumed.

    By the head or leader of its unit, with reason, article and expected end (``until``, a day as YYYY-MM-DD); the
    applicant gets a paper. Raises NotFound, Denied, Conflict, Stale, Invalid.
    """
    deed = begin(step_id, by, "suspend", opinion=opinion, revision=revision)
    case = deed.case
    deed.post = chief_post(by, case)
    if deed.post is None:
        raise Denied("chief-only", "中止须由主办单位审核人或者分管领导批准", "only the unit's head may suspend")
    require_unfinished(deed)
    require_open(deed)
    basis = basis.strip()
    errors = {} if deed.opinion else {"opinion": "请写明中止的理由"}
    if not basis or len(basis) > BASIS_MAX:
        errors["basis"] = f"请写明法律依据（{BASIS_MAX}字以内）"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(basis, field="basis")
    day = _day(until, deed.at)
    case.suspended_at = deed.at
    case.suspension = {"reason": deed.opinion, "basis": basis, "until": day.isoformat()}
    expected = datetime.combine(day, time(), CN)
    for subject in (case.number, *_own(deed)):
        clock.suspend(subject, deed.at, reason=deed.opinion, basis=basis, until=expected)
    case.due_at = case.warn_at = None
    refresh_due(case, deed.steps)
    deed.document("halted", "中止办理告知书", f"{case.unit.short_name}中", reason=deed.opinion, basis=basis)
    done = finish(deed, "case.suspended", LABEL, basis=basis, until=day.isoformat())
    tell_people(deed, [case.applicant_id], f"您的办件已中止办理：{case.title}", "suspended", deed.opinion)
    return done


def _own(deed: Deed) -> list[str]:
    return [step_subject(deed.case, s) for s in deed.steps if s.closed_at is None]


@transaction.atomic
def resume(*, step_id: int, by: Actor, opinion: str, revision: int | None = None) -> Done:
    """Lets a suspended case go on: limits run again, timers fire later by the time it stood.

    Limits that stand still for another reason (§45: a hearing, an inspection is open) go on standing. Raises NotFound,
    Denied, Conflict, Stale, Invalid.
    """
    deed = begin(step_id, by, "resume", opinion=opinion, revision=revision)
    case = deed.case
    deed.post = chief_post(by, case)
    if deed.post is None:
        raise Denied("chief-only", "恢复须由主办单位审核人或者分管领导批准", "only the unit's head may resume")
    require_unfinished(deed)
    since = case.suspended_at
    if since is None:
        raise Conflict("not-suspended", "本件没有中止，不需要恢复", "the case is not suspended")
    if not deed.opinion:
        raise Invalid({"opinion": "请写明恢复的理由"})
    case.suspended_at, case.suspension = None, {}
    for subject in _own(deed):
        clock.resume(subject, deed.at)
    if not any(s.closed_at is None and deed.chart.node(s.node).suspends for s in deed.steps):
        set_due(case, clock.resume(case.number, deed.at))
    refresh_due(case, deed.steps)
    for timer in Timer.objects.filter(case=case):
        Timer.objects.filter(pk=timer.pk).update(due_at=timer.due_at + (deed.at - since))
    done = finish(deed, "case.resumed", RESUME_LABEL)
    still = [s for s in deed.steps if s.closed_at is None]
    told = [case.applicant_id, *sorted(holders_of(still))]
    tell_people(deed, told, f"恢复办理：{case.title}", "resumed", deed.opinion)
    return done


def remind_expired(limit: int = 500) -> int:
    """Tells the heads of the unit, once, that the expected end of a suspension has come. Returns how many cases."""
    day = today().isoformat()
    rows = Case.objects.filter(suspended_at__isnull=False, closed_at=None, suspension__until__lte=day)[:limit]
    found = list(rows)
    for case in found:
        heads = holders_of([Step(unit_id=case.unit_id, role=role) for role in (Role.HEAD, Role.LEADER)])
        for account in sorted(heads):
            notify(
                account_id=account,
                title=f"中止已到预计期限：{case.title}",
                body=f"办件 {case.number} 请恢复办理或者终止",
                url=f"/desk/cases/{case.number}/",
                key=f"suspension:{case.number}:{case.suspension['until']}:{account}",
            )
    return len(found)
