"""Appointments, by the security administrator; accounts opened and closed, by the system administrator.

The three administrators (三员) are kept apart: none of them holds any other role, and nobody changes their own.
"""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from zhengwu.kernel.directory.actor import Actor
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.directory.roles import ADMINISTRATORS, Role
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound

KEEPERS = (Role.SYSADMIN, Role.SECADMIN)


def units_kept_by(actor: Actor) -> QuerySet[Unit]:
    """Units of the areas in which the actor is system or security administrator."""
    rule = Q(pk__in=[])
    for prefix in actor.division_prefixes(*KEEPERS):
        rule |= Q(division__code__startswith=prefix)
    return Unit.objects.filter(rule)


def staff_kept_by(actor: Actor) -> QuerySet[Account]:
    """Staff with any appointment, past ones too, in those units. Citizens' accounts are nobody's to browse."""
    held = Appointment.objects.filter(account=OuterRef("pk"), unit__in=units_kept_by(actor))
    return Account.objects.filter(Exists(held), kind=Account.Kind.STAFF)


def access_staff(actor: Actor, pk: int) -> Account:
    """Raises NotFound for an account outside the actor's area, whether it exists or not."""
    account = staff_kept_by(actor).filter(pk=pk).first()
    if account is None:
        raise NotFound("no-such-account", "没有这个账号", "no such account")
    return account


@transaction.atomic
def set_active(*, by: Actor, pk: int, active: bool) -> Account:
    """Lets an account sign in, or no longer. Open sessions end at their next request. Not one's own."""
    if not by.has_role(Role.SYSADMIN):
        raise Denied("role-needed", "账号由系统管理员停用和启用", "only the system administrator does this")
    account = access_staff(by, pk)
    if account.pk == by.account_id:
        raise Conflict("own-account", "不能停用自己的账号", "not your own account")
    account = Account.objects.select_for_update().get(pk=pk)
    if account.is_active != active:
        account.is_active = active
        account.save(update_fields=["is_active"])
        append(f"account:{pk}", by.by(), [Entry("account.opened" if active else "account.closed", {})])
    return account


@transaction.atomic
def appoint(*, by: Actor, pk: int, unit_id: int, role: str, title: str = "", since: date | None = None) -> Appointment:
    """Gives a role at a unit from ``since`` (today). Raises Invalid by field, Conflict where duties must be apart."""
    if not by.has_role(Role.SECADMIN):
        raise Denied("role-needed", "岗位由安全管理员任免", "only the security administrator appoints")
    account = access_staff(by, pk)
    if account.pk == by.account_id:
        raise Conflict("own-account", "不能任免自己的岗位", "not your own posts")
    errors = {}
    if role not in Role.values:
        errors["role"] = "请选择角色"
    if not units_kept_by(by).filter(pk=unit_id).exists():
        errors["unit"] = "请选择您管辖范围内的单位"
    if len(title.strip()) > 60:
        errors["title"] = "职务不超过60字"
    if errors:
        raise Invalid(errors)
    Account.objects.select_for_update().get(pk=pk)
    held = list(_in_force().filter(account_id=pk))
    if any(row.unit_id == unit_id and row.role == role for row in held):
        raise Conflict("held-already", "已经担任这个岗位", "this post is held already")
    if held and (role in ADMINISTRATORS or any(row.role in ADMINISTRATORS for row in held)):
        raise Conflict("must-be-apart", "三员岗位须由专人担任，不能与其他岗位兼任", "administrators hold no other post")
    row = Appointment.objects.create(
        account_id=pk, unit_id=unit_id, role=role, title=title.strip(), primary=not held, valid_from=since or today()
    )
    append(f"account:{pk}", by.by(), [Entry("post.given", {"unit": unit_id, "role": role})])
    return row


@transaction.atomic
def relieve(*, by: Actor, pk: int) -> Appointment:
    """Ends an appointment as of today. Raises NotFound outside the actor's area, Conflict for one's own."""
    if not by.has_role(Role.SECADMIN):
        raise Denied("role-needed", "岗位由安全管理员任免", "only the security administrator appoints")
    row = _in_force().select_for_update(of=("self",)).filter(pk=pk, unit__in=units_kept_by(by)).first()
    if row is None:
        raise NotFound("no-such-post", "没有这项任职，或者已经免去", "no such appointment in force")
    if row.account_id == by.account_id:
        raise Conflict("own-account", "不能任免自己的岗位", "not your own posts")
    append(f"account:{row.account_id}", by.by(), [Entry("post.taken", {"unit": row.unit_id, "role": row.role})])
    if row.valid_from >= today():
        row.delete()
    else:
        row.valid_to = today()
        row.save(update_fields=["valid_to"])
    return row


def _in_force() -> QuerySet[Appointment]:
    """Appointments that count today or will."""
    return Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today()))
