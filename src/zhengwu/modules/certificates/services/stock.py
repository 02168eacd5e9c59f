"""Bringing in an existing stock: checked at once, written by the job after confirmation — all rows, or none."""

import logging
from datetime import datetime, time

from django.db import connection, transaction

from zhengwu.kernel.directory.api import SYSTEM, Actor, Role, blind_index, seal_text
from zhengwu.kernel.directory.models import Account, Unit
from zhengwu.kernel.files import api as files
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import CN, now, today
from zhengwu.lib.problem import Conflict, Denied, NotFound, Problem
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate, CertificateType, StockImport
from zhengwu.modules.certificates.numbering import compose, issuer_of, next_number, tag
from zhengwu.modules.certificates.services.stock_sheet import Row, read

PURPOSE = "certificate-stock"
STEP = 100
State = StockImport.State
log = logging.getLogger(__name__)


def may_import(actor: Actor, unit_id: int) -> bool:
    return actor.has_role(Role.OFFICER, Role.HEAD, Role.LEADER, unit_id=unit_id)


def check_stock(*, name: str, stream: files.Source, unit: Unit, kind: CertificateType, by: Actor) -> StockImport:
    """Reads the sheet and keeps it with what is wrong in it; nothing of it is written yet.

    Raises Denied, Problem (file: no sheet of ours, wrong columns, empty, too long).
    """
    if not may_import(by, unit.pk):
        raise Denied("not-the-issuer", f"只有{unit.name}的工作人员可以导入本单位的存量证照", "not of this unit")
    assert by.account_id is not None  # whoever holds a post has an account
    with transaction.atomic():
        stored = files.store(name=name, stream=stream, owner=by, purpose=PURPOSE)
        with open_content(stored.sm3) as content:
            rows, problems, count = read(content.read(), kind, unit.pk)
        found = StockImport.objects.create(
            unit=unit, kind=kind, file=stored, rows=count, problems=problems, by_id=by.account_id, at=now(),
            state=State.REFUSED if problems else State.CHECKED)
        append(f"stock:{found.pk}", by.by(), [Entry("stock.checked", {
            "rows": len(rows), "problems": len(problems), "file_sm3": stored.sm3})])
    return found


def access_stock(actor: Actor, stock_id: int) -> StockImport:
    """Raises NotFound for one of another unit."""
    found = (StockImport.objects.select_related("unit", "kind", "file", "by")
             .filter(pk=stock_id, unit_id__in=actor.unit_ids(Role.OFFICER, Role.HEAD, Role.LEADER)).first())
    if found is None:
        raise NotFound("no-such-stock", "没有这次导入", "no such import")
    return found


@transaction.atomic
def confirm_stock(*, stock_id: int, by: Actor) -> StockImport:
    """Hands a sheet without faults to the job. Raises NotFound, Conflict (faulty, or confirmed already)."""
    access_stock(by, stock_id)
    found = StockImport.objects.select_for_update(of=("self",)).get(pk=stock_id)
    if found.state != State.CHECKED:
        raise Conflict(
            "stock-state", f"这次导入现为“{found.get_state_display()}”，不能确认", "the state does not allow it"
        )
    found.state = State.QUEUED
    found.save(update_fields=["state"])
    append(f"stock:{found.pk}", by.by(), [Entry("stock.confirmed", {"rows": found.rows})])
    return found


def run_queued() -> int:
    """Writes what was confirmed, one after another; returns how many imports were finished. For the worker."""
    done = 0
    for pk in (
        StockImport.objects.filter(state__in=(State.QUEUED, State.RUNNING))
        .order_by("id")
        .values_list("pk", flat=True)
    ):
        done += _run(pk)
    return done


def _run(pk: int) -> bool:
    """One import under an advisory lock, so that two workers never write the same one. What a killed worker left
    RUNNING wrote nothing and is begun anew."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [519921, pk % 2**31])
            if not cursor.fetchone()[0]:
                return False
        found = StockImport.objects.select_related("unit", "kind", "file").get(pk=pk)
        if found.state not in (State.QUEUED, State.RUNNING):
            return False
        _tell(pk, 0)
        try:
            with transaction.atomic():
                _write(found)
            found.state, found.done = State.DONE, found.rows
        except Problem as refused:
            log.info("stock import %s was refused: %s", pk, refused.code)
            found.state, found.done = State.FAILED, 0
            found.problems = refused.extra.get("problems") or [[0, "", refused.zh]]
        found.finished_at = now()
        found.save(update_fields=["state", "done", "problems", "finished_at"])
    return True


def _tell(pk: int, done: int) -> None:
    """How far it is, for the page that waits: over a connection of its own, because the rows come all at once."""
    aside = connection.copy()
    try:
        with aside.cursor() as cursor:
            cursor.execute("update certificates_stockimport set state = 'running', done = %s where id = %s", [done, pk])
    finally:
        aside.close()


def _write(found: StockImport) -> None:
    """Every row, or a Problem: the sheet is read again, the world may have changed since it was checked."""
    with open_content(found.file.sm3) as content:
        rows, problems, _ = read(content.read(), found.kind, found.unit_id)
    if problems:
        raise Problem("stock-changed", "核对之后数据有了变化，未写入", "the data changed", extra={"problems": problems})
    issuer = issuer_of(found.unit).code or ""
    holders = _accounts(rows)
    for n, row in enumerate(rows, 1):
        _one(found, row, issuer, holders.get(row.code))
        if n % STEP == 0:
            _tell(found.pk, n)


def _accounts(rows: list[Row]) -> dict[str, int]:
    """Code → account, so that holders find their old certificates under 我的证照."""
    people = {blind_index(r.code): r.code for r in rows if r.code_type == Certificate.CodeType.CITIZEN}
    found = {people[i]: pk for i, pk in Account.objects.filter(id_index__in=people).values_list("id_index", "pk") if i}
    firms = [r.code for r in rows if r.code_type == Certificate.CodeType.USCC]
    return found | dict(Account.objects.filter(uscc__in=firms, kind=Account.Kind.ENTERPRISE).values_list("uscc", "pk"))


def _one(found: StockImport, row: Row, issuer: str, holder: int | None) -> None:
    code = found.kind.code
    identifier = row.identifier
    if not identifier:
        running = next_number(code, issuer, row.issued_on.year)
        identifier = compose(code, issuer, running + tag(code, issuer, running))
    lapsed = row.valid_to is not None and row.valid_to < today()
    moment = now()
    made = Certificate.objects.create(
        identifier=identifier, number=row.number, type_code=code, kind=found.kind, title=found.kind.name,
        holder_id=holder, holder_name=row.holder, holder_code_type=row.code_type,
        holder_code_sealed=seal_text(row.code, HOLDER_CODE), holder_code_index=blind_index(row.code, HOLDER_CODE),
        unit=found.unit, stock=found, issued_at=datetime.combine(row.issued_on, time(9), CN), valid_from=row.valid_from,
        valid_to=row.valid_to, data={"face": row.face}, status_at=moment,
        status=Certificate.Status.EXPIRED if lapsed else Certificate.Status.NORMAL,
        status_reason="有效期届满" if lapsed else "")
    append(made.stream, SYSTEM.by(), [Entry("certificate.imported", {
        "identifier": identifier, "stock": found.pk, "line": row.line, "title": made.title})])


def may_open_sheet(actor: Actor, stored: files.StoredFile) -> bool:
    """The sheet opens for those of the unit it was brought in for."""
    return StockImport.objects.filter(
        file_id=stored.pk, unit_id__in=actor.unit_ids(Role.OFFICER, Role.HEAD, Role.LEADER)
    ).exists()
