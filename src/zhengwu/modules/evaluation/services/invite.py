"""Asking for an evaluation by SMS, and understanding the answer."""

import secrets
from datetime import timedelta

from django.db import transaction

from zhengwu.kernel.cases.models import Case, Party
from zhengwu.kernel.directory.api import ANONYMOUS, blind_index, open_text, phone_of
from zhengwu.kernel.notifications.api import SMS, notify
from zhengwu.kernel.notifications.inbound import Incoming
from zhengwu.lib.now import now
from zhengwu.lib.periodic import each
from zhengwu.lib.problem import NotFound
from zhengwu.modules.evaluation.models import Evaluation, Invitation
from zhengwu.modules.evaluation.services.evaluate import evaluate
from zhengwu.modules.evaluation.visiting import KIND, NOT_SERVED, visit_of

FRESH = timedelta(days=2)
"""A case closed longer ago is not asked about any more."""
ANSWERED_FOR = timedelta(days=15)
PATTERN = r"([1-5])(?: ?(\d{4}))?"
HELP = "发1至5评价刚办结的事（5非常满意，1非常不满意）"
LEVELS = "5非常满意，4满意，3基本满意，2不满意，1非常不满意"


def invite_due(limit: int = 200) -> int:
    """Asks about the cases closed lately, each once. Returns how many were asked."""
    rows = (
        Case.objects.filter(kind=KIND, closed_at__gte=now() - FRESH, evaluation=None)
        .exclude(state__in=NOT_SERVED)
        .exclude(pk__in=Invitation.objects.values("case_id"))
        .select_related("applicant").order_by("closed_at")[:limit]
    )
    return each(list(rows), lambda case: invite(case=case), name="evaluation.invite")


@transaction.atomic
def invite(*, case: Case) -> Invitation | None:
    """One SMS to the applicant's phone, with a code; None where no number is known."""
    phone = _phone(case)
    if not phone:
        return None
    row, fresh = Invitation.objects.get_or_create(
        case=case,
        defaults={"phone_index": blind_index(phone, "phone"), "code": f"{secrets.randbelow(10_000):04d}", "at": now()},
    )
    if fresh:
        notify(
            account_id=None,
            title=f"【政务服务】您办理的“{case.title[:40]}”已办结，请回复满意程度数字评价：{LEVELS}。有几件事时在数字后加"
            f"空格和评价码{row.code}。评价自愿，您的信息保密",
            key=f"evaluation:{case.pk}", channels=(SMS,), addresses={SMS: phone},
        )
    return row


def _phone(case: Case) -> str:
    if case.applicant is not None and case.applicant.phone_sealed:
        return phone_of(case.applicant)
    party = case.parties.filter(role=Party.Role.APPLICANT, until=None).exclude(phone_sealed="").first()
    return open_text(party.phone_sealed, "phone") if party is not None else ""


def answered(message: Incoming) -> str | None:
    """The handler of incoming SMS ``5`` or ``5 1234``: the newest open invitation of this phone, or the one with the
    code. None (the message is somebody else's) when this phone was never asked and no code is given."""
    level, code = int(message.match[1]), message.match[2] or ""
    rows = Invitation.objects.filter(phone_index=message.phone_index, at__gte=message.at - ANSWERED_FOR)
    if code:
        rows = rows.filter(code=code)
    elif not rows.exists():
        return None
    row = rows.filter(case__evaluation=None).select_related("case__matter").order_by("-at", "-id").first()
    if row is None:
        if rows.exists():
            return "【政务服务】这次服务已经评价过，一次一评。感谢您。"
        raise NotFound("no-invitation", "【政务服务】没有找到与您手机号码和评价码对应的办件", "no such invitation")
    given = evaluate(visit=visit_of(row.case), level=level, channel=Evaluation.Channel.SMS, by=ANONYMOUS)
    thanks = "我们会在一个工作日内回访" if given.bad else "感谢您的评价"
    return f"【政务服务】已收到您对“{row.case.title[:40]}”的评价：{given.get_level_display()}。{thanks}。"
