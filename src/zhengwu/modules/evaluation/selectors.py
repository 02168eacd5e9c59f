"""Reading evaluations: the published rates, the lists of the staff."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Count, Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.models import Unit
from zhengwu.lib.now import CN
from zhengwu.modules.evaluation.models import Evaluation
from zhengwu.modules.evaluation.visiting import KIND, NOT_SERVED


@dataclass(slots=True)
class Rates:
    """Counts of one unit or all; the rates are None where there is nothing to divide by."""

    unit_id: int | None = None
    name: str = ""
    served: int = 0
    given: int = 0
    of_cases: int = 0
    good: int = 0
    bad: int = 0
    rectified: int = 0

    @property
    def active(self) -> float | None:
        """主动评价率: evaluated cases of those closed in the period."""
        return self.of_cases / self.served if self.served else None

    @property
    def praise(self) -> float | None:
        """好评率 = (非常满意 + 满意 + 基本满意) / all counted."""
        return self.good / self.given if self.given else None

    @property
    def repair(self) -> float | None:
        """差评整改率: bad ones whose rectification is done."""
        return self.rectified / self.bad if self.bad else None


@dataclass(frozen=True, slots=True)
class Period:
    """A month (``2026-03``) or a year (``2026``), in the calendar of China."""

    code: str
    label: str
    begin: datetime
    end: datetime


def month(day: date) -> Period:
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(f"{first:%Y-%m}", f"{first.year}年{first.month}月", _midnight(first), _midnight(following))


def year(number: int) -> Period:
    return Period(str(number), f"{number}年", _midnight(date(number, 1, 1)), _midnight(date(number + 1, 1, 1)))


def period_of(code: str, today: date) -> Period:
    """The period an address names; this year for anything else."""
    try:
        if len(code) == 7:
            return month(date.fromisoformat(f"{code}-01"))
        if len(code) == 4 and code.isascii() and code.isdigit() and 2000 <= int(code) < 2200:
            return year(int(code))
    except ValueError:
        pass
    return year(today.year)


def periods(today: date, months: int = 5) -> list[Period]:
    """What a page offers: this year and the last months, newest first."""
    found, day = [year(today.year)], today.replace(day=1)
    for _ in range(months):
        found.append(month(day))
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CN)


def rates(*, division: str, period: Period) -> tuple[Rates, list[Rates]]:
    """All and by unit, the busiest first: two queries. What an appeal excluded does not count."""
    within = Q(at__gte=period.begin, at__lt=period.end)
    rows = Evaluation.objects.counted().filter(within, division__code__startswith=division)
    counts = rows.order_by().values_list("unit_id").annotate(
        n_given=Count("id"),
        n_of_cases=Count("id", filter=Q(case__isnull=False)),
        n_good=Count("id", filter=Q(level__gte=Evaluation.Level.FAIR)),
        n_bad=Count("id", filter=Q(level__lte=Evaluation.Level.BAD)),
        n_rectified=Count("id", filter=Q(rectified_at__isnull=False)),
    )
    units = {pk: numbers for pk, *numbers in counts}
    closed = Case.objects.filter(
        kind=KIND, closed_at__gte=period.begin, closed_at__lt=period.end, division__code__startswith=division
    ).exclude(state__in=NOT_SERVED)
    served = dict(closed.order_by().values_list("unit_id").annotate(Count("id")))
    names = dict(Unit.objects.filter(pk__in={*units, *served}).values_list("pk", "name"))
    by_unit = [Rates(pk, names[pk], served.get(pk, 0), *units.get(pk, ())) for pk in names]
    by_unit.sort(key=lambda r: (-r.given, -r.served, r.name))
    return _sum(by_unit), by_unit


def _sum(rows: list[Rates]) -> Rates:
    total = Rates(name="合计")
    for row in rows:
        for name in ("served", "given", "of_cases", "good", "bad", "rectified"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return total


_EVENTS = """
WITH e AS (SELECT stream, kind, at, data FROM ledger_event WHERE stream LIKE 'evaluation:%%'),
gone AS (SELECT stream FROM e WHERE kind = 'evaluation.excluded'),
done AS (SELECT stream FROM e WHERE kind = 'evaluation.rectified')
SELECT count(*), count(*) FILTER (WHERE (data->>'level')::int >= 3), count(*) FILTER (WHERE (data->>'level')::int <= 2),
  count(*) FILTER (WHERE stream IN (SELECT stream FROM done))
FROM e WHERE kind = 'evaluation.given' AND at >= %s AND at < %s AND data->>'division' LIKE %s
  AND stream NOT IN (SELECT stream FROM gone)
"""


def rates_from_ledger(*, division: str, period: Period) -> Rates:
    """The same counts taken from the ledger's events alone, by which anybody can check the table."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [period.begin, period.end, f"{division}%"])
        given, good, bad, rectified = cursor.fetchone()
    return Rates(name="存证", given=given, good=good, bad=bad, rectified=rectified)


def counted_of_clerks(clerk_ids: list[int], begin: datetime, end: datetime) -> dict[str, dict[int, int]]:
    """For the clerk's month: ``praise`` 非常满意, ``bad`` 差评, ``unrepaired`` those not put right in time."""
    rows = Evaluation.objects.counted().filter(clerk_id__in=clerk_ids, at__gte=begin, at__lt=end)
    late = Clock.objects.filter(kind="promised", light="red").values("subject")
    found: dict[str, dict[int, int]] = {"praise": {}, "bad": {}, "unrepaired": {}}
    counts = rows.order_by().values_list("clerk_id").annotate(
        n_praise=Count("id", filter=Q(level=Evaluation.Level.VERY_GOOD)),
        n_bad=Count("id", filter=Q(level__lte=Evaluation.Level.BAD)),
        n_late=Count("id", filter=Q(rectification__number__in=late)),
    )
    for clerk, praise, bad, unrepaired in counts:
        found["praise"][clerk], found["bad"][clerk], found["unrepaired"][clerk] = praise, bad, unrepaired
    return found
