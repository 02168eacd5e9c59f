"""Cases and their steps in plain SQL: they sit in every act, where building a query would cost more than running it."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from zhengwu.kernel.cases.models import Case, Document, Step, Submission
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.flow.models import Definition, Version
from zhengwu.kernel.matters.models import Matter


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_CASE, _STEP = _columns(Case), _columns(Step)
_CASE_JSON = tuple(_CASE.index(name) for name in ("form", "flow"))
_STEP_JSON = tuple(_STEP.index(name) for name in ("path", "form"))

# Which version of each row behind a case there is: PostgreSQL gives every version its own place and transaction.
_STAMP = "concat_ws(' ', m.xmin, m.ctid, b.xmin, b.ctid, p.xmin, p.ctid, o.xmin, o.ctid), concat(u.xmin, u.ctid)"
_BEHIND = (
    "FROM cases_case c JOIN directory_unit u ON u.id = c.unit_id LEFT JOIN matters_matter m ON m.id = c.matter_id "
    "LEFT JOIN matters_mastermatter b ON b.id = m.master_id LEFT JOIN matters_servicepoint p ON p.id = m.point_id "
    "LEFT JOIN directory_unit o ON o.id = m.unit_id "
)
_LOCK = (
    f"SELECT {', '.join(f'c.{name}' for name in _CASE)}, {_STAMP} {_BEHIND}"  # noqa: S608
    "WHERE c.id = (SELECT case_id FROM cases_step WHERE id = %s) FOR UPDATE OF c"
)
_STAMPS = f"SELECT {_STAMP} {_BEHIND} WHERE c.id = %s"
_STEPS = (
    f"SELECT {', '.join(_STEP)} FROM cases_step "  # noqa: S608
    "WHERE case_id = (SELECT case_id FROM cases_step WHERE id = %s) ORDER BY id"
)


def lock_case_of(step_id: int) -> tuple[Case, list[Step]] | None:
    """The case of a step, its row locked until the transaction ends, and its steps as they are then; None without one.

    ``matter`` (with master, point and unit), ``unit`` and ``version`` are shared between cases of this process: read
    them only.
    """
    with connection.cursor() as locking, connection.cursor() as listing:
        # Sent together, done in turn: the steps are read when the lock is ours, without a second way to the server.
        with connection.wrap_database_errors, connection.connection.pipeline():
            locking.execute(_LOCK, [step_id])
            listing.execute(_STEPS, [step_id])
        found, rows = locking.fetchone(), listing.fetchall()
    if found is None:
        return None
    case: Case = _made(Case, _CASE, found[:-2], _CASE_JSON)
    steps: list[Step] = [_made(Step, _STEP, row, _STEP_JSON) for row in rows]
    _put_behind(case, *found[-2:])
    for step in steps:
        step.case = case
    return case, steps


def put_behind(case: Case) -> Case:
    """Gives a case its ``matter``, ``unit`` and ``version`` as ``lock_case_of`` does: shared, to be read only."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMPS, [case.pk])
        _put_behind(case, *cursor.fetchone())
    return case


def _put_behind(case: Case, matter: str, unit: str) -> None:
    if case.matter_id is not None:
        case.matter = _remembered("matter", case.matter_id, matter)
    case.unit = _remembered("unit", case.unit_id, unit)
    case.version = _version(str(connection.settings_dict["NAME"]), case.version_id)


def _made(model: type[Any], names: list[str], row: Sequence[Any], as_json: tuple[int, ...]) -> Any:
    values = list(row)
    for index in as_json:
        if isinstance(values[index], str):
            values[index] = json.loads(values[index])
    return model.from_db(connection.alias, names, values)


_HOW: dict[str, models.QuerySet[Any]] = {
    "matter": Matter.objects.select_related("master", "point", "unit"),
    "unit": Unit.objects.all(),
    "applied": Matter.objects.with_guide().prefetch_related("materials"),
}
_remember: dict[tuple[str, str, int], tuple[str, Any]] = {}
_REMEMBER_MAX = 5000


def _remembered(what: str, pk: int, stamp: str) -> Any:
    """A row that seldom changes, read again only when the database has another version of it or of its relations."""
    key = (str(connection.settings_dict["NAME"]), what, pk)
    known = _remember.get(key)
    if known is not None and known[0] == stamp:
        return known[1]
    row = _HOW[what].get(pk=pk)
    if len(_remember) >= _REMEMBER_MAX:
        _remember.clear()
    _remember[key] = (stamp, row)
    return row


_APPLIED = (
    "SELECT m.id, concat_ws(' ', m.xmin, m.ctid, b.xmin, b.ctid, p.xmin, p.ctid, u.xmin, u.ctid, d.xmin, d.ctid, "
    "(SELECT string_agg(concat(x.xmin, x.ctid), ' ' ORDER BY x.id) FROM matters_material x WHERE x.matter_id = m.id)) "
    "FROM matters_matter m JOIN matters_mastermatter b ON b.id = m.master_id "
    "JOIN matters_servicepoint p ON p.id = m.point_id JOIN directory_unit u ON u.id = m.unit_id "
    "JOIN flow_definition d ON d.id = m.chart_id WHERE m.code = %s AND m.status <> 'draft'"
)


