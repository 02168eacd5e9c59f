"""Whom a verb may name: colleagues who hold steps in the area of a case."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import WORKERS, Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.lib.now import today
from zhengwu.lib.problem import Invalid

SHOWN = 300


def appointments(case: Case) -> QuerySet[Appointment]:
    """Posts in force today of those who work on cases in the case's area."""
    day = today()
    rows = Appointment.objects.filter(unit__division_id=case.division_id, role__in=WORKERS, valid_from__lte=day)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).filter(account__is_active=True)


def colleagues(case: Case, step: Step, without: Iterable[int | None] = ()) -> tuple[tuple[str, str], ...]:
    """Choices (account id, words): the people of the step's unit first, then of the other units of the case."""
    units = {*case.unit_ids, step.unit_id or case.unit_id}
    left_out = {pk for pk in without if pk is not None} | {case.applicant_id or 0}
    rows = appointments(case).filter(unit_id__in=units).exclude(account_id__in=left_out)
    rows = rows.select_related("account", "unit").order_by("unit_id", "id")
    near: list[tuple[str, str]] = []
    far: list[tuple[str, str]] = []
    for row in rows[:SHOWN]:
        words = f"{row.account.name}（{row.unit.short_name} {Role(row.role).label}）"
        (near if row.unit_id == step.unit_id else far).append((str(row.account_id), words))
    return tuple(dict([*near, *far]).items())


def colleague(case: Case, account: str | int, field: str) -> Account:
    """A colleague by account id. Raises Invalid for anybody who may not take part in this case."""
    number = int(account) if str(account).isdecimal() and len(str(account)) < 16 else 0
    row = appointments(case).select_related("account").filter(account_id=number).first()
    if row is None or row.account_id == case.applicant_id:
        raise Invalid({field: "请选择本地区有办理岗位的人员（申请人本人除外）"})
    return row.account


def organs(case: Case, step: Step) -> tuple[tuple[str, str], ...]:
    """Choices (unit id, name): other units of the area in which somebody holds the role of the step."""
    ids = appointments(case).filter(role=step.role).exclude(unit_id=step.unit_id or 0).values("unit_id")
    rows = Unit.objects.filter(pk__in=ids).order_by("sort_key", "id")[:SHOWN]
    return tuple((str(row.pk), row.name) for row in rows)
