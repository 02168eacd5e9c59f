"""Drafting: a new power, or a change of one that stands."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account, Unit
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.matters.models import Power, PowerVersion
from zhengwu.kernel.matters.powers import GROUNDS, apply_content, content_of
from zhengwu.lib import canonical, now
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.powers.policies import may_draft

Change = PowerVersion.Change
REASON_MAX = 1000


def signed(by: Actor) -> By:
    """By id and unit only: the history of a public power names offices, not people."""
    own = by.by()
    return replace(own, label=own.unit or own.label)


def digest(content: Any) -> str:
    """SM3 of a content in hex: what the ledger keeps of it."""
    return sm3(canonical.dumps(content)).hex()


@transaction.atomic
def draft_power(*, unit: Unit, content: dict[str, Any], ground: str, reason: str, by: Actor) -> PowerVersion:
    """Enters a new power of ``unit`` as a draft; ``content`` has been cleaned. Raises Denied, Invalid."""
    _entitled(by, unit)
    _grounded(Change.NEW, ground, reason)
    power = Power(code=_next_code(unit, content["type"]), unit=unit, division_id=unit.division_id, type=content["type"])
    apply_content(power, content)
    return _write(power, Change.NEW, content, ground=ground, reason=reason, by=by)


@transaction.atomic
def draft_change(*, code: str, change: str, ground: str, reason: str, by: Actor, content: dict[str, Any] | None = None,
                 target: Power | None = None, receivers: Iterable[int] = ()) -> PowerVersion:
    """Begins a change of a published power: new ``content``, or its end (merge into ``target``, delegate to the units
    ``receivers``, cancel, file). Raises Denied, Invalid, Conflict (not published, ended, another change open)."""
    power = Power.objects.select_for_update(of=("self",)).select_related("unit", "chart").get(code=code)
    _entitled(by, power.unit)
    if power.valid_from is None or power.valid_to is not None:
        raise Conflict("power-not-standing", f"“{power.name}”现为{power.state_label}，不能再作变动",
                       "only a power that stands can be changed")
    _grounded(change, ground, reason)
    told = _ends(power, change, target, list(receivers))
    now_is = content_of(power)
    if change == Change.CHANGE and (content is None or content == now_is):
        raise Invalid({"name": "内容没有变化，请先修改再保存"})
    return _write(power, change, content if change == Change.CHANGE and content else now_is, ground=ground,
                  reason=reason, by=by, **told)


@transaction.atomic
def edit_draft(*, version_id: int, content: dict[str, Any], ground: str, reason: str, by: Actor) -> PowerVersion:
    """Rewrites a draft (of a new power or a change). Raises Denied, Invalid, Conflict when it has been sent."""
    version = PowerVersion.objects.select_for_update(of=("self",)).select_related("power__unit").get(pk=version_id)
    _entitled(by, version.power.unit)
    if version.state != PowerVersion.State.DRAFT:
        raise Conflict("not-a-draft", f"已经送审（现为{version.get_state_display()}），不能再改", "it is no draft now")
    _grounded(version.change, ground, reason)
    if version.change in (Change.NEW, Change.CHANGE):
        version.content = content
        if version.change == Change.NEW:
            apply_content(version.power, content)
    version.ground, version.reason, version.changed_at = ground, reason.strip(), now.now()
    version.save(update_fields=["content", "ground", "reason", "changed_at"])
    append(version.power.stream, signed(by), [Entry("power.edited", {
        "version": version.number, "sm3": digest(version.content)})])
    return version


def _entitled(by: Actor, unit: Unit) -> None:
    if not may_draft(by, unit):
        raise Denied("not-your-unit", f"只有{unit.name}的承办人、审核人或分管领导可以编制它的权责清单",
                     "only the unit's own people draft its powers")


def _grounded(change: str, ground: str, reason: str) -> None:
    errors = {}
    if change not in Change.values:
        errors["change"] = "请选择变动的类型"
    elif ground not in GROUNDS or change not in GROUNDS[ground][1]:
        errors["ground"] = f"请选择{Change(change).label}的理由"
    if not reason.strip():
        errors["reason"] = "请写明理由：依据哪个文件、哪一条"
    if len(reason.strip()) > REASON_MAX:
        errors["reason"] = f"理由不超过{REASON_MAX}字，现有{len(reason.strip())}字"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(reason, field="reason")


def _ends(power: Power, change: str, target: Power | None, receivers: list[int]) -> dict[str, Any]:
    """What a merger or delegation needs besides its ground."""
    if change == Change.MERGE:
        if target is None or target.pk == power.pk or target.valid_to is not None or target.valid_from is None:
            raise Invalid({"target": "请选择并入的权力：已公布、没有终止、不是它自己"})
        if target.division_id != power.division_id:
            raise Invalid({"target": "只能并入同级的权力"})
        return {"target": target}
    if change == Change.DELEGATE:
        known = list(Unit.objects.filter(pk__in=receivers, path__startswith=area_path(power)).exclude(
            pk=power.unit_id).values_list("pk", flat=True))
        if not known or len(known) != len(set(receivers)):
            raise Invalid({"receivers": "请选择承接单位：本地区的乡镇（街道）或者下级单位"})
        return {"receivers": sorted(known)}
    return {}


def area_path(power: Power) -> str:
    """The area whose units may take the power over: that of the parent of its unit."""
    unit = power.unit
    return unit.parent.path if unit.parent else unit.path


def _write(power: Power, change: str, content: dict[str, Any], *, ground: str, reason: str, by: Actor,
           **more: Any) -> PowerVersion:
    number = (power.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            version = PowerVersion.objects.create(
                power=power, number=number, change=change, content=content, ground=ground, reason=reason.strip(),
                drafted_by=Account.objects.get(pk=by.account_id) if by.account_id else None, changed_at=now.now(),
                **more)
    except IntegrityError as error:
        raise Conflict("change-open", f"“{power.name}”已有一项变动在办理，办完或撤回后再作新的变动",
                       "another change of this power is open") from error
    append(power.stream, signed(by), [Entry("power.drafted", {
        "power": power.code, "version": number, "change": change, "ground": ground, "sm3": digest(content)})])
    return version


def _next_code(unit: Unit, type: str) -> str:
    """QL + credit code (18) + level + 51 + type + running number (8) of the unit and type."""
    head = f"QL{unit.code or f'{unit.pk:018d}'}{min(unit.division.level, 9)}51{type}9"
    last = Power.objects.filter(code__startswith=head).aggregate(last=Max("code"))["last"]
    return f"{head}{int(last[len(head):]) + 1 if last else 1:07d}"
