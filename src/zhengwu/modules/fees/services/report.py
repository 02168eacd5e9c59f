"""“这项收费不在目录里”: reporting a charge outside the register, and the finance office's answer."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from zhengwu.kernel.cases.api import next_number
from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment, Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import Message, notify, notify_many
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.fees.models import Report
from zhengwu.modules.fees.policies import finance_of

PURPOSE = "fee-report"
ANSWER = Limit(15, LimitUnit.WORKING_DAY)
"""Days to answer: local rule [D]."""
CENTS_MAX = 10_000_000_000


@transaction.atomic
def report_charge(*, by: Actor, unit: Unit, name: str, cents: int, charged_on: date, words: str,
                  file: UUID | None = None, key: str = "") -> Report:
    """Reports; the finance office of the area is told, the unit complained of is not. Raises Denied, Invalid."""
    if by.account_id is None or by.is_staff:
        raise Denied("payers-only", "请用个人或法人账号举报", "applicants only")
    if key and (earlier := Report.objects.filter(account_id=by.account_id, key=key).first()):
        return earlier
    errors = {}
    if not 2 <= len(name.strip()) <= 120:
        errors["name"] = "请写明收费名目，2–120字"
    if not 0 < cents <= CENTS_MAX:
        errors["amount"] = "金额须大于0，最多两位小数"
    if charged_on > now.today():
        errors["charged_on"] = "收费日期不能晚于今天"
    if len(words.strip()) > 500:
        errors["words"] = "情况说明不超过500字"
    stored = StoredFile.objects.filter(pk=file, owner_id=by.account_id, purpose=PURPOSE).first() if file else None
    if file and stored is None:
        errors["file"] = "附件不存在，请重新上传"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(f"{name} {words}", field="words")
    moment = now.now()
    try:
        with transaction.atomic():
            report = Report.objects.create(
                number=next_number("收费举报", moment), account_id=by.account_id, division=unit.division, unit=unit,
                name=name.strip(), cents=cents, charged_on=charged_on, words=words.strip(), file=stored,
                reported_at=moment, due_at=due_at(moment, ANSWER, unit.pk), key=key or None)
    except IntegrityError:
        return Report.objects.get(account_id=by.account_id, key=key)
    append(report.stream, by.by(), [Entry("feereport.made", {"unit": unit.name, "cents": cents})], at=moment)
    _tell_finance(report)
    return report


def _tell_finance(report: Report) -> None:
    day = now.today()
    posts = Appointment.objects.filter(role=Role.FINANCE, unit__division=report.division,
                                       valid_from__lte=day).exclude(valid_to__lte=day)
    notify_many(Message(account, f"有一件收费举报待核查：{report.number}", f"feereport:{report.pk}:{account}",
                        url="/desk/fees/reports/") for account in posts.values_list("account_id", flat=True).distinct())


@transaction.atomic
def answer_report(*, report_id: int, state: str, answer: str, by: Actor) -> Report:
    """The finance office's finding. Raises NotFound, Denied, Conflict, Invalid."""
    report = (Report.objects.visible_to(by).select_for_update(of=("self",)).select_related("division")
              .filter(pk=report_id).first())
    if report is None:
        raise NotFound("no-such-report", "没有这件举报", "no such report for you")
    if not finance_of(by, report.division):
        raise Denied("finance-only", "收费举报由财政部门核查答复", "the finance office alone")
    if report.state != Report.State.OPEN:
        raise Conflict("report-answered", f"这件举报已经答复：{report.get_state_display()}", "answered already")
    errors = {}
    if state not in Report.State.values or state == Report.State.OPEN:
        errors["state"] = "请选择核查结论"
    if not 5 <= len(answer.strip()) <= 500:
        errors["answer"] = "请写明核查情况和处理结果，5–500字"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(answer, field="answer")
    signed = by.by(next((p for p in by.posts if p.role == Role.FINANCE), None))
    report.state, report.answer, report.answered_at = state, answer.strip(), now.now()
    report.answered_label = f"{signed.unit} {signed.label}".strip()
    report.save()
    append(report.stream, signed, [Entry("feereport.answered", {"state": state})])
    notify(account_id=report.account_id, title=f"您的收费举报已答复：{report.get_state_display()}", body=report.answer,
           url="/my/fees/reports/", key=f"feereport:{report.pk}:answered", channels=("in_app", "sms"))
    return report
