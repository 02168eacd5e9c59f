"""/evaluations/ — the published rates by unit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.models import Division
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.modules.evaluation.models import Evaluation
from zhengwu.modules.evaluation.selectors import period_of, periods, rates, rates_from_ledger

PAGE_UNITS = 200


@require_GET
def rates_page(request: HttpRequest) -> HttpResponse:
    """Counted afresh at every call from the rows, and beside it from the ledger alone."""
    day = today()
    period = period_of(request.GET.get("period", ""), day)
    area = request.GET.get("division", "")
    areas = list(Division.objects.filter(level__lte=Division.Level.COUNTY).order_by("code"))
    division = next((a for a in areas if a.code == area), None)
    prefix = division.prefix if division is not None else ""
    total, by_unit = rates(division=prefix, period=period)
    ledger = rates_from_ledger(division=prefix, period=period)
    same = (ledger.given, ledger.good, ledger.bad, ledger.rectified) == (
        total.given, total.good, total.bad, total.rectified)
    levels = _levels(prefix, period.begin, period.end)
    return render(request, "evaluation/public.html", {
        "total": total, "units": by_unit[:PAGE_UNITS], "period": period, "ledger": ledger, "same": same,
        "levels": levels, "division": division,
        "narrow": [
            {"name": "period", "label": "时间", "options": [(p.code, p.label) for p in periods(day)]},
            {"name": "division", "label": "地区", "options": [(a.code, a.name) for a in areas]},
        ],
        "unit": whole(request.GET.get("unit")),
    })


def _levels(division: str, begin: object, end: object) -> list[dict[str, object]]:
    """How often each level was given, with its share in whole hundredths for the bars."""
    rows = Evaluation.objects.counted().filter(division__code__startswith=division, at__gte=begin, at__lt=end)
    found: dict[int, int] = {}
    for level in rows.order_by().values_list("level", flat=True):
        found[level] = found.get(level, 0) + 1
    total = sum(found.values())
    return [
        {"level": value, "label": label, "count": found.get(value, 0),
         "width": round(100 * found.get(value, 0) / total) if total else 0}
        for value, label in Evaluation.Level.choices
    ]
