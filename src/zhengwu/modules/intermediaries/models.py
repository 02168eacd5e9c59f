"""Agencies and what they were asked to do."""

from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account, Division
from zhengwu.kernel.files.models import StoredFile


class Agency(models.Model):
    """A registered intermediary. ``promised_days`` working days; ``fee_text`` is what it publishes."""

    class Trade(models.TextChoices):
        SURVEY = "survey", "测绘"
        APPRAISAL = "appraisal", "评估"
        ENVIRONMENT = "environment", "环境影响评价"
        TESTING = "testing", "检验检测"
        DRAWING = "drawing", "施工图审查"
        SAFETY = "safety", "安全评价"
        POST = "post", "邮政寄递"
        BANK = "bank", "银行代办"

    class State(models.TextChoices):
        REGISTERED = "registered", "已登记"
        SUSPENDED = "suspended", "暂停承接"
        REMOVED = "removed", "已移出"

    name = models.CharField("机构名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    trade = models.CharField("服务类别", max_length=12, choices=Trade.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="agencies")
    promised_days = models.PositiveSmallIntegerField("承诺时限（工作日）")
    fee_text = models.CharField("收费标准", max_length=200)
    phone = models.CharField("联系电话", max_length=40)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.REGISTERED)
    reason = models.CharField("暂停或移出的原因", max_length=200, default="")
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["trade", "name"]
        constraints = [
            models.UniqueConstraint(fields=["uscc", "trade", "division"], name="agency_once"),
            models.CheckConstraint(condition=Q(promised_days__range=(1, 180)), name="agency_promise"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def promised(self) -> Limit:
        return Limit(self.promised_days, LimitUnit.WORKING_DAY)

    @property
    def stream(self) -> str:
        return f"agency:{self.pk}"


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, actor: Actor) -> "EngagementQuerySet":
        """Whoever sees the case; the agency itself, by its credit code, sees its own work and no more of a case."""
        rule = Q(case__in=Case.objects.visible_to(actor).values("pk"))
        if actor.account_id and actor.kind == Account.Kind.ENTERPRISE:
            code = Account.objects.filter(pk=actor.account_id).exclude(uscc="").values("uscc")
            rule |= Q(agency__uscc__in=code)
        return self.filter(rule)


class Engagement(models.Model):
    """One piece of work for a case; its clock is ``<case number>#agency-<id>``, kind ``agency``."""

    class State(models.TextChoices):
        RUNNING = "running", "办理中"
        DELIVERED = "delivered", "已提交"
        CANCELLED = "cancelled", "已取消"

    case = models.ForeignKey(Case, models.PROTECT, related_name="engagements")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="engagements")
    service = models.CharField("服务内容", max_length=100)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RUNNING)
    asked_at = models.DateTimeField("委托时间")
    due_at = models.DateTimeField("应提交时间")
    delivered_at = models.DateTimeField("提交时间", null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "agency", "service"], condition=Q(state="running"),
                                    name="engagement_once"),
            models.CheckConstraint(condition=~Q(state="delivered") | Q(delivered_at__isnull=False),
                                   name="engagement_delivered"),
        ]
        indexes = [models.Index(fields=["agency", "state", "due_at"], name="engagement_by_agency")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.service}"

    @property
    def clock(self) -> str:
        return f"{self.case.number}#agency-{self.pk}"

    @property
    def late(self) -> bool:
        """Delivered after the promised day."""
        return self.delivered_at is not None and self.delivered_at >= self.due_at
