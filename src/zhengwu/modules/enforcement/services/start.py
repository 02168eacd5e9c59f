"""立案: an office opens a case of its own on a power that is published and in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from zhengwu.kernel.cases.api import Door, Joining, open_case
from zhengwu.kernel.cases.models import Case, Party
from zhengwu.kernel.directory.api import Actor, Role, blind_index
from zhengwu.kernel.directory.models import Account, Appointment
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.identifiers import check_citizen_id, check_mobile, check_uscc
from zhengwu.lib.now import today
from zhengwu.lib.problem import Denied, Invalid, Problem
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.enforcement.families import BY_TYPE, Family
from zhengwu.modules.enforcement.models import Affair, Investigator

ID_KINDS = {"person": "111", "enterprise": "001"}
BADGE_MAX, TEAM_MAX = 30, 8


@dataclass(frozen=True)
class PartyIn:
    """The party concerned, identifiers plain; kind "none" where there is none."""

    kind: str = "none"
    name: str = ""
    number: str = ""
    phone: str = ""


@transaction.atomic
def open_affair(*, matter: Matter, by: Actor, subject: str, source: str, facts: str, party: PartyIn,
                team: Sequence[tuple[int, str]] = (), place: str = "", happened_on: date | None = None,
                form: Mapping[str, Any] | None = None, key: str = "") -> Affair:
    """Opens the case with its affair; ``team``: pairs of account id and badge number, two at least where the law asks.

    Only an officer of the matter's unit, only on matters of the office's own types, only when the power runs.
    ``key`` makes a repeated call harmless. Raises Denied, Invalid by field, Conflict.
    """
    family = BY_TYPE.get(matter.master.type)
    if family is None:
        raise Invalid({"matter": "这个事项依申请办理，不能依职权立案"})
    if not by.has_role(Role.OFFICER, unit_id=matter.unit_id) or by.account_id is None:
        raise Denied("not-your-power", f"“{matter.name}”由{matter.unit.name}的承办人立案",
                     "only an officer of the unit opens a case on its power")
    errors = _texts(subject, source, facts, place, happened_on)
    joined, account = _party(family, party, errors)
    badges = _team(family, matter, team, errors)
    if errors:
        raise Invalid(errors)
    case = open_case(
        kind=family.code, matter=matter, by=by, applicant=None,
        applicant_name=party.name.strip() if family.party else matter.unit.name, form=form or {},
        parties=joined, door=Door(channel=Case.Channel.OFFICE, clerk=Account.objects.get(pk=by.account_id)), key=key)
    affair = Affair.objects.filter(case=case).first()
    if affair is not None:
        return affair
    affair = Affair.objects.create(
        case=case, subject=subject.strip(), source=source, facts=facts.strip(), place=place.strip(),
        happened_on=happened_on, party_kind=party.kind if family.party else Affair.Party.NONE, party_account=account)
    Investigator.objects.bulk_create(Investigator(affair=affair, account_id=pk, badge=badge) for pk, badge in badges)
    return affair


def _texts(subject: str, source: str, facts: str, place: str, happened_on: date | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    for field, title, text, most in (("subject", "案由", subject, 120), ("facts", "案情", facts, 3000)):
        if not text.strip():
            errors[field] = f"请填写{title}"
        elif len(text.strip()) > most:
            errors[field] = f"{title}不超过{most}字"
        else:
            refuse_secret_text(text, field=field)
    if len(place.strip()) > 120:
        errors["place"] = "发生地点不超过120字"
    if source not in Affair.Source.values:
        errors["source"] = "请选择线索来源"
    if happened_on is not None and happened_on > today():
        errors["happened_on"] = "发生日期不能在今天以后"
    return errors


def _party(family: Family, party: PartyIn, errors: dict[str, str]) -> tuple[list[Joining], Account | None]:
    """The party as it joins the case, and its account if it has one; the account sees nothing until it is told."""
    if not family.party:
        return [], None
    if party.kind not in ID_KINDS:
        errors["party_kind"] = "请选择当事人是个人还是单位"
        return [], None
    if not party.name.strip() or len(party.name.strip()) > 100:
        errors["party_name"] = "请填写当事人的姓名或者名称，不超过100字"
    number, account = party.number.strip(), None
    try:
        if number and party.kind == "person":
            number = check_citizen_id(number, field="party_number")
            account = Account.objects.filter(id_index=blind_index(number), is_active=True).first()
        elif number:
            number = check_uscc(number, field="party_number")
            account = Account.objects.filter(uscc=number, is_active=True).first()
        elif party.kind == "enterprise":
            errors["party_number"] = "请填写统一社会信用代码"
        phone = check_mobile(party.phone, field="party_phone") if party.phone.strip() else ""
    except Problem as problem:
        errors[problem.field] = problem.zh
        return [], None
    return [Joining(role=Party.Role.CONCERNED, name=party.name.strip(), id_kind=ID_KINDS[party.kind],
                    id_number=number, phone=phone)], account


def _team(family: Family, matter: Matter, team: Sequence[tuple[int, str]],
          errors: dict[str, str]) -> list[tuple[int, str]]:
    rows = clean_team(matter.unit_id, team, errors)
    if family.team and len(rows) < 2 and "team" not in errors:
        errors["team"] = "执法人员不得少于两人（行政处罚法第四十二条、行政强制法第十八条）"
    return rows


def clean_team(unit_id: int, team: Sequence[tuple[int, str]], errors: dict[str, str]) -> list[tuple[int, str]]:
    """Officers of the unit today, each once, with a badge; what is wrong goes to ``errors["team"]``."""
    rows = {pk: badge.strip() for pk, badge in team}
    officers = set(officers_of(unit_id).values_list("account_id", flat=True))
    if len(rows) < len(team):
        errors["team"] = "同一名执法人员填了两次"
    elif len(rows) > TEAM_MAX:
        errors["team"] = f"执法人员不超过{TEAM_MAX}人"
    elif set(rows) - officers:
        errors["team"] = "执法人员须是本单位在岗的承办人"
    elif any(not badge or len(badge) > BADGE_MAX for badge in rows.values()):
        errors["team"] = f"请填写每名执法人员的执法证号，不超过{BADGE_MAX}位"
    return list(rows.items())


def officers_of(unit_id: int) -> Any:
    """Posts of officers of a unit today, by name."""
    day = today()
    return (Appointment.objects.filter(unit_id=unit_id, role=Role.OFFICER, valid_from__lte=day,
                                       account__is_active=True)
            .exclude(valid_to__lte=day).select_related("account").order_by("account__name", "account_id"))
