"""By SMS: "number + query code" returns how far a case is. Whoever holds the receipt may ask, from any telephone."""

from zhengwu.kernel.cases.api import access_by_code
from zhengwu.kernel.cases.views.presenting import left_words, state_words
from zhengwu.kernel.notifications.inbound import Incoming
from zhengwu.lib.now import now
from zhengwu.lib.problem import Problem

PATTERN = r"(?:CX|查|查询|进度)? ?([0-9]{6}[0-9A-Z]{17}) ([0-9]{6})"
HELP = "发“办件编号 查询码”查进度"


def progress(message: Incoming) -> str:
    """A refusal is returned, not raised: raised, it would undo the count of wrong codes."""
    try:
        case = access_by_code(message.match[1], message.match[2], address=f"sms:{message.phone_index[:32]}")
    except Problem as problem:
        return problem.zh
    if case.closed_at is not None:
        return f"{case.title}：{state_words(case)}，已办结。"
    step = case.steps.filter(closed_at=None).select_related("unit").order_by("id").first()
    where = f"，现在由{step.unit.name if step.unit else '您'}（{step.name}）" if step else ""
    until = f"，{left_words(case.due_at, now())}" if case.due_at else ""
    return f"{case.title}：{state_words(case)}{where}{until}。"
