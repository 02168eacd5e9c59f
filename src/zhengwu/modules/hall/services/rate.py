"""Rating a finished case."""

from django.db import transaction

from zhengwu.kernel.cases.api import archive
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.hall.models import Rating

COMMENT_MAX = 500
GOOD_FROM = Rating.Level.FAIR


@transaction.atomic
def rate(*, number: str, by: Actor, level: int, comment: str = "") -> Rating:
    """The applicant rates once, after the case is closed. A rating of 基本满意 or better lets the case be filed.

    Raises NotFound for anybody but the applicant, Conflict when open or rated, Invalid for a level that is none.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(number=number).first()
    if case is None or by.account_id is None or case.applicant_id != by.account_id:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    if case.closed_at is None:
        raise Conflict("not-closed", "办结之后才能评价", "the case is not closed yet")
    if Rating.objects.filter(case=case).exists():
        raise Conflict("rated", "您已经评价过，一件一评", "this case has been rated")
    if level not in Rating.Level.values:
        raise Invalid({"level": "请选择满意程度"})
    comment = comment.strip()
    if len(comment) > COMMENT_MAX:
        raise Invalid({"comment": f"文字评价不超过{COMMENT_MAX}字"})
    refuse_secret_text(comment, field="comment")
    rating = Rating.objects.create(case=case, account_id=by.account_id, level=level, comment=comment, at=now())
    append(case.number, by.by(), [Entry("case.rated", {"level": level, "words": bool(comment)})])
    if level >= GOOD_FROM:
        archive(case=case)
    return rating
