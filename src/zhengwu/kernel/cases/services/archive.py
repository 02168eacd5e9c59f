"""Archiving: a closed case becomes a file that is complete and does not change any more (DA/T 22, 在线服务规定 §12)."""

from datetime import timedelta

from django.db import transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import canonical, now
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import Conflict
from zhengwu.lib.sm import sm3

KEEP_OPEN = timedelta(days=30)
"""A closed case waits this long for a rating or a complaint before the sweep files it."""


def manifest(case: Case) -> dict[str, object]:
    """What the file holds: submissions with digests, papers with numbers, steps with outcomes."""
    return {
        "number": case.number,
        "submissions": [
            [name, way, digest or ""]
            for name, way, digest in case.submissions.order_by("id").values_list("name", "way", "file__sm3")
        ],
        "documents": [
            [*named, sm3(canonical.dumps(data)).hex()]
            for *named, data in case.documents.order_by("id").values_list("kind", "title", "number", "data")
        ],
        "steps": [
            [node, outcome, sm3(opinion.encode()).hex()]
            for node, outcome, opinion in case.steps.order_by("id").values_list("node", "outcome", "opinion")
        ],
    }


@transaction.atomic
def archive(*, case: Case, by: Actor = SYSTEM) -> Case:
    """Files a closed case; its manifest's digest goes on the ledger. Raises Conflict unless closed. Idempotent."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.closed_at is None:
        raise Conflict("not-closed", "办件尚未办结，不能归档", "the case is not closed")
    if case.archived_at is not None:
        return case
    case.archived_at = now.now()
    case.revision += 1
    case.save(update_fields=["archived_at", "revision"])
    digest = sm3(canonical.dumps(manifest(case))).hex()
    append(case.number, by.by(), [Entry("case.archived", {"manifest_sm3": digest})], at=case.archived_at)
    kinds.tell(
        "archived", Deed(case=case, chart=chart_of(case.version_id), actor=by, at=case.archived_at, action="archive")
    )
    return case


def archive_due(limit: int = 500) -> int:
    """The sweep: files cases closed longer than KEEP_OPEN ago. Returns how many."""
    rows = Case.objects.filter(archived_at=None, closed_at__lt=now.now() - KEEP_OPEN).order_by("closed_at")
    return each(list(rows.only("number")[:limit]), lambda case: archive(case=case), name="cases.archive")
