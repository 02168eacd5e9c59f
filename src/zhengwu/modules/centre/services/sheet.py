"""The month's sheets: computing, showing, objecting, deciding; rules, notes, merits. Stream ``sheet:<id>``."""

from datetime import date

from django.db import transaction

from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at
from zhengwu.kernel.directory.api import SYSTEM, Actor, Role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import now, today
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.centre.models import Merit, Note, Rule, Sheet
from zhengwu.modules.centre.month import clerks_of, count, ensure_rules, lines, usual_window

OBJECT_WITHIN = Limit(3, LimitUnit.WORKING_DAY)
DECIDE_WITHIN = Limit(5, LimitUnit.WORKING_DAY)
WORDS_MAX = 500


def require_centre(by: Actor, point: ServicePoint) -> None:
    if not by.has_role(Role.CENTRE, unit_id=point.unit_id):
        raise Denied("centre-only", "考评由政务中心管理人员办理", "the centre's managers do this")


@transaction.atomic
def compute(*, point: ServicePoint, month: date, by: Actor) -> int:
    """Computes the sheets of a month that is over, again where they have not been shown. Returns how many."""
    require_centre(by, point)
    month = month.replace(day=1)
    if month >= today().replace(day=1):
        raise Conflict("month-running", "这个月还没有结束，下月再算", "the month is not over")
    ServicePoint.objects.select_for_update().get(pk=point.pk)
    settled = set(Sheet.objects.filter(point=point, month=month).exclude(state=Sheet.State.COMPUTED)
                  .values_list("clerk_id", flat=True))
    clerks = [c for c in clerks_of(point, month) if c not in settled]
    rules, seats = ensure_rules(point), usual_window(point, month, clerks)
    for clerk, counts in count(point, month, clerks).items():
        made, total = lines(rules, counts)
        row, _ = Sheet.objects.update_or_create(point=point, clerk_id=clerk, month=month, defaults={
            "lines": made, "tenths": total, "computed_at": now(), "window_id": seats.get(clerk)})
        append(_stream(row), by.by(), [Entry("sheet.computed", {"month": f"{month:%Y-%m}", "tenths": total})])
    return len(clerks)


@transaction.atomic
def show(*, point: ServicePoint, month: date, by: Actor) -> int:
    """Shows the computed sheets to their clerks; from now on they may object within three working days."""
    require_centre(by, point)
    rows = list(Sheet.objects.select_for_update(of=("self",)).filter(
        point=point, month=month.replace(day=1), state=Sheet.State.COMPUTED))
    until = due_at(now(), OBJECT_WITHIN, point.unit_id)
    for row in rows:
        row.state, row.objection_until = Sheet.State.SHOWN, until
        row.save(update_fields=["state", "objection_until"])
        append(_stream(row), by.by(), [Entry("sheet.shown", {"until": until.isoformat()})])
        notify(account_id=row.clerk_id, title=f"{month.month}月考评表已公示：{row.score}分",
               body="有异议的，三个工作日内提出；逾期没有提出的，按公示结果确定。", url=f"/desk/months/{row.pk}/",
               key=f"sheet:{row.pk}:shown")
    return len(rows)


def own_sheet(pk: int, by: Actor) -> Sheet:
    """A sheet locked for its clerk. Raises NotFound for everybody else."""
    row = Sheet.objects.select_for_update(of=("self",)).select_related("point").filter(
        pk=pk, clerk_id=by.account_id).exclude(state=Sheet.State.COMPUTED).first() if by.account_id else None
    if row is None:
        raise NotFound("no-such-sheet", "没有这份考评表", "no such sheet")
    return row


@transaction.atomic
def object_to(*, pk: int, by: Actor, words: str) -> Sheet:
    """The clerk objects before the sheet is final. Raises Invalid without reasons, Conflict when it is too late."""
    row = own_sheet(pk, by)
    if row.state != Sheet.State.SHOWN or row.objection_until is None or now() >= row.objection_until:
        raise Conflict("too-late", "异议期已过，或者已经提过异议", "the time to object is over")
    if not 5 <= len(words.strip()) <= WORDS_MAX:
        raise Invalid({"words": f"请写明对哪一项有异议和理由，5到{WORDS_MAX}字"})
    row.state, row.objection, row.objected_at = Sheet.State.OBJECTED, words.strip(), now()
    row.decide_by = due_at(now(), DECIDE_WITHIN, row.point.unit_id)
    row.save(update_fields=["state", "objection", "objected_at", "decide_by"])
    append(_stream(row), by.by(), [Entry("sheet.objected", {"decide_by": row.decide_by.isoformat()})])
    managers = Appointment.objects.filter(unit_id=row.point.unit_id, role=Role.CENTRE, valid_to=None)
    for account in set(managers.values_list("account_id", flat=True)):
        notify(account_id=account, title="窗口人员对月度考评提出异议", body="请在五个工作日内裁定。",
               url=f"/desk/months/{row.pk}/", key=f"sheet:{row.pk}:objected:{account}")
    return row


