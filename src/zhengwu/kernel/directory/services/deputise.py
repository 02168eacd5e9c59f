"""Standing in for somebody: a person on leave names who does the work meanwhile."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from zhengwu.kernel.directory.actor import Actor
from zhengwu.kernel.directory.models import Account, Appointment, Deputy
from zhengwu.kernel.directory.roles import ADMINISTRATORS
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Invalid, NotFound

LONGEST = timedelta(days=180)


def colleagues(by: Actor) -> list[tuple[Account, str]]:
    """Who may stand in for ``by``: those who hold a post in the same units today, with unit and title; by name."""
    day = today()
    rows = (
        Appointment.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=day),
            unit_id__in=[p.unit_id for p in by.posts if not p.for_name],
            valid_from__lte=day,
            account__is_active=True,
        )
        .exclude(account=by.account_id)
        .exclude(role__in=ADMINISTRATORS)
        .select_related("account", "unit")
        .order_by("account__name", "account_id")
    )
    found: dict[int, tuple[Account, str]] = {}
    for row in rows:
        found.setdefault(row.account_id, (row.account, f"{row.unit.short_name} {row.title or row.get_role_display()}"))
    return list(found.values())


@transaction.atomic
def deputise(*, by: Actor, deputy_id: int, starts_on: date, ends_on: date, reason: str = "") -> Deputy:
    """From ``starts_on`` to ``ends_on`` (inclusive) the colleague acts in the posts of ``by``, under both names.

    Raises Invalid by field; Conflict when the days overlap an earlier arrangement; the three administrators, whose
    duties must not meet in one person, cannot hand them over.
    """
    if by.account_id is None or not by.is_staff:
        raise NotFound("no-such-person", "没有这个人员", "no such person")
    if by.has_role(*ADMINISTRATORS):
        raise Conflict("not-to-be-lent", "三员岗位不能委托他人代理，请由安全管理员另行任命", "this post cannot be lent")
    errors = _errors(by, deputy_id, starts_on, ends_on, reason)
    if errors:
        raise Invalid(errors)
    list(Account.objects.select_for_update().filter(pk=by.account_id))
    if Deputy.objects.filter(principal_id=by.account_id, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Conflict("deputy-overlaps", "这几天已经设了代理人，请先结束原来的", "there is a deputy on these days")
    row = Deputy.objects.create(
        principal_id=by.account_id, deputy_id=deputy_id, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()
    )
    facts = {"deputy": deputy_id, "from": starts_on.isoformat(), "to": ends_on.isoformat()}
    append(f"account:{by.account_id}", by.by(), [Entry("deputy.set", facts)])
    return row


def _errors(by: Actor, deputy_id: int, starts_on: date, ends_on: date, reason: str) -> dict[str, str]:
    errors = {}
    if deputy_id not in {account.pk for account, _ in colleagues(by)}:
        errors["deputy"] = "请从本单位同事中选择"
    if starts_on < today():
        errors["starts_on"] = "开始日期不能早于今天"
    if ends_on < starts_on:
        errors["ends_on"] = "结束日期不能早于开始日期"
    elif ends_on - starts_on > LONGEST:
        errors["ends_on"] = f"一次代理不超过{LONGEST.days}天"
    if len(reason.strip()) > 100:
        errors["reason"] = "原因不超过100字"
    return errors


@transaction.atomic
def end_deputy(*, by: Actor, pk: int) -> None:
    """Takes the work back: one not begun is dropped, one under way ended yesterday, so that it no longer counts.

    Raises NotFound for anybody but the one who is stood in for.
    """
    row = Deputy.objects.select_for_update().filter(pk=pk, principal_id=by.account_id).first()
    if row is None:
        raise NotFound("no-such-deputy", "没有这项代理", "no such arrangement")
    yesterday = today() - timedelta(days=1)
    if row.ends_on <= yesterday:
        raise Conflict("deputy-over", "这项代理已经结束", "this arrangement is over")
    facts = {"deputy": row.deputy_id, "to": yesterday.isoformat()}
    append(f"account:{by.account_id}", by.by(), [Entry("deputy.ended", facts)])
    if row.starts_on > yesterday:
        row.delete()
    else:
        row.ends_on = yesterday
        row.save(update_fields=["ends_on"])
