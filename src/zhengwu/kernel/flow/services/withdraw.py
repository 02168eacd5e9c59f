"""Take the published version of a chart back without putting another in its place."""

from django.db import transaction

from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.ledger.api import By, Entry, append


@transaction.atomic
def withdraw(*, key: str, by: By, reason: str) -> Version:
    """Retires the published version: its cases run on, nothing new begins on the chart until a version is published
    again. FlowError ``flow-not-published`` when there is none, ``flow-no-reason`` without a reason."""
    if not reason.strip():
        raise FlowError("no-reason", "请写明停用的理由", element=key)
    definition = Definition.objects.select_for_update().filter(key=key).first()
    current = definition.versions.filter(state=VersionState.PUBLISHED).first() if definition else None
    if current is None:
        raise FlowError("not-published", f"流程“{key}”没有已发布的版本", element=key)
    current.state = VersionState.RETIRED
    current.save(update_fields=["state"])
    append(f"flow:{key}", by, [Entry("flow.withdrawn", {"version": current.number, "reason": reason.strip()})])
    return current
