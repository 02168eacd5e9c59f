"""Lights that change are events of the case, told to whoever holds it; each exactly once."""

from django.db import transaction

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.directory.api import SYSTEM, Role
from zhengwu.kernel.directory.models import Appointment, Deputy
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import now, today

_WORDS = {"yellow": "临近时限", "red": "已超过时限"}


def sweep_lights(batch: int = 200) -> int:
    """Turns the lights that are due, in batches of one transaction each. Returns how many changed.

    Safe to run twice or after days of silence: the change of a clock and its event commit together.
    """
    changed = 0
    while True:
        with transaction.atomic():
            clocks = clock.sweep(now(), batch=batch, lock=_lock_cases)
            for row in clocks:
                _record(row)
        changed += len(clocks)
        if len(clocks) < batch:
            return changed


def _lock_cases(subjects: list[str]) -> None:
    """The same order as an act: the case first, then its clocks."""
    numbers = sorted({s.split("#")[0] for s in subjects})
    list(Case.objects.select_for_update().filter(number__in=numbers).order_by("pk").values_list("pk", flat=True))


def _record(row: clock.Clock) -> None:
    number = row.subject.split("#")[0]
    case = Case.objects.select_related("unit").filter(number=number).first()
    if case is None:
        return
    append(
        number,
        SYSTEM.by(),
        [Entry(f"clock.{row.light}", {"clock": row.kind, "subject": row.subject, "due": row.due_at.isoformat()})],
        at=now(),
    )
    for account_id in _holders(case, heads=row.light == "red"):
        notify(
            account_id=account_id,
            title=f"{case.title} {_WORDS[row.light]}",
            body=f"办件 {number}",
            url=f"/my/cases/{number}/" if account_id == case.applicant_id else f"/desk/cases/{number}/",
            key=f"light:{row.pk}:{row.light}:{account_id}",
        )


def _holders(case: Case, *, heads: bool) -> set[int]:
    """Accounts that hold an open step now, and for red the heads of the owner unit; who stands in for them too."""
    steps = list(Step.objects.filter(case=case, closed_at=None).values_list("unit_id", "role", "account_id"))
    accounts = {a for _, _, a in steps if a}
    posts = {(unit, role) for unit, role, account in steps if unit and not account}
    if heads:
        posts.add((case.unit_id, Role.HEAD))
    day = today()
    for unit, role in posts:
        accounts |= set(
            Appointment.objects.filter(unit_id=unit, role=role, valid_from__lte=day)
            .exclude(valid_to__lte=day)
            .values_list("account_id", flat=True)
        )
    standing_in = Deputy.objects.filter(principal__in=accounts, starts_on__lte=day, ends_on__gte=day)
    return accounts | set(standing_in.values_list("deputy_id", flat=True))
