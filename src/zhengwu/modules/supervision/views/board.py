"""The inspector's board: lights by unit, and the list behind every number."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases.views.presenting import CLOCK_NAMES, left_words
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.lib.now import local, now
from zhengwu.lib.numbers import whole
from zhengwu.lib.tables import CSV, csv_lines
from zhengwu.modules.supervision.selectors import Item, by_unit, items

PAGE = 50
COLUMNS = ("亮灯", "办件编号", "事项", "主办单位", "现在由谁办理", "环节", "时限", "届满", "情况")


def _rows(request: HttpRequest) -> list[Item]:
    unit = request.GET.get("unit", "")
    light = request.GET.get("light", "")
    return items(
        request_actor(request),
        light=light if light in ("yellow", "red") else "",
        unit_id=whole(unit),
    )


@require_GET
@require_role(Role.INSPECTOR)
def board(request: HttpRequest) -> HttpResponse:
    """/desk/supervision/ — everything in the inspector's area that is near its limit or over it."""
    moment = now()
    page = Paginator(_rows(request), PAGE).get_page(request.GET.get("page"))
    calendar = book().calendar
    for item in page:
        item.clock.words = left_words(item.clock.due_at, moment, calendar)  # type: ignore[attr-defined]
        item.clock.title = CLOCK_NAMES.get(item.clock.kind, item.clock.kind)  # type: ignore[attr-defined]
    units = by_unit(request_actor(request), moment)
    return render(
        request,
        "supervision/board.html",
        {
            "page": page,
            "units": units,
            "open": sum(u.open for u in units),
            "yellow": sum(u.yellow for u in units),
            "red": sum(u.red for u in units),
            "unit": request.GET.get("unit", ""),
            "groups": [{"name": "light", "label": "亮灯", "options": [("red", "■ 超期"), ("yellow", "▲ 预警")]}],
        },
    )


@require_GET
@require_role(Role.INSPECTOR)
def export(request: HttpRequest) -> HttpResponse:
    """The same list with the same filters as CSV."""
    moment = now()
    lines = csv_lines(COLUMNS, (_cells(item, moment) for item in _rows(request)))
    return HttpResponse("".join(lines), content_type=CSV, headers={
        "Content-Disposition": f'attachment; filename="lights-{local(moment):%Y%m%d}.csv"'})


def _cells(item: Item, moment: datetime) -> list[str]:
    clock, case = item.clock, item.case
    return [
        "超期" if clock.light == "red" else "预警",
        case.number,
        case.title,
        case.unit.name,
        item.holder,
        item.step,
        CLOCK_NAMES.get(clock.kind, clock.kind),
        clock.last_day.isoformat(),
        left_words(clock.due_at, moment),
    ]
