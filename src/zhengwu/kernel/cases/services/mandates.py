"""Asking for, giving, declining and taking back a power of attorney (授权委托, 民法典 §165, §173).

On line the grantor signs with their own account. A village agent records the consent of somebody without one: the
photo of a signed paper, or a code the villager got by SMS and says aloud. The code is derived with a key of the
installation from the mandate itself, so nothing is stored; tries are counted and it ends after ten minutes.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from zhengwu.kernel.cases.mandates import PAPER, access_mandate, identity_index
from zhengwu.kernel.cases.models import Case, Mandate, Party, Step
from zhengwu.kernel.cases.services.advance import handling_point
from zhengwu.kernel.directory.api import Actor, Role, blind_index, count_attempt, seal_text
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Matter
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.identifiers import check_citizen_id, check_mobile, check_uscc, normal
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem
from zhengwu.lib.uploads import refuse_secret_text

CODE_MINUTES = 10
CODE_TRIES = 5
SMS_AN_HOUR = 5
DAYS = 180
DAYS_MAX = 3 * 366
_Evidence, _State = Mandate.Evidence, Mandate.State


def ask_mandate(
    *,
    by: Actor,
    evidence: str,
    grantor: Account | None = None,
    grantor_name: str = "",
    grantor_id: str = "",
    grantor_phone: str = "",
    matter: Matter | None = None,
    scope: str = "",
    days: int = DAYS,
    url: str = "",
) -> Mandate:
    """``by`` asks to act for the grantor for ``days`` days, in ``matter`` only or in all.

    ``online``: the grantor is an account (given, or found by name and number) and is told, with a link to ``url``.
    ``sms``: a code goes to ``grantor_phone``; ``paper``: the photo follows in ``give_mandate``; both only for a village
    agent and with name and number of the grantor. Raises Invalid by field, Denied, NotFound, Problem.
    """
    _require_agent(by, evidence)
    number, phone = _checked_person(evidence, grantor_name, grantor_id, grantor_phone)
    _check_terms(scope, days)
    if grantor is None and evidence == _Evidence.ONLINE:
        grantor = _find(by, grantor_name, number)
    index = identity_index(grantor) if grantor else blind_index(number)
    mine = Account.objects.get(pk=by.account_id or 0)
    if (grantor is not None and grantor.pk == mine.pk) or (index and index == identity_index(mine)):
        raise Invalid({"grantor_id": "不能委托自己"})
    if evidence == _Evidence.SMS:
        count_attempt(key=f"mandate-sms:{blind_index(phone, 'phone')}", limit=SMS_AN_HOUR, minutes=60)
    moment = now()
    with transaction.atomic():
        mandate = Mandate.objects.create(
            grantor=grantor,
            grantor_name=grantor.name if grantor else grantor_name.strip(),
            grantor_id_sealed=seal_text(number, "citizen_id"),
            grantor_index=index,
            grantor_phone_sealed=seal_text(phone, "phone"),
            agent=mine,
            matter=matter,
            evidence=evidence,
            valid_from=moment,
            valid_to=moment + timedelta(days=days),
            **({"scope": scope.strip()} if scope.strip() else {}),
        )
        _record(mandate, by, "mandate.asked", evidence=evidence, days=days, matter=matter.code if matter else "")
        _tell_grantor(mandate, phone, url)
    return mandate


def give_mandate(*, mandate_id: int, by: Actor, code: str = "", paper: StoredFile | None = None) -> Mandate:
    """The grantor consents: with their account, by the ``code`` sent to their phone, or by a signed ``paper``.

    Given already: nothing changes. Raises NotFound, Denied, Conflict, Invalid (code, paper), Problem (tries).
    """
    mandate = access_mandate(by, mandate_id)
    signer = mandate.grantor_id if mandate.evidence == _Evidence.ONLINE else mandate.agent_id
    if by.account_id is None or by.account_id != signer:
        raise Denied("not-the-grantor", "须由委托人本人同意", "only the grantor can consent")
    if mandate.state == _State.ASKED:
        _require_evidence(mandate, by, code, paper)
    with transaction.atomic():
        mandate = _locked(mandate_id)
        if mandate.state == _State.GIVEN:
            return mandate
        if mandate.state != _State.ASKED:
            raise Conflict("mandate-closed", f"这份授权{mandate.get_state_display()}，请重新发起", "mandate closed")
        moment = now()
        if moment >= mandate.valid_to:
            raise Conflict("mandate-expired", "授权期限已过，请重新发起", "the mandate has run out")
        mandate.state, mandate.given_at, mandate.paper = _State.GIVEN, moment, paper
        mandate.save(update_fields=["state", "given_at", "paper"])
        _record(mandate, by, "mandate.given", evidence=mandate.evidence, paper_sm3=paper.sm3 if paper else "")
        if by.account_id != mandate.agent_id:
            _tell_agent(mandate, f"{mandate.grantor_name}已同意授权您代办", "given")
    return mandate


def decline_mandate(*, mandate_id: int, by: Actor) -> Mandate:
    """The grantor says no, or the agent drops the request or records the no. Declined already: nothing changes."""
    access_mandate(by, mandate_id)
    with transaction.atomic():
        mandate = _locked(mandate_id)
        if mandate.state == _State.DECLINED:
            return mandate
        if mandate.state != _State.ASKED:
            raise Conflict("mandate-closed", f"这份授权{mandate.get_state_display()}，不能再拒绝", "mandate not asked")
        mandate.state = _State.DECLINED
        mandate.save(update_fields=["state"])
        _record(mandate, by, "mandate.declined")
        if by.account_id != mandate.agent_id:
            _tell_agent(mandate, f"{mandate.grantor_name}没有同意授权", "declined")
    return mandate


def revoke_mandate(*, mandate_id: int, by: Actor) -> Mandate:
    """Takes a mandate back, from this moment on (民法典 §173): the agent neither acts nor sees any more.

    By the grantor, by the agent (who gives it up or records the grantor's word), or recorded at a window of the area.
    Open steps the agent held go to the applicant, or to the window where there is no account. Revoked already: nothing
    changes. Raises NotFound, Conflict.
    """
    access_mandate(by, mandate_id)
    with transaction.atomic():
        # An act of the agent holds its case: cases first, so that either the act or the revocation comes first.
        _lock_cases(mandate_id)
        mandate = _locked(mandate_id)
        if mandate.state == _State.REVOKED:
            return mandate
        if mandate.state != _State.GIVEN:
            raise Conflict("mandate-not-given", "这份授权没有生效，不用撤回", "the mandate was not given")
        moment = now()
        mandate.state, mandate.revoked_at = _State.REVOKED, moment
        mandate.save(update_fields=["state", "revoked_at"])
        gone = list(Party.objects.filter(mandate=mandate, until=None).select_related("case__matter__point"))
        Party.objects.filter(pk__in=[p.pk for p in gone]).update(until=moment)
        for party in gone:
            _hand_back(party.case, mandate.agent_id)
        _record(mandate, by, "mandate.revoked", cases=[p.case.number for p in gone])
        if by.account_id != mandate.agent_id:
            _tell_agent(mandate, f"{mandate.grantor_name}已撤回授权，有关办件您不能再代办", "revoked")
    return mandate


def _require_agent(by: Actor, evidence: str) -> None:
    if by.account_id is None or evidence not in _Evidence.values:
        raise Denied("agents-only", "不能这样登记授权", "no such way of consent")
    if evidence != _Evidence.ONLINE and not by.has_role(Role.AGENT):
        raise Denied("agents-only", "只有代办员可以登记纸质或者短信授权", "village agents only")
    if by.posts and not by.has_role(Role.AGENT):
        raise Denied("agents-only", "工作账号不能代理他人申请", "staff accounts do not act for others")


def _checked_person(evidence: str, name: str, number: str, phone: str) -> tuple[str, str]:
    """Number and phone of a grantor in their one form; an account has both of its own, so they may be missing."""
    errors: dict[str, str] = {}
    clean, mobile = "", ""
    if name or number or evidence != _Evidence.ONLINE:
        if not 2 <= len(name.strip()) <= 100:
            errors["grantor_name"] = "请填写委托人的姓名"
        try:
            clean = _number(number)
        except Problem as problem:
            errors["grantor_id"] = problem.zh
    if phone.strip() or evidence == _Evidence.SMS:
        try:
            mobile = check_mobile(phone, field="grantor_phone")
        except Problem as problem:
            errors["grantor_phone"] = problem.zh
    if errors:
        raise Invalid(errors)
    refuse_secret_text(name, field="grantor_name")
    return clean, mobile


def _check_terms(scope: str, days: int) -> None:
    errors: dict[str, str] = {}
    if not 1 <= days <= DAYS_MAX:
        errors["days"] = f"授权期限为1至{DAYS_MAX}天"
    if len(scope) > 200:
        errors["scope"] = "委托权限不超过200字"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(scope, field="scope")


def _number(number: str) -> str:
    """A citizen's number or a credit code; what is neither is told as a wrong citizen's number."""
    try:
        return check_uscc(number, field="grantor_id")
    except Problem:
        return check_citizen_id(number, field="grantor_id")


def _find(by: Actor, name: str, number: str) -> Account:
    """The account of somebody known by name and number; tries are counted, the answer does not tell which is wrong."""
    count_attempt(key=f"mandate-find:{by.account_id}", limit=20, minutes=60)
    index = blind_index(number)
    found = [a for a in Account.objects.filter(name=name.strip()).exclude(kind=Account.Kind.STAFF)[:50]
             if identity_index(a) == index]
    if not found:
        raise NotFound("no-such-grantor", "没有姓名和证件号码都一致的账号，请核对，或者请对方先注册", "no such account")
    return found[0]


def consent_code(mandate: Mandate) -> str:
    """The six digits the grantor reads out."""
    digest = blind_index(f"{mandate.pk}:{mandate.valid_from.isoformat()}", "mandate-code")
    return f"{int(digest[:16], 16) % 1_000_000:06d}"


def _require_evidence(mandate: Mandate, by: Actor, code: str, paper: StoredFile | None) -> None:
    if mandate.evidence == _Evidence.PAPER and (
        paper is None or paper.purpose != PAPER or paper.owner_id != by.account_id
    ):
        raise Invalid({"paper": "请拍下委托人签字的授权委托书"})
    if mandate.evidence != _Evidence.SMS:
        return
    if now() >= code_ends(mandate):
        raise Conflict("code-expired", "验证码已过期，请重新发起，委托人会收到新的验证码", "the code has expired")
    count_attempt(key=f"mandate-code:{mandate.pk}", limit=CODE_TRIES, minutes=CODE_MINUTES)
    if not hmac.compare_digest(consent_code(mandate).encode(), normal(code).encode()):
        raise Invalid({"code": "验证码不对，请委托人再念一遍"})


def code_ends(mandate: Mandate) -> datetime:
    """When the code of an SMS consent stops being good."""
    return mandate.valid_from + timedelta(minutes=CODE_MINUTES)


def _locked(mandate_id: int) -> Mandate:
    return Mandate.objects.select_for_update(of=("self",)).select_related("matter").get(pk=mandate_id)


def _lock_cases(mandate_id: int) -> None:
    rows = Case.objects.filter(parties__mandate_id=mandate_id).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def _hand_back(case: Case, agent_id: int) -> None:
    """Open steps of the applicant that the agent held find somebody else."""
    chart = chart_of(case.version_id)
    for step in Step.objects.filter(case=case, closed_at=None, account_id=agent_id):
        node = chart.find(step.node)
        if node is None or node.unit != "applicant":
            continue
        if case.applicant_id is not None:
            step.account_id = case.applicant_id
        elif (point := handling_point(case)) is not None:
            step.account_id, step.unit_id, step.role = None, point.unit_id, Role.CLERK
        step.save(update_fields=["account", "unit", "role"])


def _record(mandate: Mandate, by: Actor, kind: str, **facts: Any) -> None:
    data = {"agent": f"account:{mandate.agent_id}", "grantor": mandate.grantor_index[:16], **facts}
    append(f"mandate:{mandate.pk}", by.by(), [Entry(kind, data)])


def _tell_grantor(mandate: Mandate, phone: str, url: str) -> None:
    what = mandate.matter.name if mandate.matter else "政务服务事项"
    if mandate.evidence == _Evidence.SMS:
        text = (f"{mandate.agent.name}请您同意由其代办“{what}”。同意请把验证码{consent_code(mandate)}告诉代办员，"
                f"{CODE_MINUTES}分钟内有效；不同意不用理会。以后可以在任何窗口撤回")
        notify(account_id=None, title=text, key=f"mandate:{mandate.pk}:asked", channels=("sms",),
               addresses={"sms": phone})
    elif mandate.grantor_id is not None:
        notify(account_id=mandate.grantor_id, title=f"{mandate.agent.name}请您授权代办“{what}”",
               body="请在线同意或者拒绝。同意之后也可以随时撤回。", url=url, key=f"mandate:{mandate.pk}:asked",
               channels=("in_app",))


def _tell_agent(mandate: Mandate, title: str, what: str) -> None:
    notify(account_id=mandate.agent_id, title=title, key=f"mandate:{mandate.pk}:{what}", channels=("in_app",))
