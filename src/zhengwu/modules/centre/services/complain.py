"""The complaint desk: taking down what somebody says or hands in, replying, the rota."""

from datetime import date, datetime, timedelta

from django.db import transaction

from zhengwu.kernel.cases.api import Done, Door, Joining, act, open_own
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.identifiers import check_mobile, mask_name
from zhengwu.lib.now import CN, now, today
from zhengwu.lib.problem import Conflict, Denied, Invalid, Problem
from zhengwu.modules.centre.complaints import CHART, KIND, publish_chart
from zhengwu.modules.centre.models import Complaint, Rota

WORDS_MAX = 1000
DESK = (Role.RECEPTION, Role.CENTRE)


def require_desk(by: Actor, point: ServicePoint) -> None:
    if not by.has_role(*DESK, unit_id=point.unit_id) or by.account_id is None:
        raise Denied("not-the-desk", "投诉由咨询投诉台登记和答复", "the complaint desk does this")


@transaction.atomic
def take_down(*, point: ServicePoint, by: Actor, name: str, phone: str, came: str, wanted: str, about: Unit | None,
              words: str, window: Window | None = None, key: str = "") -> Complaint:
    """Records an oral or written complaint. The name shown on the case is masked; name and number are read at the desk
    only. Raises Invalid by field, Denied for others than the desk."""
    require_desk(by, point)
    name, words = name.strip(), words.strip()
    about = window.unit if window is not None else about
    errors = _errors(name, words, came, wanted, about)
    try:
        phone = check_mobile(phone, field="phone") if phone.strip() else ""
    except Problem as problem:
        errors["phone"] = problem.zh
    if wanted == Complaint.Form.ORAL and not phone and "phone" not in errors:
        errors["phone"] = "要求口头答复的，请留下手机号码"
    if errors or about is None:
        raise Invalid(errors)
    publish_chart()
    clerk = Account.objects.get(pk=by.account_id or 0)
    case = open_own(
        kind=KIND, chart=CHART, title=f"投诉{about.short_name}：{words[:40]}", unit=about, by=by,
        applicant_name=mask_name(name), key=key,
        form={"投诉内容": words, "投诉形式": Complaint.Form(came).label, "要求的答复": Complaint.Form(wanted).label,
              "被投诉窗口": str(window) if window else ""},
        parties=[Joining("applicant", name, phone=phone)],
        door=Door(channel=Case.Channel.OFFICE, point=point, window=window, clerk=clerk),
    )
    row, _ = Complaint.objects.get_or_create(case=case, defaults={
        "point": point, "came": came, "wanted": wanted, "about": about, "window": window, "taken_by": clerk})
    return row


def _errors(name: str, words: str, came: str, wanted: str, about: Unit | None) -> dict[str, str]:
    errors = {}
    if not 1 < len(name) <= 60:
        errors["name"] = "请填写投诉人姓名或名称"
    if not 5 <= len(words) <= WORDS_MAX:
        errors["words"] = f"请记下投诉内容，5到{WORDS_MAX}字"
    if came not in Complaint.Form.values:
        errors["came"] = "请选择投诉形式"
    if wanted not in Complaint.Form.values:
        errors["wanted"] = "请问明投诉人要求哪种答复"
    if about is None:
        errors["about"] = "请选择被投诉的窗口或者单位"
    return errors


def reply(*, complaint: Complaint, by: Actor, words: str, way: str, told: str = "", person: str = "", day: str = "",
          clock: str = "", key: str = "") -> Done:
    """Gives the reply; a moment is a day and a time of the wall clock. Raises Conflict when it is not the
    time."""
    require_desk(by, complaint.point)
    step = Step.objects.filter(case_id=complaint.case_id, kind="answer", closed_at=None).first()
    if step is None:
        raise Conflict("not-to-answer", "现在还不到答复的时候，或者已经答复", "the complaint does not await its reply")
    try:
        at = datetime.combine(date.fromisoformat(day), datetime.strptime(clock, "%H:%M").time(), CN).isoformat()
    except ValueError:
        at = ""
    form = {"way": way, "told": told, "person": person.strip(), "at": at}
    return act(step_id=step.pk, action="reply", by=by, opinion=words, form=form, key=key)


@transaction.atomic
def set_rota(*, point: ServicePoint, by: Actor, day: date, half: str, account_id: int) -> Rota:
    """Puts somebody of the desk on duty for a half day. Raises Invalid."""
    if not by.has_role(Role.CENTRE, unit_id=point.unit_id):
        raise Denied("centre-only", "值班表由政务中心管理人员安排", "the centre makes the rota")
    entitled = Appointment.objects.filter(unit_id=point.unit_id, account_id=account_id, role__in=DESK, valid_to=None)
    errors = {}
    if half not in Rota.Half.values or not today() - timedelta(days=1) < day < today() + timedelta(days=60):
        errors["day"] = "请选择今天起六十天内的日期和时段"
    if not entitled.exists():
        errors["account"] = "请选择投诉台人员"
    if errors:
        raise Invalid(errors)
    ServicePoint.objects.select_for_update().get(pk=point.pk)
    row, _ = Rota.objects.update_or_create(point=point, day=day, half=half, defaults={"account_id": account_id})
    facts = {"day": day.isoformat(), "half": half, "account": account_id}
    append(f"rota:{point.pk}", by.by(), [Entry("rota.set", facts)])
    return row


def on_duty(point: ServicePoint) -> Rota | None:
    """Who is at the desk now."""
    half = Rota.Half.MORNING if now().astimezone(CN).hour < 12 else Rota.Half.AFTERNOON
    return Rota.objects.filter(point=point, day=today(), half=half).select_related("account").first()
