"""Reading what is public."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.publishing.models import Publication, PublicationQuerySet
from zhengwu.lib.now import CN
from zhengwu.lib.problem import NotFound, Problem


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month in China, as ``2026-03-13`` or ``2026-03``."""

    first: date
    after: date

    @staticmethod
    def of(text: str) -> "Period":
        """Raises Problem (field ``when``) when the text is neither."""
        try:
            if len(text) == 7:
                first = date.fromisoformat(f"{text}-01")
                return Period(first, (first + timedelta(days=32)).replace(day=1))
            day = date.fromisoformat(text)
            return Period(day, day + timedelta(days=1))
        except (ValueError, OverflowError) as error:
            raise Problem("bad-period", "日期应写作2026-03（月）或2026-03-13（日）", "write 2026-03 or 2026-03-13",
                          field="when", status=422) from error


def published(*, kind: str, division: str = "", unit_id: int | None = None,
              period: Period | None = None) -> PublicationQuerySet:
    """What stands, newest first, by any mixture of filters; units and divisions loaded."""
    rows = Publication.objects.standing().filter(kind=kind).select_related("unit", "division")
    if division:
        rows = rows.filter(division_id=division)
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    if period:
        rows = rows.filter(published_at__gte=datetime.combine(period.first, time(), CN),
                           published_at__lt=datetime.combine(period.after, time(), CN))
    return rows.order_by("-published_at", "-id")


def published_days(kind: str, first: date) -> dict[date, int]:
    """How many stand that were published on each day in China from ``first`` on."""
    rows = Publication.objects.standing().filter(kind=kind, published_at__gte=datetime.combine(first, time(), CN))
    return dict(rows.annotate(on=TruncDate("published_at", tzinfo=CN)).values_list("on").annotate(n=Count("pk")))


def access_publication(pk: int, kind: str) -> Publication:
    """One publication, also a withdrawn one, whose page says so. Raises NotFound."""
    row = Publication.objects.select_related("unit", "division").filter(pk=pk, kind=kind).first()
    if row is None:
        raise NotFound("no-such-publication", "没有这条公开信息", "no such publication")
    return row


def publishing_divisions(kind: str) -> QuerySet[Division]:
    """Divisions with something of this kind standing, by code."""
    some = Publication.objects.standing().filter(kind=kind, division=OuterRef("pk"))
    return Division.objects.filter(Exists(some), level__lte=Division.Level.TOWNSHIP).order_by("code")


def publishing_units(kind: str, division: str) -> QuerySet[Unit]:
    """Units of ``division`` with something of this kind standing, in their order."""
    some = Publication.objects.standing().filter(kind=kind, unit=OuterRef("pk"))
    return Unit.objects.filter(Exists(some), division_id=division).order_by("sort_key", "id")
