"""Loading a year's holiday arrangement, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from zhengwu.kernel.clock.book import Book, book, changed, years
from zhengwu.kernel.clock.models import CalendarDay, CalendarYear
from zhengwu.kernel.clock.notice import BadRow, Row, as_year, check
from zhengwu.kernel.clock.services.recompute import Moved, reckon_again, recompute, touching
from zhengwu.kernel.clock.statutory import statutory_days
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Problem
from zhengwu.lib.workdays import Calendar

State = CalendarYear.State
PROVISIONAL_SOURCE = "《全国年节及纪念日放假办法》法定节日，放假安排尚未公布"


@dataclass(frozen=True)
class Preview:
    """What loading would do: rows at fault, else the clocks whose due moment would move."""

    bad: list[BadRow]
    moved: list[Moved]


def preview_year(year: int, rows: Sequence[Row], *, state: str = State.OFFICIAL) -> Preview:
    """Checks ``rows`` and reckons every clock that touches ``year`` by them; writes nothing."""
    bad = check(year, rows)
    if bad:
        return Preview(bad, [])
    _refuse_downgrade(year, state)
    loaded = years() | {year: as_year(year, rows, provisional=state == State.PROVISIONAL)}
    would_be = Book(None, Calendar(loaded.values()), book().hours)
    return Preview([], reckon_again(touching(year), would_be))


def load_year(year: int, rows: Sequence[Row], *, state: str, source: str, actor: Actor) -> list[Moved]:
    """Stores the arrangement of ``year`` in place of any earlier one and reckons the clocks that touch it
    again.

    ``source`` is the notice (国办发明电〔2025〕7号). Returns the clocks whose due moment moved. Raises
    ``Problem('calendar-invalid')`` with ``extra["rows"]`` when a row is at fault, ``Conflict`` when a
    provisional year would replace an official one; then nothing has changed.
    """
    bad = check(year, rows)
    if bad:
        raise Problem("calendar-invalid", f"{year}年的放假安排有 {len(bad)} 处需要更正：{bad[0].message}",
                      f"{len(bad)} rows are at fault", status=422, field="rows",
                      extra={"rows": [[b.line, b.text, b.message] for b in bad]})
    if not source.strip():
        raise Problem("calendar-source", "请写明依据，如国务院办公厅通知的文号", "a source is needed", status=422,
                      field="source")
    with transaction.atomic():
        _refuse_downgrade(year, state)
        CalendarYear.objects.update_or_create(
            year=year, defaults={"state": state, "source": source.strip()[:200], "loaded_at": now()})
        CalendarDay.objects.filter(date__year=year).delete()
        CalendarDay.objects.bulk_create([CalendarDay(date=r.date, off=r.off, name=r.name) for r in rows])
        changed()
        moved = recompute(year)
        append(f"calendar/{year}", actor.by(), [Entry("calendar.loaded", {
            "year": year, "state": str(state), "source": source.strip()[:200], "days": len(rows),
            "moved": len(moved)})])
    return moved


def load_provisional(year: int, *, actor: Actor) -> list[Moved]:
    """Loads the days the law itself fixes until the notice of ``year`` is out; see ``statutory``."""
    return load_year(year, provisional_year(year), state=State.PROVISIONAL,
                     source=PROVISIONAL_SOURCE, actor=actor)


def provisional_year(year: int) -> list[Row]:
    """The statutory holidays of ``year`` as rows."""
    return [Row(day, True, name) for day, name in statutory_days(year).items()]


def _refuse_downgrade(year: int, state: str) -> None:
    if state == State.PROVISIONAL and CalendarYear.objects.filter(year=year, state=State.OFFICIAL).exists():
        raise Conflict("calendar-official", f"{year}年的放假安排已经公布，不能改为暂计",
                       "the official arrangement is loaded and cannot become provisional")
