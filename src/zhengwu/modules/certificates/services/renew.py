"""Renewal (延续, 行政许可法 §50): asked for thirty working days before the last day; undecided by then it is granted by
law, published, and a new version made out."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.kernel.publishing.api import publish
from zhengwu.lib import now
from zhengwu.lib.identifiers import mask_name
from zhengwu.lib.paper import chinese_date
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict, Denied, NotFound
from zhengwu.modules.certificates.models import Certificate, Renewal
from zhengwu.modules.certificates.services.change import succeed
from zhengwu.modules.certificates.services.holders import require_alive
from zhengwu.modules.certificates.services.issue import last_day, signed, years_of
from zhengwu.modules.certificates.services.paperwork import order
from zhengwu.modules.certificates.services.status import checked_reason, may_change

BASIS = "《中华人民共和国行政许可法》第五十条"
DEEMED = "持证主体在规定期限内提出延续申请，本机关在有效期届满前没有作出决定"
BEFORE = 30
_FAR = timedelta(days=120)
"""Further from the last day than this, thirty working days are left whatever the holidays."""


def days_before(certificate: Certificate) -> int:
    """Working days before the last day by which the application is due."""
    return certificate.kind.renew_before if certificate.kind else BEFORE


def last_to_ask(certificate: Certificate) -> date | None:
    """The last day on which renewal may be asked for; None without end. Raises Problem for a year not loaded."""
    end = certificate.valid_to
    if end is None:
        return None
    calendar, left, day = book().calendar, days_before(certificate), end
    while left:
        left -= calendar.is_working(day.toordinal())
        day -= timedelta(days=1)
    return day


def may_ask(certificate: Certificate, day: date) -> bool:
    """Whether the day is early enough."""
    end = certificate.valid_to
    if end is None or day > end:
        return False
    return end - day > _FAR + timedelta(days=days_before(certificate)) or day <= (last_to_ask(certificate) or day)


@transaction.atomic
def ask(*, identifier: str, by: Actor, at: datetime | None = None) -> Renewal:
    """The holder asks for renewal. Raises NotFound (not the holder's), Conflict (no end, not in force, too late, asked
    before)."""
    moment = at or now.now()
    row = (Certificate.objects.select_for_update(of=("self",)).select_related("unit", "kind")
           .filter(identifier=identifier, holder_id=by.account_id).first() if by.account_id else None)
    if row is None or by.account_id is None:
        raise NotFound("no-such-certificate", "没有这份证照，或者您不是持证主体", "no such certificate of yours")
    if row.valid_to is None:
        raise Conflict("no-end", "这份证照长期有效，不需要延续", "it has no end")
    if row.state != Certificate.Status.NORMAL:
        raise Conflict("certificate-state", f"证照现为“{row.state_label}”，不能申请延续", "not in force")
    require_alive(row.holder_code_index)
    if not may_ask(row, now.local(moment).date()):
        raise Conflict("too-late", f"延续应当在有效期届满{days_before(row)}个工作日前提出（行政许可法第五十条），"
                       "现在已不足，请按新办申请", "too late to ask for renewal")
    if row.renewals.filter(state=Renewal.State.ASKED).exists():
        raise Conflict("renewal-asked", "这份证照的延续申请正在办理，不需要重复提出", "asked already")
    try:
        with transaction.atomic():
            renewal = Renewal.objects.create(certificate=row, asked_by_id=by.account_id, asked_at=moment)
    except IntegrityError as error:
        raise Conflict("renewal-asked", "这份证照的延续申请正在办理，不需要重复提出", "asked already") from error
    append(row.stream, by.by(), [Entry("certificate.asked", {"identifier": row.identifier, "renewal": renewal.pk})],
           at=moment)
    return renewal


@transaction.atomic
def decide(*, renewal_id: int, grant: bool, reason: str, by: Actor, at: datetime | None = None) -> Renewal:
    """A head or leader of the issuer grants or refuses before the last day. Raises NotFound, Denied, Conflict."""
    moment = at or now.now()
    renewal, old = _locked(renewal_id, by)
    if not may_change(by, old):
        raise Denied("not-the-issuer", f"只有{old.unit.name}的审核人或分管领导可以决定是否延续", "not the issuer")
    if renewal.state != Renewal.State.ASKED:
        raise Conflict("renewal-decided", f"这件延续申请已经“{renewal.get_state_display()}”", "decided already")
    why = checked_reason(reason)
    if grant:
        renewal.result = _renewed(old, "renewed", by, why, moment)
        renewal.state = Renewal.State.GRANTED
    else:
        renewal.state = Renewal.State.REFUSED
        append(
            old.stream,
            signed(by.by()),
            [Entry("certificate.unrenewed", {"reason": why, "basis": BASIS})],
            at=moment,
        )
        order(old, "cert_unrenewed", at=moment, reason=why, basis=BASIS)
        notify(account_id=renewal.asked_by_id, title=f"您的“{old.title}”不予延续", body=why,
               url=f"/certificates/{old.identifier}/", channels=("in_app", "sms"), key=f"renewal:{renewal.pk}")
    _close(renewal, why, moment)
    return renewal


def _locked(renewal_id: int, by: Actor) -> tuple[Renewal, Certificate]:
    renewal = Renewal.objects.filter(pk=renewal_id).first()
    old = (
        Certificate.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("unit", "kind", "case", "matter")
        .filter(pk=renewal.certificate_id)
        .first()
        if renewal
        else None
    )
    if renewal is None or old is None:
        raise NotFound("no-such-renewal", "没有这件延续申请", "no such renewal")
    renewal.refresh_from_db()
    return renewal, old


def _renewed(old: Certificate, how: str, by: Actor, reason: str, at: datetime) -> Certificate:
    """The new term is reckoned from the day after the old one ends, as long as the rule says."""
    assert old.valid_to is not None
    start = old.valid_to + timedelta(days=1)
    years = years_of(old.kind, old.matter.certificate_years if old.matter else None)
    end = last_day(start, years) if years else start + (old.valid_to - old.valid_from)
    day = min(start, now.local(at).date())  # granted early, the new paper counts at once: no day without one
    return succeed(old, how, by=by, reason=reason, basis=BASIS, at=at, valid_from=day, valid_to=end)


def _close(renewal: Renewal, reason: str, at: datetime) -> None:
    renewal.reason, renewal.decided_at = reason, at
    renewal.save(update_fields=["state", "reason", "decided_at", "result"])


def deem(batch: int = 200) -> int:
    """Renews by law what was asked for in time and not decided by the last day (§50(2)), and publishes it; returns how
    many were closed. Harmless when repeated: each row is looked at again under its lock."""
    due = Renewal.objects.filter(state=Renewal.State.ASKED, certificate__valid_to__lt=now.today())
    return each(list(due.order_by("id").values_list("pk", flat=True)[:batch]), _deem_one, name="certificates.deem")


@transaction.atomic
def _deem_one(renewal_id: int) -> None:
    renewal, old = _locked(renewal_id, SYSTEM)
    if renewal.state != Renewal.State.ASKED or old.valid_to is None or old.valid_to >= now.today():
        return
    moment = now.now()
    try:
        with transaction.atomic():
            fresh = _renewed(old, "deemed", SYSTEM, DEEMED, moment)
    except Conflict as refused:
        renewal.state = Renewal.State.LAPSED
        _close(renewal, refused.zh[:300], moment)
        return
    renewal.state, renewal.result = Renewal.State.DEEMED, fresh
    _close(renewal, DEEMED, moment)
    _publish(fresh, moment)


def _publish(fresh: Certificate, at: datetime) -> None:
    """What the law did for the organ is public like a decision (§40); a person's name is masked."""
    enterprise = fresh.holder_code_type == Certificate.CodeType.USCC
    who = fresh.holder_name if enterprise else mask_name(fresh.holder_name)
    until = chinese_date(fresh.valid_to) if fresh.valid_to else "长期"
    publish(kind="deemed-renewal", key=str(fresh.pk), title=f"{fresh.title}：视为准予延续", unit_id=fresh.unit_id,
            division=fresh.unit.division_id, summary=f"{who}持有的{fresh.title}，{DEEMED}，依法视为准予延续。",
            url=f"{reverse('certificates:check')}?code={fresh.identifier}", at=at, by=SYSTEM,
            facts=[("持证主体", who), ("证照编号", fresh.number), ("有效期至", until), ("依据", BASIS)])
