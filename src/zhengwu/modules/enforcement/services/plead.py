"""The party speaks: 陈述、申辩, and whether a hearing is wanted (行政处罚法 §45, §64)."""

from django.db import transaction

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.enforcement.models import Affair, Statement
from zhengwu.modules.enforcement.proposals import heavy

TEXT_MAX, STATEMENTS_MAX = 3000, 10


@transaction.atomic
def plead(*, number: str, by: Actor, text: str, hearing: bool = False) -> Statement:
    """Keeps what the party says, while the case waits for it. Raises NotFound for anybody else, Conflict, Invalid."""
    case = Case.objects.select_for_update(of=("self",)).filter(number=number).first()
    affair = Affair.objects.filter(case=case).first() if case else None
    if (affair is None or case is None or by.account_id is None or affair.party_account_id != by.account_id
            or affair.told_at is None):
        raise NotFound("no-such-affair", "没有涉及您的这个案件", "no such affair of yours")
    if not case.steps.filter(kind="plead", closed_at=None).exists():
        raise Conflict("not-waiting", "现在不是陈述申辩的期间；对决定不服的，请按决定书载明的途径申请复议或者提起诉讼",
                       "the case does not wait for statements now")
    text = text.strip()
    if not text and not hearing:
        raise Invalid({"text": "请写明陈述、申辩的意见，或者勾选要求听证"})
    if len(text) > TEXT_MAX:
        raise Invalid({"text": f"不超过{TEXT_MAX}字，现有{len(text)}字"})
    if hearing and not heavy(affair.proposal, affair.party_kind):
        raise Invalid({"hearing": "本案拟作出的处罚不属于可以要求听证的范围（行政处罚法第六十三条）"})
    if affair.statements.count() >= STATEMENTS_MAX:
        raise Conflict("enough-said", f"已提交{STATEMENTS_MAX}次，请直接与办案机关联系", "too many statements")
    refuse_secret_text(text, field="text")
    made = Statement.objects.create(affair=affair, text=text, hearing=hearing, by_id=by.account_id, at=now())
    append(number, by.by(), [Entry("affair.pleaded", {
        "step": "当事人", "label": "要求听证" if hearing else "陈述申辩", "sm3": sm3(text.encode()).hex()})])
    return made