def matter_applied_for(code: str) -> Matter | None:
    """A matter that is or was published, with its guide and ``materials``; shared in this process, to be read only."""
    with connection.cursor() as cursor:
        cursor.execute(_APPLIED, [code])
        found = cursor.fetchone()
    matter: Matter | None = _remembered("applied", *found) if found else None
    return matter


@lru_cache(maxsize=256)
def _version(database: str, pk: int) -> Version:
    """A version cases run on, as far as it never changes: definition, number, digest and file."""
    return Version.objects.select_related("definition").only("number", "sm3", "xml", "definition__key").get(pk=pk)


# Writing: one statement a deed. Rows come as JSON, so that the statement's text is always the same and planned once.
CHANGING = (
    "unit_ids",
    "state",
    "flow",
    "revision",
    "accepted_at",
    "decided_at",
    "closed_at",
    "archived_at",
    "due_at",
    "warn_at",
    "version_id",
)
"""What of a case a deed may change."""
_CLOSING = (
    "closed_at",
    "closed_by_id",
    "closed_label",
    "closed_key",
    "outcome",
    "outcome_label",
    "opinion",
    "form",
)


def _insert(model: type[models.Model], names: Sequence[str]) -> str:
    table, listed = model._meta.db_table, ", ".join(names)
    return f"INSERT INTO {table} ({listed}) SELECT {listed} FROM json_populate_recordset(NULL::{table}, %s::json)"  # noqa: S608


def _set(names: Sequence[str]) -> str:
    return ", ".join(f"{name} = v.{name}" for name in names)


_NEW_STEP = [name for name in _STEP if name != "id"]
_NEW_DOCUMENT = [name for name in _columns(Document) if name != "id"]
_NEW_SUBMISSION = [name for name in _columns(Submission) if name != "id"]
_CHANGE = (
    f"WITH own AS (UPDATE cases_case c SET {_set(CHANGING)} "  # noqa: S608
    "FROM json_populate_record(NULL::cases_case, %s::json) v WHERE c.id = v.id), "
    # By the case too: a case has few steps, while nobody knows how many rows the JSON will have.
    f"closed AS (UPDATE cases_step s SET {_set(_CLOSING)} FROM json_populate_recordset(NULL::cases_step, %s::json) v "
    "WHERE s.case_id = %s AND s.id = v.id AND s.closed_at IS NULL), "
    f"papers AS ({_insert(Document, _NEW_DOCUMENT)}) {_insert(Step, _NEW_STEP)} RETURNING id"
)
_OPEN = (
    f"WITH own AS ({_insert(Case, _CASE)}), handed AS ({_insert(Submission, _NEW_SUBMISSION)}), "
    f"papers AS ({_insert(Document, _NEW_DOCUMENT)}) {_insert(Step, _NEW_STEP)} RETURNING id"
)


_PUBLISHED = (
    "SELECT nextval(pg_get_serial_sequence('cases_case', 'id')), v.id, v.definition_id, v.number, v.sm3, d.key "
    "FROM flow_version v JOIN flow_definition d ON d.id = v.definition_id "
    "WHERE v.definition_id = %s AND v.state = 'published'"
)


def draw(definition_id: int) -> tuple[int, Version]:
    """The id of a case that is about to be opened, and the published version of its chart (without the file).

    Raises ``Version.DoesNotExist`` when none is published.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, [definition_id])
        found = cursor.fetchone()
    if found is None:
        raise Version.DoesNotExist(f"chart {definition_id} has no published version")
    pk, *values, key = found
    version = Version.from_db(connection.alias, ["id", "definition_id", "number", "sm3"], values)
    version.definition = Definition.from_db(connection.alias, ["id", "key"], [version.definition_id, key])
    return pk, version


def insert_case(
    case: Case, submissions: Sequence[Submission], documents: Sequence[Document], steps: Sequence[Step]
) -> None:
    """Writes a new case (its id drawn before) with all that belongs to it; the steps get their ids."""
    given = [_json([case], _CASE), _json(submissions, _NEW_SUBMISSION), _json(documents, _NEW_DOCUMENT)]
    _run(_OPEN, [*given, _json(steps, _NEW_STEP)], steps)
    case._state.adding, case._state.db = False, connection.alias


def change_case(case: Case, closed: Sequence[Step], documents: Sequence[Document], opened: Sequence[Step]) -> None:
    """Writes what a deed changed of a case, the steps it closed, and what it added; new steps get their ids."""
    own, gone = _json([case], ("id", *CHANGING))[1:-1], _json(closed, ("id", *_CLOSING))
    added = [_json(documents, _NEW_DOCUMENT), _json(opened, _NEW_STEP)]
    _run(_CHANGE, [own, gone, case.pk, *added], opened)


def _run(sql: str, params: list[Any], opened: Sequence[Step]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for step, (pk,) in zip(opened, cursor.fetchall(), strict=True):
            step.pk = pk
            step._state.adding, step._state.db = False, connection.alias


def _json(rows: Sequence[models.Model], names: Sequence[str]) -> str:
    plain = [{name: getattr(row, name) for name in names} for row in rows]
    return json.dumps(plain, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | UUID):
        return value.isoformat() if isinstance(value, datetime) else str(value)
    raise TypeError(f"cannot be stored as JSON: {type(value).__name__}")

