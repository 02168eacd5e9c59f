"""Evaluating a visit."""

from django.db import IntegrityError, transaction

from zhengwu.kernel.cases.api import Door, archive, open_own
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.visits import Visit
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.lib.now import local, now
from zhengwu.lib.problem import Conflict, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.evaluation.models import Evaluation
from zhengwu.modules.evaluation.rectification import CHART, KIND, publish_chart
from zhengwu.modules.evaluation.visiting import belongs_to, visit_of

COMMENT_MAX = 500
GOOD_FROM = Evaluation.Level.FAIR
EVALUATOR = By(id="evaluator", label="评价人")
"""How the ledger names whoever evaluated: not at all."""


@transaction.atomic
def evaluate(
    *,
    visit: Visit,
    level: int | None,
    channel: str,
    by: Actor,
    comment: str = "",
    attitude: int | None = None,
    skill: int | None = None,
) -> Evaluation:
    """Records what somebody who has shown that the visit is theirs thinks of it; once a visit, never again.

    基本满意 or better lets the case be filed; a bad one opens a rectification at the unit that served. The ledger keeps
    level, unit and channel, nothing that leads to the person. Raises Conflict when the visit has been evaluated,
    Invalid for a level that is none or a comment too long, Problem for words that may not be kept.
    """
    _check(level, attitude, skill, comment := comment.strip())
    assert level is not None
    if visit.case is not None:
        Case.objects.select_for_update(of=("self",)).get(pk=visit.case.pk)
    if Evaluation.objects.filter(visit=visit.key).exists():
        raise already()
    row = Evaluation(
        visit=visit.key, title=visit.title, case=visit.case, account_id=by.account_id, level=level, attitude=attitude,
        skill=skill, comment=comment, at=now(), served_at=visit.at, channel=channel, division_id=visit.division,
        unit_id=visit.unit_id, point_id=visit.point_id, window_id=visit.window_id, clerk_id=visit.clerk_id,
    )
    try:
        with transaction.atomic():
            _write(row)
    except IntegrityError as error:
        if "visit" not in str(error) and "case_id" not in str(error):
            raise
        raise already() from error
    if row.bad:
        row.rectification = _rectify(row)
        row.save(update_fields=["rectification"])
    elif visit.case is not None:
        archive(case=visit.case)
    return row


def evaluate_own(*, number: str, by: Actor, level: int | None, comment: str = "", attitude: int | None = None,
                 skill: int | None = None) -> Evaluation:
    """Somebody signed in evaluates a case of their own. Raises NotFound for anybody else's, else as ``evaluate``."""
    case = Case.objects.with_facts().filter(number=number).first()
    if case is None or not belongs_to(case, by):
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return evaluate(visit=visit_of(case), level=level, channel=Evaluation.Channel.PAGE, by=by, comment=comment,
                    attitude=attitude, skill=skill)


def already() -> Conflict:
    return Conflict("evaluated", "这次服务已经评价过，一次一评", "this visit has been evaluated")


def _check(level: int | None, attitude: int | None, skill: int | None, comment: str) -> None:
    errors = {}
    if level not in Evaluation.Level.values:
        errors["level"] = "请选择满意程度"
    for name, value in (("attitude", attitude), ("skill", skill)):
        if value is not None and value not in Evaluation.Level.values:
            errors[name] = "请在五个等级中选择"
    if len(comment) > COMMENT_MAX:
        errors["comment"] = f"文字评价不超过{COMMENT_MAX}字"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(comment, field="comment")


def _write(row: Evaluation) -> None:
    row.save(force_insert=True)
    facts = {"level": row.level, "unit": row.unit_id, "division": row.division_id, "channel": row.channel,
             "words": bool(row.comment)}
    append(f"evaluation:{row.pk}", EVALUATOR, [Entry("evaluation.given", facts)], at=row.at)


def _rectify(row: Evaluation) -> Case:
    """Opens the rectification: what was said of which service, without case number and person."""
    publish_chart()
    point = row.point
    window = row.window
    form = {
        "办理事项": row.title,
        "满意度": row.get_level_display(),
        "评价内容": row.comment or "没有填写",
        "评价渠道": row.get_channel_display(),
        "办理时间": f"{local(row.served_at):%Y-%m-%d}",
        "窗口": str(window) if window else "网上办理",
    }
    return open_own(
        kind=KIND, chart=CHART, title=f"差评整改：{row.title}"[:200], unit=row.unit, by=SYSTEM,
        applicant_name="评价人（依规保密）", form=form,
        door=Door(channel=Case.Channel.OFFICE, point=point or _point_of(row), window=window),
    )


def _point_of(row: Evaluation) -> ServicePoint | None:
    """Who checks where the visit names no place: the centre of the area."""
    return ServicePoint.objects.filter(division_id=row.division_id[:6], active=True).order_by("id").first()
