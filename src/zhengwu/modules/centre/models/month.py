"""The clerk's own month (窗口人员月度考评): rules, notes of inspections, merits, sheets."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.matters.models import ServicePoint, Window


class Rule(models.Model):
    """How many points something gives or takes. Points are whole tenths: 15 is 1.5. ``cap`` limits the sum, also in
    tenths, without its sign; 0 means no limit. ``code`` names what is counted (``month.COUNTED``)."""

    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="+")
    code = models.CharField(max_length=20)
    label = models.CharField("项目", max_length=40)
    tenths = models.SmallIntegerField("每次分值（十分之一分）")
    cap = models.SmallIntegerField("上限（十分之一分）", default=0)
    active = models.BooleanField("启用", default=True)
    order = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["point", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["point", "code"], name="rule_once"),
            models.CheckConstraint(condition=Q(cap__gte=0), name="rule_cap"),
        ]

    def __str__(self) -> str:
        return self.label


class Note(models.Model):
    """What an inspection of the hall saw (巡查记录)."""

    class Aspect(models.TextChoices):
        LANGUAGE = "language", "语言"
        DRESS = "dress", "着装"
        MANNER = "manner", "举止"
        ORDER = "order", "桌面和秩序"

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="+")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+")
    day = models.DateField("日期")
    aspect = models.CharField("方面", max_length=8, choices=Aspect.choices)
    words = models.CharField("情况", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["clerk", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.get_aspect_display()}"


class Merit(models.Model):
    """A merit of a clerk: a grievance award (委屈奖), a commendation, a silk banner. Points in tenths."""

    class Kind(models.TextChoices):
        GRIEVANCE = "grievance", "委屈奖"
        PRAISE = "praise", "群众表扬"
        AWARD = "award", "表彰奖励"
        HELP = "help", "帮办代办"

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="+")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    tenths = models.SmallIntegerField("加分（十分之一分）")
    words = models.CharField("事由", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [models.CheckConstraint(condition=Q(tenths__gt=0, tenths__lte=100), name="merit_range")]

    def __str__(self) -> str:
        return self.words


class Sheet(models.Model):
    """A clerk's month. ``lines``: [{"code", "label", "count", "each", "tenths", "note"}] in the order of the rules.

    computed (the centre looks) → shown (the clerk may object until ``objection_until``) → objected (the centre decides
    until ``decide_by``) → final. A final sheet never changes.
    """

    class State(models.TextChoices):
        COMPUTED = "computed", "待公示"
        SHOWN = "shown", "公示中"
        OBJECTED = "objected", "有异议，待裁定"
        FINAL = "final", "已定"

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="+")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="month_sheets")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+")
    month = models.DateField("月份")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.COMPUTED)
    lines = models.JSONField(default=list)
    tenths = models.IntegerField("得分（十分之一分）")
    computed_at = models.DateTimeField()
    objection_until = models.DateTimeField("异议期限", null=True)
    objection = models.CharField("异议", max_length=500, default="")
    objected_at = models.DateTimeField(null=True)
    decide_by = models.DateTimeField("裁定期限", null=True)
    decision = models.CharField("裁定", max_length=500, default="")
    correction = models.SmallIntegerField("裁定更正（十分之一分）", default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    final_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month", "-tenths", "clerk__name"]
        constraints = [
            models.UniqueConstraint(fields=["point", "clerk", "month"], name="sheet_once"),
            models.CheckConstraint(
                condition=~Q(state="final") | Q(final_at__isnull=False), name="sheet_final_when"
            ),
        ]
        indexes = [models.Index(fields=["point", "month"]), models.Index(fields=["clerk", "month"])]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.clerk_id}"

    @property
    def score(self) -> str:
        """The sum as people write it: 103.5."""
        return points(self.tenths)


def points(tenths: int) -> str:
    """Whole tenths as a decimal number, without a fraction where there is none."""
    sign, value = ("-", -tenths) if tenths < 0 else ("", tenths)
    return f"{sign}{value // 10}" + (f".{value % 10}" if value % 10 else "")
