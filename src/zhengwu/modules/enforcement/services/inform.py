"""From the first paper that is served the party concerned sees the case in their account."""

from zhengwu.kernel.cases.api import Deed
from zhengwu.kernel.cases.models import Party
from zhengwu.kernel.notifications.api import notify
from zhengwu.modules.enforcement.models import Affair


def inform(deed: Deed, affair: Affair, title: str) -> None:
    """Orders, for the end of the act: the party's account joins the case, and is told once a revision."""
    if affair.told_at is None:
        affair.told_at = deed.at
        affair.save(update_fields=["told_at"])
    if affair.party_account_id is not None:
        deed.after.append(lambda d: _tell(d, affair, title))


def _tell(deed: Deed, affair: Affair, title: str) -> None:
    case = deed.case
    case.parties.filter(role=Party.Role.CONCERNED, account=None).update(account=affair.party_account_id)
    notify(
        account_id=affair.party_account_id,
        title=f"{case.unit.short_name}：{title}",
        body="文书、您的权利和期限，请在“涉及我的案件”中查看。",
        url=f"/my/affairs/{case.number}/",
        key=f"affair:{case.number}:{case.revision}",
        channels=("in_app", "sms"),
    )
