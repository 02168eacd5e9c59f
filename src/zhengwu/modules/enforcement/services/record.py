"""What investigators write into the affair until the decision: facts, team, proposal, hearing, evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.files.api import Source, StoredFile, register_access, store
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import canonical
from zhengwu.lib.now import local, now, today
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_data, refuse_secret_text
from zhengwu.modules.enforcement import proposals
from zhengwu.modules.enforcement.models import Affair, Discretion, Evidence, Investigator
from zhengwu.modules.enforcement.services.start import clean_team

EVIDENCE = "evidence"
EVIDENCE_MAX = 200
NOTICE = Limit(7, LimitUnit.WORKING_DAY)


def _lock(number: str, by: Actor) -> Affair:
    """The affair with its case locked, for an officer of its unit while it is open and undecided."""
    case = Case.objects.select_for_update(of=("self",)).select_related("unit").filter(number=number).first()
    affair = Affair.objects.select_for_update(of=("self",)).filter(case=case).first() if case else None
    if case is None or affair is None or not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise NotFound("no-such-affair", "没有这个案卷", "no such affair")
    if not by.has_role(Role.OFFICER, unit_id=case.unit_id):
        raise Denied("officers-only", "案卷由本单位承办人填写", "only officers of the unit write in it")
    if case.closed_at is not None or case.decided_at is not None:
        raise Conflict("affair-decided", "本件已作出决定或已办结，案卷不能再改", "the case is decided or closed")
    affair.case = case
    return affair


def _enter(affair: Affair, by: Actor, kind: str, words: tuple[str, str], data: Mapping[str, Any]) -> None:
    """One entry on the case: which part was written (part, verb), the digest of what; no words of the affair."""
    digest = sm3(canonical.dumps(dict(data))).hex()
    append(affair.case.number, by.by(), [Entry(kind, {"step": words[0], "label": words[1], "sm3": digest})])


@transaction.atomic
def propose(*, number: str, by: Actor, raw: Mapping[str, Any], revision: int | None = None) -> Affair:
    """Writes the proposal (see ``proposals.clean``); ``raw["discretion"]``: id of a line of the matter's table."""
    affair = _lock(number, by)
    _fresh(affair, revision)
    refuse_secret_data(dict(raw), field="violation")
    rule = None
    if wanted := raw.get("discretion"):
        rule = Discretion.objects.filter(pk=wanted, matter_id=affair.case.matter_id or 0).first()
        if rule is None:
            raise Invalid({"discretion": "裁量基准中没有这一条，请重新选择"})
    affair.proposal = proposals.clean(dict(raw), rule=rule)
    affair.revision += 1
    affair.save(update_fields=["proposal", "revision"])
    _enter(affair, by, "affair.proposed", ("拟处理意见", "填写"), affair.proposal)
    return affair


def _fresh(affair: Affair, revision: int | None) -> None:
    if revision is not None and revision != affair.revision:
        raise Conflict("affair-changed", "案卷刚被别人修改过，请对照后重新填写", "somebody else changed the affair")


@transaction.atomic
def set_team(*, number: str, by: Actor, team: Sequence[tuple[int, str]]) -> Affair:
    """Replaces the investigators, at least two; who has already acted in the case stays on the steps."""
    affair = _lock(number, by)
    errors: dict[str, str] = {}
    rows = clean_team(affair.case.unit_id, team, errors)
    if not errors and len(rows) < 2:
        errors["team"] = "执法人员不得少于两人"
    if errors:
        raise Invalid(errors)
    write_team(affair, rows)
    _enter(affair, by, "affair.team", ("执法人员", "登记"), {"team": [f"account:{pk}" for pk, _ in rows]})
    return affair


def write_team(affair: Affair, rows: Sequence[tuple[int, str]]) -> None:
    affair.investigators.all().delete()
    Investigator.objects.bulk_create(Investigator(affair=affair, account_id=pk, badge=badge) for pk, badge in rows)


@transaction.atomic
def arrange_hearing(*, number: str, by: Actor, at: datetime, place: str, chair_id: int, public: bool = True) -> Affair:
    """Time (aware), place and chair of the hearing: seven working days between notice and hearing, the chair a legal
    officer of the unit who did not investigate (行政处罚法 §64). Raises Invalid by field."""
    affair = _lock(number, by)
    errors: dict[str, str] = {}
    if at < due_at(now(), NOTICE, affair.case.unit_id):
        errors["at"] = "举行听证的七个工作日前须通知当事人，请把时间往后安排（行政处罚法第六十四条）"
    if not place.strip() or len(place.strip()) > 120:
        errors["place"] = "请填写听证地点，不超过120字"
    if affair.investigators.filter(account_id=chair_id).exists():
        errors["chair"] = "本案调查人员不能主持听证"
    elif not legal_of(affair.case.unit_id).filter(account_id=chair_id).exists():
        errors["chair"] = "主持人须是本单位的法制审核人员"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(place, field="place")
    affair.hearing = {"at": at.isoformat(), "words": f"{local(at):%Y年%-m月%-d日%H:%M}", "place": place.strip(),
                      "open": public}
    affair.hearing_chair_id = chair_id
    affair.save(update_fields=["hearing", "hearing_chair"])
    _enter(affair, by, "affair.hearing", ("听证安排", "确定"), affair.hearing)
    return affair


def legal_of(unit_id: int) -> Any:
    """Posts of legal officers of a unit today."""
    day = today()
    return (Appointment.objects.filter(unit_id=unit_id, role=Role.LEGAL, valid_from__lte=day,
                                       account__is_active=True)
            .exclude(valid_to__lte=day).select_related("account").order_by("account__name"))


@transaction.atomic
def add_evidence(*, number: str, by: Actor, name: str, kind: str, proves: str, filename: str = "",
                 stream: Source | None = None) -> Evidence:
    """One piece of evidence, with a file checked like every upload. Raises Invalid by field, Problem."""
    affair = _lock(number, by)
    errors = {}
    if not name.strip() or len(name.strip()) > 120:
        errors["name"] = "请填写证据名称，不超过120字"
    if kind not in Evidence.Kind.values:
        errors["kind"] = "请选择证据种类"
    if not proves.strip() or len(proves.strip()) > 300:
        errors["proves"] = "请填写证明内容，不超过300字"
    if affair.evidence.count() >= EVIDENCE_MAX:
        errors["name"] = f"证据不超过{EVIDENCE_MAX}件"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(name + proves, field="name")
    stored = None
    if stream is not None:
        stored = store(name=filename, stream=stream, owner=by, purpose=EVIDENCE, subject=number)
    made = Evidence.objects.create(affair=affair, name=name.strip(), kind=kind, proves=proves.strip(), file=stored,
                                   by_id=by.account_id or 0, at=now())
    _enter(affair, by, "affair.evidence", ("证据", "登记"),
           {"kind": kind, "file": stored.sm3 if stored else "", "number": affair.evidence.count()})
    return made


def may_open_evidence(actor: Actor, stored: StoredFile) -> bool:
    """Who works at the case; the party reads the file by asking the office (行政处罚法 §64 in the hearing)."""
    case = Case.objects.visible_to(actor).filter(number=stored.subject).first()
    if case is None or actor.account_id is None:
        return False
    affair = Affair.objects.filter(case=case).first()
    return affair is not None and affair.party_account_id != actor.account_id


def register_files() -> None:
    """Called once, when the app is ready."""
    register_access(EVIDENCE, may_open_evidence)
