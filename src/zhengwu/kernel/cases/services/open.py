"""Opening a case: the first act."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Submission
from zhengwu.kernel.cases.rows import draw
from zhengwu.kernel.cases.services.advance import advance, signers, variables
from zhengwu.kernel.cases.services.attach import claim
from zhengwu.kernel.cases.services.write import write
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import Run, chart_of
from zhengwu.kernel.ledger.api import Entry
from zhengwu.kernel.matters.api import require_runnable
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib import canonical, forms, now
from zhengwu.lib.problem import Denied, Invalid
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_data


@dataclass(frozen=True)
class Handed:
    """A material handed in: ``way`` as Submission.Way; ``file`` the id of an uploaded file of the applicant."""

    name: str
    material_id: int | None = None
    way: str = Submission.Way.FILE
    file: UUID | None = None


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
) -> Case:
    """Opens a case on a matter that is published and in force; returns it with ``number`` and first steps written.

    ``form`` must satisfy the matter's JSON Schema; every required material must be handed in. ``key`` makes a
    repeated call by the same applicant return the first case. Raises Denied (a working account), Invalid (by field),
    Problem.
    """
    if applicant is not None and applicant.kind == Account.Kind.STAFF:
        raise Denied("applicants-only", "工作账号不能提交申请，请用个人或法人账号", "staff accounts cannot apply")
    earlier = _opened_before(applicant, key)
    if earlier is not None:
        return earlier
    moment = now.now()
    require_runnable(matter, now.local(moment).date())
    cleaned, errors = forms.clean(matter.form_schema, form)
    handed = list(materials)
    errors |= _missing_materials(matter, handed)
    if errors:
        raise Invalid(errors)
    refuse_secret_data(cleaned, field="form")
    pk, version = draw(matter.chart_id)
    window_unit = matter.point.unit_id
    units = {matter.unit_id, window_unit}
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
    )
    try:
        # Without a key nothing can collide, and a transaction around us need not be able to go on.
        with transaction.atomic(savepoint=bool(key)):
            return _open(case, by, handed)
    except IntegrityError as error:
        if "case_open_once" in str(error) and (earlier := _opened_before(applicant, key)) is not None:
            return earlier
        raise


def _opened_before(applicant: Account | None, key: str) -> Case | None:
    return Case.objects.filter(applicant=applicant, open_key=key).first() if applicant and key else None


def _missing_materials(matter: Matter, handed: list[Handed]) -> dict[str, str]:
    have = {h.material_id for h in handed}
    return {f"material-{m.pk}": f"请提交“{m.name}”" for m in matter.materials.all() if m.required and m.pk not in have}


def _open(case: Case, by: Actor, handed: list[Handed]) -> Case:
    definition = kinds.get(case.kind)
    case.number = definition.number(case, case.opened_at)
    chart = chart_of(case.version_id)
    deed = Deed(case=case, chart=chart, actor=by, at=case.opened_at, action="open")
    run = Run(chart, None, variables=variables(case, [], ""), who=signers(case, chart))
    run.start()
    deed.submissions = _take_in(case, handed)
    deed.facts = {
        "matter": case.matter.code if case.matter else "",
        "title": case.title,
        "unit": case.unit.name,
        "division": case.division_id,
        "chart": case.version.definition.key,
        "version": case.version.number,
        "chart_sm3": case.version.sm3,
        "form_sm3": sm3(canonical.dumps(case.form)).hex(),
        "materials": [[s.name, s.way, s.file.sm3 if s.file else ""] for s in deed.submissions],
    }
    definition.opened(deed)
    advance(deed, run)
    kinds.tell("opened", deed)
    write(deed, Entry("case.opened", deed.facts), fresh=True)
    return case


def _take_in(case: Case, handed: list[Handed]) -> list[Submission]:
    missing = {_field(h): f"“{h.name}”没有附件" for h in handed if h.way == Submission.Way.FILE and h.file is None}
    if missing:
        raise Invalid(missing)
    uploaded = [(_field(h), h.file) for h in handed if h.way == Submission.Way.FILE and h.file is not None]
    files = claim(uploaded, owner_id=case.applicant_id, subject=case.number)
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
