"""Door, desk and breast plates from the directory."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.api import request_actor, require_role
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.counter.printing import PLATES, people_of, plate, units_of


@require_GET
@require_role()
def plates(request: HttpRequest) -> HttpResponse:
    """/counter/plates/ — choose a unit, tick people, print."""
    units = list(units_of(request_actor(request))[:600])
    if not units:
        raise NotFound("no-unit", "您没有可以打印牌子的单位", "no unit of yours")
    wanted = whole(request.GET.get("unit", ""))
    unit = next((u for u in units if u.pk == wanted), units[0])
    return render(request, "counter/plates.html", {
        "unit": unit,
        "units": [(u.pk, u.name) for u in units],
        "people": people_of(unit),
        "kinds": list(PLATES.items()),
    })


@require_GET
@require_role()
def pdf(request: HttpRequest, kind: str) -> HttpResponse:
    """/counter/plates/<kind>.pdf?unit=&who=&who= — all people of the unit when none is ticked."""
    unit = units_of(request_actor(request)).filter(pk=whole(request.GET.get("unit", "")) or 0).first()
    if unit is None or kind not in PLATES:
        raise NotFound("no-such-plate", "没有这种牌子，或者不是您能打印的单位", "no such plate")
    ticked = {whole(text) for text in request.GET.getlist("who")}
    people = [row for row in people_of(unit) if not ticked or row.pk in ticked]
    if not people and kind != "door":
        raise Problem("nobody-here", "这个单位现在没有在岗人员，没有可打印的牌子", "nobody works there")
    response = HttpResponse(plate(kind, unit, people), content_type="application/pdf")
    response["Content-Disposition"] = str(content_disposition_header(False, f"{PLATES[kind]}-{unit.short_name}.pdf"))
    return response
