"""Closing a month: the statement's rows are frozen and their digest entered on the ledger."""

from datetime import date

from django.db import IntegrityError, transaction

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import canonical, now
from zhengwu.lib.problem import Conflict
from zhengwu.lib.sm import sm3
from zhengwu.modules.fees.models import Statement
from zhengwu.modules.fees.policies import require_finance
from zhengwu.modules.fees.selectors import statement_rows


@transaction.atomic
def close_month(*, division: Division, month: date, by: Actor) -> Statement:
    """Freezes a month that is over. Raises Denied, Conflict when it is not over or closed already."""
    require_finance(by, division)
    first = month.replace(day=1)
    if first >= now.today().replace(day=1):
        raise Conflict("month-open", "本月尚未结束，不能结账", "the month is not over")
    rows = [row.cells() for row in statement_rows(division.prefix, first)]
    digest = sm3(canonical.dumps(rows)).hex()
    signed = by.by(next((p for p in by.posts if p.role == Role.FINANCE), None))
    try:
        with transaction.atomic():
            statement = Statement.objects.create(division=division, month=first, rows=rows, sm3=digest,
                                                 closed_at=now.now(), closed_label=f"{signed.unit} {signed.label}")
    except IntegrityError:
        raise Conflict("month-closed", f"{first:%Y年%m月}已经结账", "closed already") from None
    append(f"statement:{division.code}:{first:%Y%m}", signed, [Entry("statement.closed", {"sm3": digest,
                                                                                          "rows": len(rows)})])
    return statement
