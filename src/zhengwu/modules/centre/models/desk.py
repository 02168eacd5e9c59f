"""Who sits where and when; the complaint desk."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.matters.models import ServicePoint, Window


class Sitting(models.Model):
    """A clerk at a window, from sign-in to sign-out: attendance (考勤). ``forgotten``: the system signed them out."""

    window = models.ForeignKey(Window, models.PROTECT, related_name="sittings")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sittings")
    day = models.DateField()
    begun_at = models.DateTimeField("上岗")
    ended_at = models.DateTimeField("离岗", null=True)
    forgotten = models.BooleanField("未签退", default=False)

    class Meta:
        ordering = ["begun_at"]
        constraints = [
            models.UniqueConstraint(fields=["window"], condition=Q(ended_at=None), name="sitting_one_at_window"),
            models.UniqueConstraint(fields=["clerk"], condition=Q(ended_at=None), name="sitting_one_of_clerk"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")), name="sitting_range"),
        ]
        indexes = [models.Index(fields=["clerk", "day"]), models.Index(fields=["window", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.window_id}"


class Rota(models.Model):
    """Who is at the complaint desk of a point (投诉台值班) in a half day."""

    class Half(models.TextChoices):
        MORNING = "am", "上午"
        AFTERNOON = "pm", "下午"

    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="+")
    day = models.DateField("日期")
    half = models.CharField("时段", max_length=2, choices=Half.choices)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["day", "half"]
        constraints = [models.UniqueConstraint(fields=["point", "day", "half"], name="rota_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_half_display()}"


class Complaint(models.Model):
    """What the complaint desk took down; its case carries chart, clock and states.

    ``wanted`` is the form of the reply that was asked for: the case cannot end before a reply in this form.
    """

    class Form(models.TextChoices):
        ORAL = "oral", "口头（当面或电话）"
        WRITTEN = "written", "书面"

    case = models.OneToOneField(Case, models.PROTECT, related_name="complaint")
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="+")
    came = models.CharField("投诉形式", max_length=8, choices=Form.choices)
    wanted = models.CharField("要求的答复形式", max_length=8, choices=Form.choices)
    about = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="被投诉单位")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="被投诉窗口")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    founded = models.BooleanField("属实", null=True)

    def __str__(self) -> str:
        return f"{self.case_id}"
