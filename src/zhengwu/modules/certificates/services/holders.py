"""Holders that are no more (死亡、依法终止): recorded once, asked before anything is issued."""

from datetime import date

from django.db import transaction

from zhengwu.kernel.directory.api import Actor, Role, blind_index
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.identifiers import check_citizen_id, check_uscc
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate, HolderEnd

SOURCE_MAX = 200


def may_record(actor: Actor) -> bool:
    """A head or leader of any organ, and the centre: whoever gets the lists of 民政, 公安 and the registrar."""
    return actor.has_role(Role.HEAD, Role.LEADER, Role.CENTRE)


@transaction.atomic
def record_end(*, kind: str, code: str, on: date, source: str, by: Actor) -> tuple[HolderEnd, list[Certificate]]:
    """Records that a holder died or was dissolved; returns the row and the certificates now to be cancelled (§70).

    Raises Denied, Invalid by field, Problem for a wrong check character, Conflict when it is recorded already.
    """
    if not may_record(by):
        raise Denied("not-entitled", "只有审核人、分管领导或政务中心可以登记", "not entitled")
    errors: dict[str, str] = {}
    if kind not in HolderEnd.Kind.values:
        errors["kind"] = "请选择死亡或者依法终止"
    if on > today():
        errors["on"] = "日期不能晚于今天"
    if not source.strip() or len(source) > SOURCE_MAX:
        errors["source"] = f"请写明信息来源，例如民政部门通报文号（{SOURCE_MAX}字以内）"
    if errors:
        raise Invalid(errors)
    check = check_citizen_id if kind == HolderEnd.Kind.DEATH else check_uscc
    index = blind_index(check(code, field="code"), HOLDER_CODE)
    if HolderEnd.objects.filter(code_index=index).exists():
        raise Conflict("holder-end-known", "这个持证主体的终止情况已经登记过", "recorded already")
    row = HolderEnd.objects.create(code_index=index, kind=kind, on=on, source=source.strip(), at=now(),
                                   unit_id=by.posts[0].unit_id)
    append(f"holder-end:{row.pk}", by.by(), [Entry("holder.ended", {
        "kind": kind, "on": on.isoformat(), "source": row.source})])
    held = Certificate.objects.filter(holder_code_index=index, status__in=Certificate.LAPSING).select_related("unit")
    return row, list(held.order_by("id"))


def require_alive(code_index: str) -> None:
    """Raises Conflict when the holder with this blind index is recorded as dead or dissolved."""
    if not code_index:
        return
    ended = HolderEnd.objects.filter(code_index=code_index).first()
    if ended is not None:
        raise Conflict(
            "holder-ended", f"持证主体已于{ended.on:%Y年%m月%d日}{ended.get_kind_display()}（{ended.source}），"
            "不能颁发、变更或者延续证照；尚在有效期的应当注销（行政许可法第七十条）", "the holder is no more")
