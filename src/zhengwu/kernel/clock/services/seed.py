"""The official years that ship with the product (library chinesecalendar, 2004 to 2026)."""

from typing import Any

from chinese_calendar.constants import Holiday, holidays, workdays
from django.apps import AppConfig
from django.db import transaction

from zhengwu.kernel.clock.book import changed
from zhengwu.kernel.clock.models import CalendarDay, CalendarYear
from zhengwu.kernel.clock.notice import Row
from zhengwu.lib.now import now

SOURCE = "国务院办公厅历年放假安排通知（随软件提供）"
_NAMES = {
    Holiday.new_years_day: "元旦",
    Holiday.spring_festival: "春节",
    Holiday.tomb_sweeping_day: "清明节",
    Holiday.labour_day: "劳动节",
    Holiday.dragon_boat_festival: "端午节",
    Holiday.mid_autumn_festival: "中秋节",
    Holiday.national_day: "国庆节",
    Holiday.anti_fascist_70th_day: "抗战胜利70周年纪念日",
}
_BY_ENGLISH = {holiday.value: name for holiday, name in _NAMES.items()}


def shipped_years() -> dict[int, list[Row]]:
    """The notices the library knows, by year, with Chinese names."""
    found: dict[int, list[Row]] = {}
    for days, off in ((holidays, True), (workdays, False)):
        for day, english in days.items():
            found.setdefault(day.year, []).append(Row(day, off, _BY_ENGLISH[english]))
    return found


def seed_official() -> list[int]:
    """Loads every shipped year of which nothing is loaded yet; returns them.

    A year that is there, provisional too, is left alone: replacing it moves due dates and is a person's act.
    """
    with transaction.atomic():
        there = set(CalendarYear.objects.values_list("year", flat=True))
        new = {year: rows for year, rows in shipped_years().items() if year not in there}
        if not new:
            return []
        CalendarYear.objects.bulk_create(
            [CalendarYear(year=year, state=CalendarYear.State.OFFICIAL, source=SOURCE, loaded_at=now())
             for year in new], ignore_conflicts=True)
        CalendarDay.objects.bulk_create(
            [CalendarDay(date=r.date, off=r.off, name=r.name) for rows in new.values() for r in rows],
            ignore_conflicts=True)
        changed()
    return sorted(new)


def seed_after_migrate(sender: AppConfig, **_: Any) -> None:
    """After ``migrate`` (and after a test emptied the tables): the shipped years are there."""
    if sender.get_model("CalendarYear")._meta.db_table in _tables():
        seed_official()


def _tables() -> list[str]:
    from django.db import connection

    return connection.introspection.table_names()
