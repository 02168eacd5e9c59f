"""Asking an agency for its part in a case, taking its report in, calling it off: a clock of its own from day to day."""

from uuid import UUID

from django.db import IntegrityError, transaction

from zhengwu.kernel.cases.api import access_case
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.directory.api import WORKERS, Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.intermediaries.models import Agency, Engagement

PURPOSE = "agency-report"
BASIS = "中介服务机构登记的承诺时限"


def may_engage(actor: Actor, case: Case) -> bool:
    """A worker of the case's units or the applicant, while it is open."""
    if case.closed_at is not None:
        return False
    return case.applicant_id == (actor.account_id or 0) or bool(set(actor.unit_ids(*WORKERS)) & set(case.unit_ids))


@transaction.atomic
def engage(*, number: str, agency_id: int, service: str, by: Actor) -> Engagement:
    """Starts the agency's clock. Raises NotFound, Denied, Conflict (asked already, or not taking work), Invalid."""
    case = access_case(by, number)
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not may_engage(by, case):
        raise Denied("not-your-case", "只有申请人和经办人员可以在办理期间委托中介服务", "not your open case")
    agency = Agency.objects.filter(pk=agency_id).first()
    if agency is None or agency.state != Agency.State.REGISTERED:
        raise Conflict("agency-closed", "这家机构没有登记，或者暂停承接", "the agency takes no work")
    if not 2 <= len(service.strip()) <= 100:
        raise Invalid({"service": "请写明服务内容，2–100字"})
    refuse_secret_text(service, field="service")
    moment = now.now()
    due = clock.due_at(moment, agency.promised, case.unit_id)
    try:
        with transaction.atomic():
            made = Engagement.objects.create(case=case, agency=agency, service=service.strip(), asked_at=moment,
                                             due_at=due)
    except IntegrityError:
        raise Conflict("engaged-already", "同一服务已经委托这家机构，正在办理", "asked already") from None
    clock.start(subject=made.clock, kind="agency", limit=agency.promised, at=moment, basis=BASIS,
                unit_id=case.unit_id)
    append(case.number, by.by(), [Entry("agency.engaged", {"agency": agency.name, "service": made.service,
                                                            "due": due.isoformat()})], at=moment)
    _tell(made, f"有新的委托：{made.service}")
    return made


@transaction.atomic
def deliver(*, engagement_id: int, by: Actor, file: UUID | None = None) -> Engagement:
    """The report is in: by the agency with a file, or noted by a worker of the case. Raises NotFound, Denied, …"""
    made = _locked(by, engagement_id)
    own = _is_agency(by, made)
    if not own and not set(by.unit_ids(*WORKERS)) & set(made.case.unit_ids):
        raise Denied("not-the-agency", "由中介机构提交，或者由经办人员登记收到", "the agency or the case's workers")
    stored = StoredFile.objects.filter(pk=file, owner_id=by.account_id, purpose=PURPOSE).first() if file else None
    if own and stored is None:
        raise Invalid({"file": "请上传报告文件"})
    made.state, made.delivered_at, made.file = Engagement.State.DELIVERED, now.now(), stored
    made.save(update_fields=["state", "delivered_at", "file"])
    _end(made, by, "agency.delivered", late=made.late, sm3=stored.sm3 if stored else "")
    return made


@transaction.atomic
def call_off(*, engagement_id: int, reason: str, by: Actor) -> Engagement:
    """Calls the work off. Raises NotFound, Denied, Conflict, Invalid."""
    made = _locked(by, engagement_id)
    if not may_engage(by, made.case):
        raise Denied("not-your-case", "只有申请人和经办人员可以取消委托", "not your open case")
    if not 2 <= len(reason.strip()) <= 200:
        raise Invalid({"reason": "请写明原因，2–200字"})
    made.state = Engagement.State.CANCELLED
    made.save(update_fields=["state"])
    _end(made, by, "agency.cancelled", reason=reason.strip())
    _tell(made, f"委托已取消：{made.service}")
    return made


def _locked(by: Actor, engagement_id: int) -> Engagement:
    found = Engagement.objects.visible_to(by).filter(pk=engagement_id).first()
    if found is None:
        raise NotFound("no-such-engagement", "没有这项委托", "no such engagement for you")
    Case.objects.select_for_update(of=("self",)).get(pk=found.case_id)
    made = Engagement.objects.select_for_update(of=("self",)).select_related("case", "agency").get(pk=engagement_id)
    if made.state != Engagement.State.RUNNING:
        raise Conflict("engagement-state", f"这项委托{made.get_state_display()}", "not running")
    return made


def _is_agency(by: Actor, made: Engagement) -> bool:
    return by.account_id is not None and Account.objects.filter(pk=by.account_id, uscc=made.agency.uscc).exists()


def _end(made: Engagement, by: Actor, kind: str, **facts: object) -> None:
    clock.stop(made.clock, now.now(), kinds=None)
    append(made.case.number, by.by(), [Entry(kind, {"agency": made.agency.name, "service": made.service, **facts})])


def _tell(made: Engagement, title: str) -> None:
    accounts = Account.objects.filter(uscc=made.agency.uscc, kind=Account.Kind.ENTERPRISE, is_active=True)
    notify_many(Message(pk, title, f"engagement:{made.pk}:{made.state}:{pk}", url="/my/engagements/",
                        channels=("in_app", "sms")) for pk in accounts.values_list("pk", flat=True))