@transaction.atomic
def decide(*, pk: int, by: Actor, words: str, correction: int) -> Sheet:
    """The centre decides on an objection: reasons, and what is corrected (tenths, 0 for nothing). The sheet is final.
    Nobody decides on their own sheet."""
    row = Sheet.objects.select_for_update(of=("self",)).select_related("point").filter(
        pk=pk, point__unit_id__in=by.unit_ids(Role.CENTRE)).first()
    if row is None:
        raise NotFound("no-such-sheet", "没有这份考评表", "no such sheet")
    if row.clerk_id == by.account_id:
        raise Denied("own-sheet", "不能裁定自己的考评", "nobody decides on their own sheet")
    if row.state != Sheet.State.OBJECTED:
        raise Conflict("no-objection", "这份考评表没有待裁定的异议", "there is no objection to decide on")
    errors = {}
    if not 5 <= len(words.strip()) <= WORDS_MAX:
        errors["words"] = f"请写明裁定的理由，5到{WORDS_MAX}字"
    if not -1000 <= correction <= 1000:
        errors["correction"] = "更正的分值在-100到100之间"
    if errors:
        raise Invalid(errors)
    row.decision, row.correction, row.decided_by_id = words.strip(), correction, by.account_id
    if correction:
        row.lines = [*row.lines, {"code": "decision", "label": "异议裁定更正", "count": 1, "each": correction,
                                  "tenths": correction, "note": ""}]
        row.tenths += correction
    row.state, row.final_at = Sheet.State.FINAL, now()
    row.save()
    append(_stream(row), by.by(), [Entry("sheet.decided", {"correction": correction, "tenths": row.tenths})])
    notify(account_id=row.clerk_id, title=f"考评异议已裁定：{row.score}分", body=row.decision,
           url=f"/desk/months/{row.pk}/", key=f"sheet:{row.pk}:decided")
    return row


def finalise_due() -> int:
    """Shown sheets nobody objected to in time become final. Returns how many."""
    rows = Sheet.objects.filter(state=Sheet.State.SHOWN, objection_until__lte=now())
    return each(list(rows), _finalise, name="centre.sheets")


@transaction.atomic
def _finalise(row: Sheet) -> None:
    row = Sheet.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != Sheet.State.SHOWN:
        return
    row.state, row.final_at = Sheet.State.FINAL, now()
    row.save(update_fields=["state", "final_at"])
    append(_stream(row), SYSTEM.by(), [Entry("sheet.final", {"tenths": row.tenths})])


@transaction.atomic
def set_rule(*, pk: int, by: Actor, tenths: int, cap: int, active: bool) -> Rule:
    """Changes a rule; sheets already shown keep what they were computed with."""
    row = Rule.objects.select_for_update(of=("self",)).select_related("point").filter(
        pk=pk, point__unit_id__in=by.unit_ids(Role.CENTRE)).first()
    if row is None:
        raise NotFound("no-such-rule", "没有这条规则", "no such rule")
    if not (-1000 <= tenths <= 1000 and 0 <= cap <= 1000):
        raise Invalid({"tenths": "分值在-100到100之间，上限在0到100之间"})
    before = [row.tenths, row.cap, row.active]
    row.tenths, row.cap, row.active = tenths, cap, active
    row.save(update_fields=["tenths", "cap", "active"])
    facts = {"code": row.code, "before": before, "after": [tenths, cap, active]}
    append(f"rules:{row.point_id}", by.by(), [Entry("rule.changed", facts)])
    return row


@transaction.atomic
def note(*, point: ServicePoint, by: Actor, clerk_id: int, day: date, aspect: str, words: str,
         window: Window | None = None) -> Note:
    """What an inspection of the hall saw of a clerk. Raises Invalid."""
    require_centre(by, point)
    errors = _about(point, clerk_id, day, words)
    if aspect not in Note.Aspect.values:
        errors["aspect"] = "请选择方面"
    if errors:
        raise Invalid(errors)
    row = Note.objects.create(point=point, clerk_id=clerk_id, window=window, day=day, aspect=aspect,
                              words=words.strip(), by_id=by.account_id or 0, at=now())
    append(f"note:{row.pk}", by.by(), [Entry("note.made", {"clerk": clerk_id, "aspect": aspect})])
    return row


@transaction.atomic
def merit(*, point: ServicePoint, by: Actor, clerk_id: int, day: date, kind: str, tenths: int, words: str) -> Merit:
    """A merit of a clerk, such as the award for a grievance borne (委屈奖). Raises Invalid."""
    require_centre(by, point)
    errors = _about(point, clerk_id, day, words)
    if kind not in Merit.Kind.values:
        errors["kind"] = "请选择种类"
    if not 0 < tenths <= 100:
        errors["tenths"] = "加分大于0，不超过10分"
    if errors:
        raise Invalid(errors)
    row = Merit.objects.create(point=point, clerk_id=clerk_id, day=day, kind=kind, tenths=tenths, words=words.strip(),
                               by_id=by.account_id or 0, at=now())
    append(f"merit:{row.pk}", by.by(), [Entry("merit.given", {"clerk": clerk_id, "kind": kind, "tenths": tenths})])
    return row


def _about(point: ServicePoint, clerk_id: int, day: date, words: str) -> dict[str, str]:
    errors = {}
    held = Appointment.objects.filter(unit_id=point.unit_id, role=Role.CLERK, account_id=clerk_id)
    if not held.exists():
        errors["clerk"] = "请选择本大厅的窗口人员"
    if not date(2000, 1, 1) <= day <= today():
        errors["day"] = "请填写今天或者以前的日期"
    elif Sheet.objects.filter(point=point, clerk_id=clerk_id, month=day.replace(day=1)).exclude(
            state=Sheet.State.COMPUTED).exists():
        errors["day"] = "这个月的考评表已经公示，不能再补记"
    if not 2 <= len(words.strip()) <= 200:
        errors["words"] = "请写明情况，2到200字"
    return errors


def _stream(row: Sheet) -> str:
    return f"sheet:{row.pk}"
