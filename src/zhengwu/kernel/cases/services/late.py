"""Papers promised for later (承诺后补) and papers brought unasked: they join the case without moving it."""

from django.db import transaction

from zhengwu.kernel.cases.mandates import acts_for_applicant
from zhengwu.kernel.cases.models import Case, Submission
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Denied, NotFound

MATERIAL = "material"


@transaction.atomic
def hand_in_late(*, submission_id: int, by: Actor, file: StoredFile | None = None) -> Submission:
    """A promised paper has come: seen on paper by a clerk, or as ``file`` (purpose "material", named after the case).

    By the applicant or their agent (with a file), or by a clerk of a unit that takes part. Come already: nothing
    changes. Raises NotFound, Denied, Conflict (the case is closed).
    """
    row = Submission.objects.filter(pk=submission_id).first()
    case = Case.objects.select_for_update(of=("self",)).visible_to(by).filter(pk=row.case_id).first() if row else None
    if row is None or case is None:
        raise NotFound("no-such-material", "没有这份材料", "no such material")
    clerk = any(by.has_role(Role.CLERK, unit_id=unit) for unit in case.unit_ids)
    if not clerk and not (file is not None and (case.applicant_id == by.account_id or acts_for_applicant(by, case))):
        raise Denied("not-yours", "这份材料由申请人提交，或者由窗口人员登记", "the applicant or a clerk hands it in")
    row.refresh_from_db()
    if row.way != Submission.Way.LATER:
        return row
    if case.closed_at is not None:
        raise Conflict("case-closed", "本件已经办结，不用再补材料", "the case is closed")
    row.way = Submission.Way.FILE if file else Submission.Way.PAPER
    row.file, row.at = file, now()
    row.save(update_fields=["way", "file", "at"])
    facts = {"material": row.name, "way": row.way, "sm3": file.sm3 if file else ""}
    append(case.number, by.by(), [Entry("case.supplemented", facts)])
    return row
