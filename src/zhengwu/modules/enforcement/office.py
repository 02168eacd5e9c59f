"""The kinds of case an office opens of itself: penalty, coercion, levy, inspection, inner powers."""

from collections.abc import Mapping

from zhengwu.kernel.cases.api import CaseKind, Deed, register
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.modules.enforcement import effects as e
from zhengwu.modules.enforcement.families import COERCION, FAMILIES, INNER, INSPECTION, LEVY, PENALTY, number
from zhengwu.modules.enforcement.publicity import publish_inspection, publish_penalty

Effects = Mapping[tuple[str, str], e.Effect]
LAWFUL_90 = e.clock("lawful", 90, LimitUnit.DAY, "行政处罚法第六十条（自立案之日起九十日内作出决定）")
DELIVER_7 = e.clock("delivery", 7, LimitUnit.WORKING_DAY, "行政处罚法第六十一条（七日内送达）")


def promised(deed: Deed) -> None:
    """The limits the matter was published with run from the opening."""
    matter = deed.case.matter
    if matter is not None:
        deed.start_clock("lawful", matter.lawful, "权责清单载明的办理时限")
        deed.start_clock("promised", matter.promised, "本机关公布的承诺时限")


_DECIDE = e.both(e.decided, DELIVER_7)
PENALTY_EFFECTS: Effects = {
    ("register", "agree"): e.state("open", e.team_of_case, e.accepted, LAWFUL_90),
    ("investigate", "done"): e.both(e.team, e.proposed),
    ("approve", "agree"): e.legal_first_at_review,
    ("notify", "deliver"): e.state("noticed", e.team, e.proposed,
                                   e.serve("enf_penalty_notice", "行政处罚告知书", "罚告", e.may_be_heard)),
    ("plead", "hearing"): e.both(e.hearing_arranged,
                                 e.serve("enf_hearing", "行政处罚听证通知书", "听通", e.hearing_data, basis=False)),
    ("hearing", "done"): e.heard,
    ("decide", "penalty"): e.penalise,
    ("decide", "exempt"): e.state("exempt", e.need_opinion, _DECIDE,
                                  e.serve("enf_exempt", "不予行政处罚决定书", "不罚", e.reason, basis=False)),
    ("decide", "dismiss"): e.state("exempt", e.need_opinion, _DECIDE,
                                   e.serve("enf_exempt", "不予行政处罚决定书", "不罚", e.reason, basis=False)),
    ("decide", "transfer"): e.both(e.need_opinion, e.decided),
    ("spot", "done"): e.both(e.team, e.proposed),
    ("spot", "exempt"): e.state("exempt", e.need_opinion),
    ("deliver", "deliver"): e.served,
    ("publish", "publish"): e.published(publish_penalty),
    ("execute", "cash"): e.overdrawn,
    ("execute", "force"): e.need_opinion,
}
COERCION_EFFECTS: Effects = {
    ("investigate", "pass"): e.both(e.team, e.proposed),
    ("investigate", "urgent"): e.both(e.team, e.proposed),
    ("decide", "grant"): e.both(e.accepted, e.decided),
    ("execute", "done"): e.implement,
    ("decide", "disagree"): e.need_opinion,
    ("approve", "agree"): e.extended,
    ("deliver", "deliver"): e.state("lifted", e.serve("enf_lift", "解除行政强制措施决定书", "强解", e.reason,
                                                      basis=False)),
}
LEVY_EFFECTS: Effects = {
    ("review", "pass"): e.proposed,
    ("review", "waive"): e.proposed,
    ("decide", "grant"): e.state("decided", e.proposed, e.decided, DELIVER_7,
                                 e.serve("enf_levy", "行政征收决定书", "征", e.nothing)),
    ("deliver", "deliver"): e.served,
    ("execute", "paid"): e.state("paid"),
    ("execute", "overdue"): e.state("overdue", e.serve("enf_press", "催告书", "催", e.duty, basis=False)),
    ("notify", "paid"): e.state("paid"),
    ("notify", "force"): e.need_opinion,
}
INSPECTION_EFFECTS: Effects = {
    ("register", "agree"): e.state("approved", e.accepted),
    ("draw", "done"): e.state("drawn", e.drawn),
    ("inspect", "normal"): e.state("checked", e.team),
    ("inspect", "missing"): e.state("checked", e.team),
    ("inspect", "case"): e.state("checked", e.team),
    ("inspect", "fix"): e.state("checked", e.team, e.serve("enf_fix", "责令改正通知书", "责改", e.reason, basis=False)),
    ("publish", "publish"): e.both(e.decided, e.published(publish_inspection)),
}
INNER_EFFECTS: Effects = {
    ("collective", "agree"): e.approve_inner,
    ("above", "agree"): e.state("approved", e.decided),
    ("decide", "grant"): e.state("approved", e.decided),
    ("collective", "deny"): e.need_opinion,
    ("countersign", "disagree"): e.need_opinion,
}


def penalty_extension(case: Case) -> tuple[Limit, str]:
    """The leader may extend the ninety days once by thirty (处罚法 §60 leaves it to rules)."""
    return Limit(30, LimitUnit.DAY), "《市场监督管理行政处罚程序规定》第六十四条（负责人批准，延长三十日）"


_APART = {
    "penalty": ("investigate", "approve", "legal", "hearing", "decide"),
    "coercion": ("investigate", "decide"),
    "levy": ("review", "approve", "decide"),
    "inspection": ("register", "inspect"),
    "inner": ("apply", "approve", "legal", "collective", "above"),
}
"""调查与审核、决定分开; 听证主持与调查分开; the one who applies for money neither reviews nor decides."""


def nothing(deed: Deed) -> None:
    """Nothing follows from opening: the clocks begin when the case is filed."""


def register_kinds() -> None:
    effects = {"penalty": PENALTY_EFFECTS, "coercion": COERCION_EFFECTS, "levy": LEVY_EFFECTS,
               "inspection": INSPECTION_EFFECTS, "inner": INNER_EFFECTS}
    for family in (PENALTY, COERCION, LEVY, INSPECTION, INNER):
        register(CaseKind(
            code=family.code, title=FAMILIES[family.code].title, states=family.states,
            first_state=next(iter(family.states)), number=number,
            opened=promised if family.code in ("levy", "inner") else nothing, finished=e.finished,
            effects=effects[family.code], apart=_APART[family.code],
            extension=penalty_extension if family.code == "penalty" else None))
