"""The catalogue of certificate types: draft, publish the next version, retire."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.certificates.models import CertificateType

FIELDS_MAX = 20
State = CertificateType.State


def may_edit(actor: Actor, definer_id: int | None = None) -> bool:
    """The centre and the designers for all types; a head or leader for those their organ defines."""
    if actor.has_role(Role.CENTRE, Role.DESIGNER):
        return True
    return actor.has_role(Role.HEAD, Role.LEADER, unit_id=definer_id) if definer_id else False


@transaction.atomic
def save_draft(*, code: str, definer: Unit, data: Mapping[str, Any], by: Actor) -> CertificateType:
    """Creates or changes the draft of ``code``: its next version, or its first.

    ``data``: name, holder, validity, years, renew_before, face, basis, fields (pairs of label and required).
    Raises Denied, Invalid by field.
    """
    latest = CertificateType.objects.select_for_update(of=("self",)).filter(code=code).order_by("-version").first()
    if not may_edit(by, latest.definer_id if latest else definer.pk):
        raise Denied("not-the-definer", "证照类型由定义机构的审核人、分管领导或政务中心维护", "not entitled")
    clean = _cleaned(code, data)
    draft = latest if latest is not None and latest.state == State.DRAFT else CertificateType(
        code=code, version=latest.version + 1 if latest else 1)
    for name, value in clean.items():
        setattr(draft, name, value)
    draft.definer, draft.changed_at = definer, now()
    draft.save()
    append(draft.stream, by.by(), [Entry("type.drafted", {"code": code, "version": draft.version, "name": draft.name})])
    return draft


def _cleaned(code: str, data: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, str] = {}
    if not re.fullmatch(r"[0-9A-Z]{21}", code):
        errors["code"] = "类型代码为21位：定义机构统一社会信用代码18位＋3位顺序码（GB/T 36902）"
    name, basis = str(data.get("name", "")).strip(), str(data.get("basis", "")).strip()
    if not 2 <= len(name) <= 100:
        errors["name"] = "名称须为2到100个字"
    if not 4 <= len(basis) <= 300:
        errors["basis"] = "请写明设定依据（300字以内）"
    for key, choices in (("holder", CertificateType.Holder), ("validity", CertificateType.Validity),
                         ("face", CertificateType.Face)):
        if data.get(key) not in choices.values:
            errors[key] = "请选择一项"
    years = data.get("years") if data.get("validity") == CertificateType.Validity.YEARS else None
    if data.get("validity") == CertificateType.Validity.YEARS and (not isinstance(years, int) or not 1 <= years <= 50):
        errors["years"] = "固定年限须填1到50的整数"
    before = data.get("renew_before", 30)
    if not isinstance(before, int) or not 1 <= before <= 120:
        errors["renew_before"] = "须填1到120的整数（工作日）"
    fields = _fields(data.get("fields", ()), errors)
    if errors:
        raise Invalid(errors)
    return {"name": name, "basis": basis, "holder": data["holder"], "validity": data["validity"], "years": years,
            "renew_before": before, "face": data["face"], "fields": fields}


def _fields(rows: Sequence[tuple[str, bool]], errors: dict[str, str]) -> list[dict[str, Any]]:
    labels = [label.strip() for label, _ in rows]
    if not 1 <= len(labels) <= FIELDS_MAX:
        errors["fields"] = f"照面信息项须有1到{FIELDS_MAX}项"
    elif len(set(labels)) != len(labels) or any(not 1 <= len(label) <= 20 for label in labels):
        errors["fields"] = "信息项名称须为1到20个字，不能重复"
    return [{"key": f"f{n}", "label": label, "required": bool(must)}
            for n, (label, (_, must)) in enumerate(zip(labels, rows, strict=True), 1)]


@transaction.atomic
def publish_type(*, type_id: int, by: Actor) -> CertificateType:
    """Makes the draft the version in force; the one before is replaced, what was issued by it stays as it is.
    Raises NotFound, Denied, Conflict."""
    draft = CertificateType.objects.select_for_update(of=("self",)).filter(pk=type_id).first()
    if draft is None:
        raise NotFound("no-such-type", "没有这个证照类型", "no such type")
    if not may_edit(by, draft.definer_id):
        raise Denied("not-the-definer", "证照类型由定义机构的审核人、分管领导或政务中心维护", "not entitled")
    if draft.state != State.DRAFT:
        raise Conflict(
            "type-state",
            f"这一版现为“{draft.get_state_display()}”，只有草稿可以公布",
            "only a draft is published",
        )
    CertificateType.objects.filter(code=draft.code, state=State.PUBLISHED).update(state=State.REPLACED)
    draft.state, draft.published_at = State.PUBLISHED, now()
    draft.save(update_fields=["state", "published_at"])
    append(draft.stream, by.by(), [Entry("type.published", {"code": draft.code, "version": draft.version})])
    return draft
