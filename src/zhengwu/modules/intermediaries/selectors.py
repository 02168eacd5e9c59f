"""Reading agencies with what they kept of their promises."""

from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from zhengwu.lib.now import now
from zhengwu.modules.intermediaries.models import Agency, Engagement


def with_record(*, division: str = "", trade: str = "", text: str = "", removed: bool = False,
                at: datetime | None = None) -> QuerySet[Agency]:
    """Agencies with ``done``, ``late`` (delivered late or overdue now) and ``running``, counted in the same query."""
    moment = at or now()
    delivered = Q(engagements__state=Engagement.State.DELIVERED)
    running = Q(engagements__state=Engagement.State.RUNNING)
    rows = Agency.objects.select_related("division").annotate(
        done=Count("engagements", filter=delivered),
        running=Count("engagements", filter=running),
        late=Count("engagements", filter=(delivered & Q(engagements__delivered_at__gte=F("engagements__due_at")))
                   | (running & Q(engagements__due_at__lte=moment))),
    )
    if not removed:
        rows = rows.exclude(state=Agency.State.REMOVED)
    if division:
        rows = rows.filter(division_id=division)
    if trade in Agency.Trade.values:
        rows = rows.filter(trade=trade)
    if words := text.strip()[:60]:
        rows = rows.filter(name__icontains=words)
    return rows.order_by("trade", "name")
