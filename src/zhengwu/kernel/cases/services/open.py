"""Opening a case: the first act."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.mandates import require_joined
from zhengwu.kernel.cases.models import Case, Mandate, Party, Submission
from zhengwu.kernel.cases.rows import draw
from zhengwu.kernel.cases.services.advance import advance, signers, variables
from zhengwu.kernel.cases.services.attach import claim
from zhengwu.kernel.cases.services.write import write
from zhengwu.kernel.directory.api import Actor, blind_index, seal_text
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import Run, chart_of
from zhengwu.kernel.flow.models import Version
from zhengwu.kernel.ledger.api import Entry
from zhengwu.kernel.matters import guidance, held
from zhengwu.kernel.matters.api import require_runnable
from zhengwu.kernel.matters.models import Material, Matter, ServicePoint, Window
from zhengwu.lib import canonical, forms, now
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_data


@dataclass(frozen=True)
class Handed:
    """A material handed in: ``way`` as Submission.Way; ``file`` the id of an uploaded file of the applicant."""

    name: str
    material_id: int | None = None
    way: str = Submission.Way.FILE
    file: UUID | None = None


@dataclass(frozen=True)
class Joining:
    """Somebody who takes part besides the account that applies: see ``Party``. Identifiers plain, stored sealed."""

    role: str
    name: str
    account: Account | None = None
    id_kind: str = "111"
    id_number: str = ""
    phone: str = ""
    mandate: Mandate | None = None


@dataclass(frozen=True)
class Door:
    """By which door a case came in: channel, and where it was taken in by whom (a clerk, a village agent)."""

    channel: str = Case.Channel.ONLINE
    point: ServicePoint | None = None
    window: Window | None = None
    clerk: Account | None = None


def open_case(
    *,
    kind: str,
    matter: Matter,
    by: Actor,
    applicant: Account | None,
    applicant_name: str,
    form: Mapping[str, Any],
    materials: Iterable[Handed] = (),
    key: str = "",
    parties: Iterable[Joining] = (),
    door: Door = Door(),
) -> Case:
    """Opens a case on a matter that is published and in force; returns it with ``number`` and first steps written.

    ``form`` must satisfy the matter's JSON Schema; its ``answers`` to the matter's questions, if there are any, decide
    which parts and materials are wanted; every required material must be handed in, unless the applicant holds the
    certificate that makes it unnecessary (``held``). ``key`` makes a repeated call by the same applicant return the
    first case. Raises Denied (a working account), Invalid (by field), Problem.
    """
    if applicant is not None and applicant.kind == Account.Kind.STAFF:
        raise Denied("applicants-only", "工作账号不能提交申请，请用个人或法人账号", "staff accounts cannot apply")
    earlier = opened_before(applicant, door.clerk, key)
    if earlier is not None:
        return earlier
    moment = now.now()
    require_runnable(matter, now.local(moment).date())
    given, guided = _guided(matter, form)
    answers = guided.answers if guided else None
    cleaned, errors = forms.clean(guidance.form_schema(matter, answers), given)
    handed, wanted = list(materials), guidance.needed(matter, answers)
    handed += _spared(wanted, handed, applicant)
    errors |= _missing_materials(wanted, handed, judged=guided is None and door.clerk is not None)
    if errors:
        raise Invalid(errors)
    refuse_secret_data(cleaned, field="form")
    cleaned |= guidance.kept(guided) if guided else {}
    pk, version = _drawn(guidance.chart_of_walk(matter, guided))
    units = {matter.unit_id, (door.point or matter.point).unit_id}
    case = Case(
        id=pk,
        kind=kind,
        title=matter.name,
        matter=matter,
        division_id=matter.division_id,
        unit_id=matter.unit_id,
        unit_ids=sorted(units),
        applicant=applicant,
        applicant_name=applicant_name,
        form=cleaned,
        state=kinds.get(kind).first_state,
        version=version,
        opened_at=moment,
        open_key=key or None,
        channel=door.channel,
        point=door.point,
        window=door.window,
        taken_by=door.clerk,
    )
    return begin(case, by=by, handed=handed, parties=parties)


def _drawn(chart_id: int) -> tuple[int, Version]:
    """The id of the new case and the published version its chart has now."""
    try:
        return draw(chart_id)
    except Version.DoesNotExist as error:
        raise Conflict("chart-not-published", "该事项的办理流程已停用，暂时不能收件，请稍后再来或者咨询窗口",
                       "the chart of this matter was withdrawn") from error


def begin(case: Case, *, by: Actor, handed: Iterable[Handed] = (), parties: Iterable[Joining] = ()) -> Case:
    """Writes a case that is ready to be opened, once by its ``open_key``: the common end of every way to open one."""
    parties = list(parties)
    try:
        # Without a key nothing can collide, and a transaction around us need not be able to go on.
        with transaction.atomic(savepoint=bool(case.open_key)):
            require_joined(case, parties)
            return _open(case, by, list(handed), [_party(case, joining) for joining in parties])
    except IntegrityError as error:
        earlier = opened_before(case.applicant, case.taken_by, case.open_key or "")
        if earlier is not None and ("case_open_once" in str(error) or "case_taken_once" in str(error)):
            return earlier
        raise


def opened_before(applicant: Account | None, clerk: Account | None, key: str) -> Case | None:
    if not key or (applicant is None and clerk is None):
        return None
    mine = Case.objects.filter(open_key=key, applicant=applicant)
    return (mine if applicant is not None else mine.filter(taken_by=clerk)).first()


def _guided(matter: Matter, form: Mapping[str, Any]) -> tuple[dict[str, Any], guidance.Walk | None]:
    """The form without the answers, and where they lead; None where none were given (then nothing is spared)."""
    given = dict(form)
    if not matter.questions or given.get(guidance.ANSWERS) is None:
        return given, None
    given.pop(guidance.ASKED, None)
    return given, guidance.settle(matter, given.pop(guidance.ANSWERS))


def _missing_materials(wanted: list[Material], handed: list[Handed], *, judged: bool = False) -> dict[str, str]:
    """``judged``: a clerk took it in without the questions and looked which conditional materials it takes."""
    have = {h.material_id for h in handed}
    missing = [m for m in wanted if m.required and m.pk not in have and not (judged and m.when)]
    return {f"material-{m.pk}": f"请提交“{m.name}”" for m in missing}


def _spared(wanted: list[Material], handed: list[Handed], applicant: Account | None) -> list[Handed]:
    """What a certificate the applicant holds stands for, named with its number."""
    have = {h.material_id for h in handed}
    rows = [m for m in wanted if m.shared_from and m.pk not in have]
    found = held.spared(applicant, rows)
    return [
        Handed(name=f"{m.name}：{found[m.pk].words}"[:200], material_id=m.pk, way=Submission.Way.SHARED)
        for m in rows
        if m.pk in found
    ]


def _party(case: Case, joining: Joining) -> Party:
    return Party(
        case_id=case.pk,
        role=joining.role,
        account=joining.account,
        name=joining.name,
        id_kind=joining.id_kind,
        id_sealed=seal_text(joining.id_number, "citizen_id"),
        id_index=blind_index(joining.id_number) if joining.id_number else "",
        phone_sealed=seal_text(joining.phone, "phone"),
        mandate=joining.mandate,
        since=case.opened_at,
    )


def _join(parties: list[Party]) -> None:
    Party.objects.bulk_create(parties)


def _open(case: Case, by: Actor, handed: list[Handed], parties: list[Party]) -> Case:
    definition = kinds.get(case.kind)
    case.number = definition.number(case, case.opened_at)
    chart = chart_of(case.version_id)
    deed = Deed(case=case, chart=chart, actor=by, at=case.opened_at, action="open")
    run = Run(chart, None, variables=variables(case, [], ""), who=signers(case, chart))
    run.start()
    deed.submissions = _take_in(case, by, handed)
    if parties:
        deed.after.append(lambda _: _join(parties))
    deed.facts = {
        "matter": case.matter.code if case.matter else "",
        "title": case.title,
        "unit": case.unit.name,
        "division": case.division_id,
        "chart": case.version.definition.key,
        "channel": case.channel,
        "version": case.version.number,
        "chart_sm3": case.version.sm3,
        "form_sm3": sm3(canonical.dumps(case.form)).hex(),
        "parties": [[p.role, p.id_index[:16]] for p in parties],
        "materials": [[s.name, s.way, s.file.sm3 if s.file else ""] for s in deed.submissions],
    }
    definition.opened(deed)
    advance(deed, run)
    kinds.tell("opened", deed)
    write(deed, Entry("case.opened", deed.facts), fresh=True)
    return case


def _take_in(case: Case, by: Actor, handed: list[Handed]) -> list[Submission]:
    missing = {_field(h): f"“{h.name}”没有附件" for h in handed if h.way == Submission.Way.FILE and h.file is None}
    if missing:
        raise Invalid(missing)
    uploaded = [(_field(h), h.file) for h in handed if h.way == Submission.Way.FILE and h.file is not None]
    files = claim(uploaded, owner_id=by.account_id or case.applicant_id, subject=case.number)
    return [
        Submission(
            case_id=case.pk,
            material_id=item.material_id,
            name=item.name,
            way=item.way,
            file=files[item.file] if item.way == Submission.Way.FILE and item.file is not None else None,
            at=case.opened_at,
        )
        for item in handed
    ]


def _field(item: Handed) -> str:
    """Where the page and the API show what is wrong with a material."""
    return f"material-{item.material_id}"


def next_serial() -> int:
    """A six-digit serial from a database sequence: unique within a day below a million cases, no row to wait for."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('cases_serial')")
        return int(cursor.fetchone()[0]) % 1_000_000


def new_key() -> str:
    """A key for a form that may be submitted twice."""
    return secrets.token_urlsafe(18)
