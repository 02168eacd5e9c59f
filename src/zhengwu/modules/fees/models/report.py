"""Reports of charges outside the register, and the month's statement."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.files.models import StoredFile


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> "ReportQuerySet":
        """Whoever reported, the finance office and the inspectors of the area; never the unit complained of."""
        rule = Q(account_id=actor.account_id) if actor.account_id else Q(pk__in=[])
        for prefix in actor.division_prefixes(Role.FINANCE, Role.INSPECTOR):
            rule |= Q(division__code__startswith=prefix)
        return self.filter(rule)


class Report(models.Model):
    """“这项收费不在目录里”: who was asked to pay what by whom. Answered by the finance office within its limit."""

    class State(models.TextChoices):
        OPEN = "open", "核查中"
        CONFIRMED = "confirmed", "属实，责令退还"
        LISTED = "listed", "收费在目录内"
        UNFOUNDED = "unfounded", "查无实据"

    number = models.CharField("编号", max_length=30, unique=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="fee_reports")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="收费单位")
    name = models.CharField("收费名目", max_length=120)
    cents = models.PositiveIntegerField("金额（分）")
    charged_on = models.DateField("收费日期")
    words = models.CharField("情况说明", max_length=500)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reported_at = models.DateTimeField("举报时间")
    due_at = models.DateTimeField("答复期限")
    answer = models.CharField("核查答复", max_length=500, default="")
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_label = models.CharField(max_length=160, default="")
    key = models.CharField(max_length=80, null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="fee_report_once")]
        indexes = [models.Index(fields=["division", "state", "due_at"], name="fee_report_by_due")]

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        return f"feereport:{self.number}"


class Statement(models.Model):
    """A closed month (收支两条线对账单): rows frozen, their digest on the ledger."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    month = models.DateField("月份（当月一日）")
    rows = models.JSONField(default=list)
    sm3 = models.CharField(max_length=64)
    closed_at = models.DateTimeField("结账时间")
    closed_label = models.CharField("结账人", max_length=160)

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["division", "month"], name="statement_once")]

    def __str__(self) -> str:
        return f"{self.division_id} {self.month:%Y-%m}"
