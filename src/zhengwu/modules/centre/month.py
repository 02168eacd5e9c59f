"""What counts in a clerk's month: how often each thing happened, and what the rules make of it.

Points are whole tenths everywhere (15 is 1.5). Nothing is typed in by hand but notes and merits: the rest is read from
cases, tickets, evaluations and sittings.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F

from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.visits import counted
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.lib.now import CN, today
from zhengwu.modules.centre.models import Merit, Note, Rule, Sheet, Sitting, Ticket
from zhengwu.modules.centre.models.month import points
from zhengwu.modules.centre.services.attend import hours_of

BASE = 1000
"""Everybody begins with 100.0."""
GRACE = timedelta(minutes=5)
"""Late is who signs in more than this after opening; early who leaves more than this before closing."""

DEFAULTS = (
    ("cases", "办理办件", 1, 100), ("tickets", "叫号服务", 1, 50), ("praise", "非常满意评价", 2, 50),
    ("bad", "差评", -30, 0), ("unrepaired", "差评逾期未整改", -20, 0), ("overdue", "环节超期", -20, 0),
    ("late", "迟到", -10, 0), ("early", "早退", -10, 0), ("absent", "缺勤", -20, 0), ("forgotten", "未签退", -5, 20),
    ("language", "巡查：语言", -10, 0), ("dress", "巡查：着装", -5, 0), ("manner", "巡查：举止", -10, 0),
    ("order", "巡查：桌面和秩序", -5, 0), ("merits", "加分事项", 1, 100),
)
"""The rules a new point begins with: code, label, tenths each, cap of the sum. The centre edits them."""


@dataclass
class Counts:
    """code → how often, and a word beside it."""

    often: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def ensure_rules(point: ServicePoint) -> list[Rule]:
    """The rules of a point; the default ones where it has none yet."""
    if not Rule.objects.filter(point=point).exists():
        Rule.objects.bulk_create(
            [Rule(point=point, code=code, label=label, tenths=tenths, cap=cap, order=n)
             for n, (code, label, tenths, cap) in enumerate(DEFAULTS)], ignore_conflicts=True)
    return list(Rule.objects.filter(point=point))


def span(month: date) -> tuple[datetime, datetime]:
    """From midnight of the first until midnight after the last day, in China."""
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(month.replace(day=1), time(), CN), datetime.combine(following, time(), CN)


def clerks_of(point: ServicePoint, month: date) -> list[int]:
    """The clerks of the point who sat at a window in the month, or had an appointment through all of it and did not."""
    begin, end = span(month)
    sat = set(Sitting.objects.filter(window__point=point, begun_at__gte=begin, begun_at__lt=end)
              .values_list("clerk_id", flat=True))
    return sorted(sat & set(Appointment.objects.filter(unit_id=point.unit_id, role=Role.CLERK)
                            .values_list("account_id", flat=True)))


def count(point: ServicePoint, month: date, clerks: list[int]) -> dict[int, Counts]:
    """Everything that counts of these clerks in the month; a fixed number of queries, however many they are."""
    begin, end = span(month)
    found = {clerk: Counts() for clerk in clerks}

    def put(code: str, rows: Iterable[tuple[int, int]]) -> None:
        for clerk, number in rows:
            if clerk in found and number:
                found[clerk].often[code] = number

    steps = Step.objects.filter(closed_by__in=clerks, role=Role.CLERK, closed_at__gte=begin, closed_at__lt=end)
    grouped = steps.order_by().values_list("closed_by_id")
    put("cases", grouped.annotate(n=Count("case", distinct=True)))
    put("overdue", grouped.filter(due_at__lt=F("closed_at")).annotate(n=Count("id")))
    tickets = Ticket.objects.filter(clerk__in=clerks, point=point, day__gte=begin.date(), day__lt=end.date(),
                                    state=Ticket.State.SERVED)
    put("tickets", tickets.order_by().values_list("clerk_id").annotate(n=Count("id")))
    for code, by_clerk in counted(clerks, begin, end).items():
        put(code, by_clerk.items())
    notes = Note.objects.filter(clerk__in=clerks, point=point, day__gte=begin.date(), day__lt=end.date())
    for aspect in Note.Aspect.values:
        put(aspect, notes.filter(aspect=aspect).order_by().values_list("clerk_id").annotate(n=Count("id")))
    for merit in Merit.objects.filter(clerk__in=clerks, point=point, day__gte=begin.date(), day__lt=end.date()):
        row = found[merit.clerk_id]
        row.often["merits"] = row.often.get("merits", 0) + merit.tenths
        row.notes["merits"] = "；".join(filter(None, [row.notes.get("merits", ""), merit.words]))[:300]
    _attendance(point, month, found)
    return found


def _attendance(point: ServicePoint, month: date, found: dict[int, Counts]) -> None:
    """Late, early, absent, forgotten to sign out: by the first sign-in and last sign-out of each working day."""
    begin, end = span(month)
    seen: dict[tuple[int, date], list[Sitting]] = {}
    rows = Sitting.objects.filter(window__point=point, clerk__in=list(found), begun_at__gte=begin, begun_at__lt=end)
    for sitting in rows:
        seen.setdefault((sitting.clerk_id, sitting.day), []).append(sitting)
    calendar, day = book().calendar, begin.date()
    while day < min(end.date(), today()):
        if calendar.is_working(day.toordinal()):
            hours = hours_of(point, datetime.combine(day, time(12), CN))
            for clerk, row in found.items():
                _day(row, day, seen.get((clerk, day), []), hours)
        day += timedelta(days=1)


def _day(row: Counts, day: date, sittings: list[Sitting], hours: tuple[datetime, datetime] | None) -> None:
    if hours is None:
        return

    def add(code: str) -> None:
        row.often[code] = row.often.get(code, 0) + 1
        row.notes[code] = "、".join(filter(None, [row.notes.get(code, ""), f"{day.month}月{day.day}日"]))[:200]

    if not sittings:
        add("absent")
        return
    if min(s.begun_at for s in sittings) > hours[0] + GRACE:
        add("late")
    if any(s.forgotten for s in sittings):
        add("forgotten")
    elif max(s.ended_at or hours[1] for s in sittings) < hours[1] - GRACE:
        add("early")


def lines(rules: list[Rule], row: Counts) -> tuple[list[dict[str, object]], int]:
    """The sheet's lines and its sum, in tenths: base, then each active rule that counted something."""
    made: list[dict[str, object]] = [
        {"code": "base", "label": "基准分", "count": 1, "each": BASE, "tenths": BASE, "note": ""}]
    total = BASE
    for rule in rules:
        often = row.often.get(rule.code, 0)
        if not rule.active or not often:
            continue
        tenths = often * rule.tenths
        note = row.notes.get(rule.code, "")
        if rule.cap and abs(tenths) > rule.cap:
            tenths = rule.cap if tenths > 0 else -rule.cap
            note = f"{note}；封顶{points(rule.cap)}分".lstrip("；")
        shown = 1 if rule.code == "merits" else often
        made.append({"code": rule.code, "label": rule.label, "count": shown,
                     "each": tenths if rule.code == "merits" else rule.tenths, "tenths": tenths, "note": note})
        total += tenths
    return made, total


