"""Issuing: the handler of the happening "issued", inside the transaction of the act that caused it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from zhengwu.kernel.cases.api import Deed
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import blind_index, open_text, seal_text
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import local
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate
from zhengwu.modules.certificates.numbering import compose, issuer_of, next_number, tag

FACE_FIELDS_MAX = 12
_PRIVATE_FORMATS = ("citizen-id", "phone")


def on_issued(deed: Deed) -> None:
    """Writes the certificate of a case whose matter ends in one, once; other cases pass.

    Adds its row and ledger entry to the act's transaction; the paper is made later (``services.seal``), because an
    act must answer fast. Raises Conflict where the lists lack what an identifier needs.
    """
    case = deed.case
    matter = case.matter
    if matter is None or not matter.certificate_type or Certificate.objects.filter(case=case).exists():
        return
    issuer = issuer_of(case.unit).code or ""
    day = local(deed.at).date()
    number = next_number(matter.certificate_type, issuer, day.year)
    serial = number + tag(matter.certificate_type, issuer, number)
    certificate = Certificate(
        identifier=compose(matter.certificate_type, issuer, serial), number=number, type_code=matter.certificate_type,
        title=matter.result_name or matter.name, holder_id=case.applicant_id, holder_name=case.applicant_name,
        unit_id=case.unit_id, case=case, matter=matter, issued_at=deed.at, valid_from=day,
        valid_to=last_day(day, matter.certificate_years), data={"face": face(matter, case), "matter": matter.name},
        status_at=deed.at, **_holder_code(case),
    )
    certificate.save(force_insert=True)
    append(certificate.stream, signed(deed.actor.by(deed.post)), [Entry("certificate.issued", {
        "identifier": certificate.identifier, "title": certificate.title, "unit": case.unit.name, "case": case.number,
        "valid_from": day.isoformat(), "valid_to": certificate.valid_to.isoformat() if certificate.valid_to else "",
    })], at=deed.at)
    deed.facts["certificate"] = certificate.stream


def signed(by: By) -> By:
    """By id and unit only: whoever holds the certificate may have the proofs of this stream, not names of staff."""
    return replace(by, label=by.unit or by.label)


def last_day(start: date, years: int | None) -> date | None:
    """The last day of a validity of whole ``years``: the day before the anniversary; None without end."""
    if not years:
        return None
    try:
        anniversary = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        anniversary = date(start.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def face(matter: Matter, case: Case) -> list[list[str]]:
    """What of the application stands on the paper: fields the schema marks ``"x-certificate": true``; where it marks
    none, its plain fields except ticks and the numbers of people. Pairs of label and text, in the form's order."""
    fields = sorted(matter.form_schema.get("properties", {}).items(), key=lambda f: f[1].get("x-order", 1_000_000))
    shown = [f for f in fields if f[1].get("x-certificate")] or [f for f in fields if _plain(f[1])]
    return [[str(part.get("title", name)), _text(case.form[name], part)]
            for name, part in shown if case.form.get(name) not in (None, "", [])][:FACE_FIELDS_MAX]


def _plain(part: dict[str, Any]) -> bool:
    return part.get("type") in ("string", "integer", "number") and part.get("format") not in _PRIVATE_FORMATS


def _text(value: Any, part: dict[str, Any]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(v, part.get("items", {})) for v in value)
    if isinstance(value, dict):
        return " ".join(_text(v, {}) for v in value.values())
    titles = {option.get("const"): str(option.get("title", value)) for option in part.get("oneOf", [])}
    return titles.get(value, str(value))


def _holder_code(case: Case) -> dict[str, str]:
    """The holder's code, sealed for this column. A case without an account (handed in at a window) has none."""
    holder = case.applicant
    if holder is None:
        return {}
    if holder.kind == Account.Kind.ENTERPRISE and holder.uscc:
        kind, code = Certificate.CodeType.USCC, holder.uscc
    elif holder.id_sealed:
        kind, code = Certificate.CodeType.CITIZEN, open_text(holder.id_sealed, "citizen_id")
    else:
        return {}
    return {"holder_code_type": kind, "holder_code_sealed": seal_text(code, HOLDER_CODE),
            "holder_code_index": blind_index(code, HOLDER_CODE)}
