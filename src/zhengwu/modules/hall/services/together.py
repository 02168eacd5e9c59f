"""Applying together: everybody who applies agrees on line to exactly the same words before anything is submitted."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from zhengwu.kernel.cases.api import Joining
from zhengwu.kernel.directory.api import Actor, blind_index, count_attempt
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.canonical import moment
from zhengwu.lib.identifiers import check_citizen_id, check_uscc
from zhengwu.lib.now import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem
from zhengwu.modules.hall.models import CoApplicant

if TYPE_CHECKING:
    from zhengwu.modules.hall.applying import Application

MOST = 20
_TRIES = 20


def invite(application: "Application", *, name: str, number: str) -> CoApplicant:
    """Asks the account of this name and number to apply together. Tries are counted; the answer does not tell which
    of the two is wrong. Raises Invalid, NotFound, Conflict, Problem."""
    draft = application.draft
    assert draft is not None
    if not 2 <= len(name.strip()) <= 100:
        raise Invalid({"name": "请填写共同申请人的姓名或名称"})
    index = blind_index(_number(number))
    count_attempt(key=f"together:{application.actor.account_id}", limit=_TRIES, minutes=60)
    found = _account(index, name.strip())
    if found is None:
        raise NotFound(
            "no-such-account",
            "没有姓名和证件号码都一致的账号，请核对，或者请对方先注册",
            "no such account",
            field="number",
        )
    if found.pk in (application.actor.account_id, application.applicant.pk):
        raise Invalid({"number": "不用邀请自己"})
    with transaction.atomic():
        if draft.pk and CoApplicant.objects.filter(draft=draft).count() >= MOST:
            raise Conflict("too-many", f"共同申请人不超过{MOST}位", "too many co-applicants")
        row, fresh = CoApplicant.objects.get_or_create(
            draft=draft, account=found, defaults={"name": found.name, "asked_at": now()}
        )
        if fresh:
            _record(row, application.actor, "joint.asked")
            _tell(application, row)
    return row


def _number(number: str) -> str:
    """A citizen's number or a credit code. Raises Invalid."""
    try:
        return check_uscc(number, field="number")
    except Problem:
        try:
            return check_citizen_id(number, field="number")
        except Problem as problem:
            raise Invalid({"number": problem.zh}) from None


def _account(index: str, name: str) -> Account | None:
    found = Account.objects.filter(id_index=index, name=name).exclude(kind=Account.Kind.STAFF).first()
    if found is not None:
        return found
    named = Account.objects.filter(kind=Account.Kind.ENTERPRISE, name=name)[:20]
    return next((a for a in named if a.uscc and blind_index(a.uscc) == index), None)


def remove(application: "Application", number: str) -> None:
    """Takes a co-applicant out of the draft again; unknown ones are no error."""
    CoApplicant.objects.filter(draft=application.draft, pk=whole(number) or 0).delete()


def ask_again(application: "Application") -> None:
    """The words changed since somebody agreed: they are asked anew, and told."""
    digest = application.digest()
    for row in CoApplicant.objects.filter(draft=application.draft).exclude(
        state=CoApplicant.State.AGREED, digest=digest
    ):
        row.state, row.digest, row.answered_at, row.asked_at = CoApplicant.State.ASKED, "", None, now()
        row.save()
        _tell(application, row)


def answer(*, pk: int, by: Actor, application: "Application", agree: bool, digest: str) -> CoApplicant:
    """``by`` agrees to the words with this ``digest``, or refuses. Raises NotFound for anybody else, Conflict when the
    words have changed since they were shown."""
    with transaction.atomic():
        row = CoApplicant.objects.select_for_update(of=("self",)).filter(pk=pk, account_id=by.account_id or 0).first()
        if row is None:
            raise NotFound("no-such-invitation", "没有这个邀请，或者已经取消", "no such invitation")
        if agree and application.digest() != digest:
            raise Conflict("words-changed", "申请内容刚刚改过，请看过新的内容再确认", "the application has changed")
        row.state = CoApplicant.State.AGREED if agree else CoApplicant.State.REFUSED
        row.digest, row.answered_at = digest if agree else "", now()
        row.save()
        _record(row, by, "joint.agreed" if agree else "joint.refused", digest=row.digest)
        word = "已确认共同申请" if agree else "不同意共同申请"
        notify(
            account_id=row.draft.account_id,
            title=f"{row.name}{word}：{application.matter.name}",
            url=reverse("hall:apply_confirm", args=[application.matter.code]),
            key=f"joint:{row.pk}:{moment(row.answered_at)}",
        )
    return row


def rows(application: "Application") -> list[dict[str, Any]]:
    """Co-applicants as the last page shows them; ``stale``: agreed to other words than these."""
    found = list(CoApplicant.objects.filter(draft=application.draft))
    digest = application.digest() if found else ""
    return [
        {
            "row": row,
            "agreed": row.state == CoApplicant.State.AGREED and row.digest == digest,
            "stale": row.state == CoApplicant.State.AGREED and row.digest != digest,
            "words": "内容改过，需要重新确认"
            if row.state == CoApplicant.State.AGREED and row.digest != digest
            else row.get_state_display(),
        }
        for row in found
    ]


def joined(application: "Application") -> list[Joining]:
    """Everybody else who applies, all of whom agreed to exactly this. Raises Conflict."""
    found = rows(application)
    missing = [r["row"].name for r in found if not r["agreed"]]
    if missing:
        raise Conflict(
            "not-all-agreed",
            f"{'、'.join(missing)}还没有确认现在的内容，全部确认后才能提交",
            "not all co-applicants have agreed",
        )
    accounts = Account.objects.in_bulk([r["row"].account_id for r in found])
    return [_joining(accounts[r["row"].account_id]) for r in found]


def _joining(account: Account) -> Joining:
    from zhengwu.kernel.directory.api import open_text

    number = account.uscc or open_text(account.id_sealed, "citizen_id")
    return Joining("joint", account.name, account, id_kind="001" if account.uscc else "111", id_number=number)


def _record(row: CoApplicant, by: Actor, kind: str, **facts: Any) -> None:
    data = {"co_applicant": f"account:{row.account_id}", "draft": row.draft_id, **facts}
    append(f"joint:{row.draft_id}", by.by(), [Entry(kind, data)])


def _tell(application: "Application", row: CoApplicant) -> None:
    notify(
        account_id=row.account_id,
        title=f"{application.applicant.name}请您共同申请：{application.matter.name}",
        body="请查看内容，在线确认或者拒绝。全部确认后才会提交。",
        url=reverse("hall:together", args=[row.pk]),
        key=f"joint:{row.pk}:asked:{moment(row.asked_at)}",
        channels=("in_app", "sms") if Account.objects.get(pk=row.account_id).phone_sealed else ("in_app",),
    )
