"""亮证: the holder shows a code that lives five minutes; whoever scans it sees the whole face, and leaves a trace."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from zhengwu.kernel.directory.api import Actor
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, NotFound
from zhengwu.modules.certificates.models import Access, Certificate, Presentation

MINUTES = 5
USES_MAX = 5
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@transaction.atomic
def present(*, identifier: str, by: Actor, at: datetime | None = None) -> Presentation:
    """A new code; those shown before end. Raises NotFound for anybody but the holder, Conflict when not in force."""
    moment = at or now()
    row = (Certificate.objects.select_for_update(of=("self",)).filter(identifier=identifier, holder_id=by.account_id)
           .first() if by.account_id else None)
    if row is None:
        raise NotFound("no-such-certificate", "没有这份证照，或者您不是持证主体", "no such certificate of yours")
    if row.state != Certificate.Status.NORMAL:
        raise Conflict("certificate-state", f"证照现为“{row.state_label}”，不能出示", "not in force")
    Presentation.objects.filter(certificate=row, until__gt=moment).update(until=moment)
    return Presentation.objects.create(certificate=row, code="".join(secrets.choice(_LETTERS) for _ in range(12)),
                                       at=moment, until=moment + timedelta(minutes=MINUTES))


@transaction.atomic
def seen(*, code: str, by: Actor, unit_name: str = "") -> Presentation:
    """Opens a shown code; the look is written down. Raises NotFound: unknown, past its minutes, or used up."""
    shown = (Presentation.objects.select_for_update(of=("self",)).select_related("certificate__unit")
             .filter(code=code.strip().upper()[:16], until__gt=now(), uses__lt=USES_MAX).first())
    if shown is None:
        raise NotFound(
            "code-over",
            f"亮证码不存在，或者已过期。亮证码{MINUTES}分钟内有效，请对方重新出示",
            "unknown or over",
        )
    Presentation.objects.filter(pk=shown.pk).update(uses=F("uses") + 1)
    Access.objects.create(certificate=shown.certificate, unit_name=unit_name, account_id=by.account_id,
                          way=Access.Way.PRESENT, purpose="扫描亮证码", at=now())
    return shown


def forget_old(limit: int = 5000) -> int:
    """Removes codes a day past; returns how many."""
    old = Presentation.objects.filter(until__lt=now() - timedelta(days=1)).values_list("pk", flat=True)[:limit]
    return Presentation.objects.filter(pk__in=list(old)).delete()[0]
