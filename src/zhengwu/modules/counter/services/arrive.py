"""A paper promised for later has come to the counter."""

from django.db import transaction

from zhengwu.kernel.cases.models import Submission
from zhengwu.kernel.cases.services.late import hand_in_late
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.now import now
from zhengwu.lib.problem import NotFound
from zhengwu.modules.counter.models import LatePaper


def arrive(*, late_id: int, clerk: Account, file: StoredFile | None = None) -> LatePaper:
    """Records that it was seen on paper, or keeps ``file``. Recorded already: nothing changes.

    Raises NotFound, Denied, Conflict (the case is closed).
    """
    row = LatePaper.objects.select_related("submission", "case").filter(pk=late_id).first()
    if row is None:
        raise NotFound("no-such-material", "没有这份待补材料", "no such paper")
    with transaction.atomic():
        submission = hand_in_late(submission_id=row.submission_id, by=clerk.actor, file=file)
        if submission.way != Submission.Way.LATER and row.arrived_at is None:
            row.arrived_at, row.arrived_to = now(), clerk
            row.save(update_fields=["arrived_at", "arrived_to"])
    return row
