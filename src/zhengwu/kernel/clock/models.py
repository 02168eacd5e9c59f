"""Calendar of working days, office hours, and the clocks that run on them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from zhengwu.lib.workdays import Limit, OfficeHours, Suspension, Unit, last_day

_INSTANT = timedelta(microseconds=1)  # a suspension that begins breaks its day, however short it was


class CalendarYear(models.Model):
    """A year whose holiday arrangement is known (official) or computed from the law for the time being."""

    class State(models.TextChoices):
        OFFICIAL = "official", "已公布"
        PROVISIONAL = "provisional", "暂计"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    state = models.CharField("状态", max_length=12, choices=State)
    source = models.CharField("依据", max_length=200)
    loaded_at = models.DateTimeField("录入时间")

    class Meta:
        ordering = ["year"]
        verbose_name = "工作日历年度"

    def __str__(self) -> str:
        return f"{self.year}年（{self.get_state_display()}）"


class CalendarDay(models.Model):
    """A day the notice names: off, or a Saturday or Sunday that is worked. All other days follow the
    week."""

    date = models.DateField("日期", primary_key=True)
    off = models.BooleanField("放假")
    name = models.CharField("节日", max_length=20)

    class Meta:
        ordering = ["date"]
        verbose_name = "工作日历日"

    def __str__(self) -> str:
        return f"{self.date} {self.name}{'放假' if self.off else '调休上班'}"


class OfficeHoursRow(models.Model):
    """Opening hours of a unit, or of everybody without own ones (``unit_id`` null). ``hours``: for Monday
    to Sunday a list of ``["09:00", "17:00"]``."""

    name = models.CharField("名称", max_length=60)
    unit_id = models.BigIntegerField("单位", null=True)
    hours = models.JSONField("办公时间")

    class Meta:
        db_table = "clock_officehours"
        verbose_name = "办公时间"
        constraints = [
            models.UniqueConstraint(fields=["unit_id"], name="clock_hours_unit", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return self.name

    def value(self) -> OfficeHours:
        return OfficeHours(
            [[(time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans] for spans in self.hours])


class CalendarStamp(models.Model):
    """One row; a new value whenever calendar or office hours change, so that processes drop what they
    remember."""

    value = models.UUIDField()

    def __str__(self) -> str:
        return str(self.value)


class ClockState(models.TextChoices):
    RUNNING = "running", "计时"
    SUSPENDED = "suspended", "中止"
    STOPPED = "stopped", "停止"


class Light(models.TextChoices):
    GREEN = "green", "正常"
    YELLOW = "yellow", "预警"
    RED = "red", "超期"


class Clock(models.Model):
    """One running, suspended or stopped limit.

    ``subject`` is what it belongs to (a case's number, or number#token for a step), ``kind`` which limit
    (lawful, promised, notice, correction, step, delivery), ``basis`` the article. ``suspensions``: list
    of ``{start, end, reason, basis, until}`` (ISO moments, ``end`` null while suspended); ``extensions``:
    list of ``{n, at, approved_by, reason, basis}``, in the limit's unit. ``limit_n`` includes no extension.
    """

    subject = models.CharField("所属", max_length=80)
    kind = models.CharField("种类", max_length=16)
    unit_id = models.BigIntegerField("承担单位", null=True)
    limit_n = models.PositiveIntegerField("时限")
    limit_unit = models.CharField("单位", max_length=16)
    basis = models.CharField("依据", max_length=200, blank=True)
    started_at = models.DateTimeField("起算")
    due_at = models.DateTimeField("届满")
    warn_at = models.DateTimeField("预警")
    state = models.CharField("状态", max_length=10, choices=ClockState, default=ClockState.RUNNING)
    light = models.CharField("亮灯", max_length=6, choices=Light, default=Light.GREEN)
    suspended_at = models.DateTimeField("中止于", null=True)
    suspensions = models.JSONField("中止", default=list)
    extensions = models.JSONField("延期", default=list)
    stopped_at = models.DateTimeField("停止于", null=True)
    on_time = models.BooleanField("按时", null=True)
    provisional = models.BooleanField("暂计", default=False)

    class Meta:
        verbose_name = "时限"
        indexes = [
            models.Index(fields=["subject"], name="clock_subject"),
            models.Index(fields=["warn_at"], name="clock_turns_yellow",
                         condition=Q(state="running", light="green")),
            models.Index(fields=["due_at"], name="clock_turns_red",
                         condition=Q(state="running", light="yellow")),
            models.Index(fields=["due_at"], name="clock_open_due", condition=~Q(state="stopped")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(warn_at__lte=F("due_at")), name="clock_warn_before_due"),
            models.CheckConstraint(condition=Q(limit_n__gt=0), name="clock_limit_positive"),
            models.CheckConstraint(
                condition=Q(state="suspended", suspended_at__isnull=False)
                | (~Q(state="suspended") & Q(suspended_at=None)),
                name="clock_suspended_since"),
            models.CheckConstraint(
                condition=Q(state="stopped", stopped_at__isnull=False, on_time__isnull=False)
                | (~Q(state="stopped") & Q(stopped_at=None, on_time=None)),
                name="clock_stopped_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind} {self.limit}"

    @property
    def limit(self) -> Limit:
        """The limit with all extensions."""
        return Limit(self.limit_n + sum(e["n"] for e in self.extensions), Unit(self.limit_unit))

    @property
    def last_day(self) -> date:
        """The day in China people mean by the due date."""
        return last_day(self.due_at, Unit(self.limit_unit))

    def intervals(self, until: datetime | None = None) -> list[Suspension]:
        """The suspensions; one that is still open is closed at ``until`` (left open without it)."""
        return [_interval(item, until) for item in self.suspensions]


def _interval(item: dict[str, Any], until: datetime | None) -> Suspension:
    start = datetime.fromisoformat(item["start"])
    end = datetime.fromisoformat(item["end"]) if item["end"] else until and max(until, start + _INSTANT)
    return Suspension(start, end, item["reason"], item["basis"])
