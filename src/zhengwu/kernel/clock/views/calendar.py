"""/desk/calendar/: the system administrator loads a year's holiday arrangement and sees first what it
moves."""

from calendar import Calendar
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from zhengwu.kernel.clock.models import CalendarDay, CalendarYear, Clock
from zhengwu.kernel.clock.notice import FIRST_YEAR, LAST_YEAR, BadRow, Row, read
from zhengwu.kernel.clock.services.load_year import (
    PROVISIONAL_SOURCE,
    Preview,
    load_year,
    preview_year,
    provisional_year,
)
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.lib.now import today
from zhengwu.lib.problem import Problem
from zhengwu.lib.workdays import Unit, last_day

SHOWN = 50
State = CalendarYear.State


class YearForm(forms.Form):
    """One year's arrangement as pasted; for a provisional year the rows come from the law."""

    year = forms.IntegerField(label="年份", min_value=FIRST_YEAR, max_value=LAST_YEAR, error_messages={
        "required": "请填写年份", "invalid": "年份应为四位数字", "min_value": f"年份应在 {FIRST_YEAR} 年以后",
        "max_value": f"年份应在 {LAST_YEAR} 年以前"})
    state = forms.ChoiceField(label="性质", choices=[
        (State.OFFICIAL, "已公布的放假安排"), (State.PROVISIONAL, "尚未公布，按法定节日暂计")])
    source = forms.CharField(label="依据", required=False, max_length=200,
                             help_text="通知的名称和文号；按法定节日暂计时不填")
    rows = forms.CharField(label="放假和调休", required=False, max_length=20_000, strip=False,
                           widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
                           help_text="每行一天或一段：2026-10-01至2026-10-07,休,国庆节；"
                                     "调休写 2026-10-10,班,国庆节。按法定节日暂计时不填")

    def arrangement(self) -> tuple[list[Row], list[BadRow], str]:
        """Rows, rows at fault and the source of a valid form."""
        data = self.cleaned_data
        if data["state"] == State.PROVISIONAL:
            return provisional_year(data["year"]), [], PROVISIONAL_SOURCE
        rows, bad = read(data["rows"])
        return rows, bad, data["source"].strip()


@require_role(Role.SYSADMIN)
@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Every loaded year, newest first, and the form for the next."""
    latest = CalendarYear.objects.filter(state=State.OFFICIAL).order_by("-year").first()
    following = latest.year + 1 if latest else today().year
    return _page(request, YearForm(initial={"year": following, "state": State.OFFICIAL}))


@require_role(Role.SYSADMIN)
@require_safe
def year(request: HttpRequest, number: int) -> HttpResponse:
    """The year as twelve months, and the days its notice names."""
    own = get_object_or_404(CalendarYear, year=number)
    days = list(CalendarDay.objects.filter(date__year=number))
    return render(request, "clock/year.html", {"year": own, "days": days, "months": _months(number, days)})


def _months(number: int, days: list[CalendarDay]) -> list[tuple[int, list[list[tuple[date, str, str] | None]]]]:
    """Month → its weeks from Monday → (day, kind, holiday) or None outside the month; kind is one of ``off``,
    ``makeup``, ``weekend`` and ``plain``."""
    named = {day.date: ("off" if day.off else "makeup", day.name) for day in days}

    def cell(day: date, month: int) -> tuple[date, str, str] | None:
        if day.month != month:
            return None
        kind, name = named.get(day, ("weekend" if day.weekday() > 4 else "plain", ""))
        return day, kind, name

    weeks = Calendar().monthdatescalendar
    return [(month, [[cell(day, month) for day in week] for week in weeks(number, month)]) for month in range(1, 13)]


@require_role(Role.SYSADMIN)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What the pasted arrangement would do: rows at fault, or the running clocks that would move. Writes
    nothing."""
    form = YearForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    rows, bad, source = form.arrangement()
    if not source:
        form.add_error("source", "请写明依据，如国务院办公厅通知的文号")
        return _page(request, form, status=422)
    try:
        seen = Preview(bad, []) if bad else preview_year(form.cleaned_data["year"], rows,
                                                         state=form.cleaned_data["state"])
    except Problem as problem:
        form.add_error(None, problem.zh)
        return _page(request, form, status=problem.status)
    if seen.bad:
        return _page(request, form, bad=seen.bad, status=422)
    return render(request, "clock/preview.html", {
        "form": form, "rows": rows, "source": source, "total": len(seen.moved),
        "state": State(form.cleaned_data["state"]), "year": form.cleaned_data["year"],
        "moved": [(m.clock, last_day(m.due_before, Unit(m.clock.limit_unit))) for m in seen.moved[:SHOWN]],
        "shown": SHOWN})


@require_role(Role.SYSADMIN)
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Loads what was previewed, all or nothing."""
    form = YearForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    rows, bad, source = form.arrangement()
    if bad:
        return _page(request, form, bad=bad, status=422)
    number = form.cleaned_data["year"]
    try:
        moved = load_year(number, rows, state=form.cleaned_data["state"], source=source,
                          actor=request_actor(request))
    except Problem as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.zh)
        return _page(request, form, status=problem.status)
    messages.success(request, f"{number}年的工作日历已录入，{len(moved)} 个时限随之调整。")
    return redirect("clock:calendar")


def _page(request: HttpRequest, form: YearForm, *, bad: list[BadRow] | None = None,
          status: int = 200) -> HttpResponse:
    off = dict(CalendarDay.objects.values_list("date__year").annotate(
        n=Count("date", filter=Q(off=True))).values_list("date__year", "n"))
    worked = dict(CalendarDay.objects.values_list("date__year").annotate(
        n=Count("date", filter=Q(off=False))).values_list("date__year", "n"))
    loaded = [(row, off.get(row.year, 0), worked.get(row.year, 0))
              for row in CalendarYear.objects.order_by(F("year").desc())]
    provisional = Clock.objects.filter(provisional=True).exclude(state="stopped").count()
    context: dict[str, Any] = {"form": form, "years": loaded, "bad": bad or [], "provisional": provisional,
                               "this_year": today().year}
    return render(request, "clock/years.html", context, status=status)