def usual_window(point: ServicePoint, month: date, clerks: list[int]) -> dict[int, int]:
    """The window each clerk sat at most often in the month."""
    begin, end = span(month)
    rows = (Sitting.objects.filter(window__point=point, clerk__in=clerks, begun_at__gte=begin, begun_at__lt=end)
            .order_by().values_list("clerk_id", "window_id").annotate(n=Count("id")).order_by("n"))
    return {clerk: window for clerk, window, _ in rows}


@dataclass(slots=True)
class YearLine:
    """One clerk's year, or that of a window's unit: how many final months, their mean in tenths."""

    name: str
    unit: str
    months: int
    tenths: int

    @property
    def score(self) -> str:
        return points(self.tenths)


def year_of(point: ServicePoint, year: int) -> tuple[list[YearLine], list[YearLine]]:
    """The final sheets of a year summed up: by clerk, and by the unit whose windows they sat at; best first."""
    rows = Sheet.objects.filter(point=point, month__year=year, state=Sheet.State.FINAL).select_related(
        "clerk", "window__unit")
    clerks: dict[tuple[str, int], list[int]] = {}
    units: dict[str, list[int]] = {}
    where: dict[int, str] = {}
    for row in rows:
        unit = row.window.unit.short_name if row.window else "综合"
        clerks.setdefault((row.clerk.name, row.clerk_id), []).append(row.tenths)
        units.setdefault(unit, []).append(row.tenths)
        where[row.clerk_id] = unit
    by_clerk = [YearLine(name, where[pk], len(v), round(sum(v) / len(v))) for (name, pk), v in clerks.items()]
    by_unit = [YearLine(name, name, len(v), round(sum(v) / len(v))) for name, v in units.items()]
    return sorted(by_clerk, key=lambda r: -r.tenths), sorted(by_unit, key=lambda r: -r.tenths)
