"""Evaluations (好差评, 国办发〔2019〕51号, GB/T 39734–39735): one a visit, voluntary, the evaluator protected."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import ServicePoint, Window


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def counted(self) -> "EvaluationQuerySet":
        """Those the published rates are made of: all but the ones found malicious after an appeal."""
        return self.filter(excluded_at=None)

    def visible_to(self, actor: Actor) -> "EvaluationQuerySet":
        """A unit's people see what was said of their unit, the centre what was said at its points, an inspector the
        area; nobody of them sees who said it."""
        if actor.kind == "system":
            return self
        units = actor.unit_ids(*WORKERS)
        rule = Q(unit_id__in=units) | Q(point__unit_id__in=actor.unit_ids(Role.CENTRE, Role.RECEPTION))
        for prefix in actor.division_prefixes(Role.INSPECTOR):
            rule |= Q(division__code__startswith=prefix)
        return self.filter(rule)


class Evaluation(models.Model):
    """GB/T 39735: five levels, 5 非常满意 … 1 非常不满意; 2 and 1 are bad (差评) and open a rectification.

    ``visit`` is the key of ``kernel.cases.visits.Visit``. ``account`` (who evaluated) and ``case`` are read by the
    centre's call-back only. ``attitude`` and ``skill`` come from the paper slip and the full page, empty elsewhere.
    """

    class Level(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "基本满意"
        BAD = 2, "不满意"
        VERY_BAD = 1, "非常不满意"

    class Channel(models.TextChoices):
        PAGE = "page", "网上"
        SMS = "sms", "短信"
        QR = "qr", "扫码"
        DEVICE = "device", "窗口评价器"
        SLIP = "slip", "纸质评价单"

    visit = models.CharField(max_length=80, unique=True)
    title = models.CharField("办理事项", max_length=200)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="evaluation")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    level = models.SmallIntegerField("满意度", choices=Level.choices)
    attitude = models.SmallIntegerField("服务态度", choices=Level.choices, null=True)
    skill = models.SmallIntegerField("业务能力", choices=Level.choices, null=True)
    comment = models.CharField("文字评价", max_length=500, default="")
    at = models.DateTimeField("评价时间")
    served_at = models.DateTimeField("办理时间")
    channel = models.CharField("评价渠道", max_length=8, choices=Channel.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evaluations", verbose_name="被评单位")
    point = models.ForeignKey(ServicePoint, models.PROTECT, null=True, related_name="+")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="窗口")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    rectification = models.OneToOneField(Case, models.PROTECT, null=True, related_name="rectifies")
    rectified_at = models.DateTimeField("整改办结时间", null=True)
    excluded_at = models.DateTimeField("不计入时间", null=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="evaluation_level"),
            models.CheckConstraint(
                condition=Q(rectified_at=None) | Q(rectification__isnull=False), name="evaluation_rectified"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-at"], name="evaluation_by_unit"),
            models.Index(fields=["division", "-at"], name="evaluation_by_division"),
            models.Index(fields=["clerk", "-at"], name="evaluation_by_clerk"),
        ]

    def __str__(self) -> str:
        return f"{self.title}：{self.get_level_display()}"

    @property
    def bad(self) -> bool:
        return self.level <= Evaluation.Level.BAD

    @property
    def colour(self) -> str:
        """The kind of mark the level is shown with."""
        return {5: "green", 4: "green", 3: "", 2: "yellow", 1: "red"}[self.level]

    @property
    def stage(self) -> tuple[str, str]:
        """How far the rectification is, in words and the kind of mark."""
        if not self.bad:
            return "", ""
        if self.excluded_at is not None:
            return "不计入", "quiet"
        if self.rectified_at is not None:
            return "整改办结", "green"
        return "整改中", "yellow"


class Invitation(models.Model):
    """An SMS that asked for an evaluation: the phone that got it may answer for this one case, with ``code`` when it
    has several. The number itself is not kept, only its blind index."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    phone_index = models.CharField(max_length=64, db_index=True)
    code = models.CharField("评价码", max_length=4)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id}"

    def __repr__(self) -> str:
        return f"<Invitation {self.case_id}>"


def level_of(value: Any) -> int | None:
    """One of the five levels, or None."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if number in Evaluation.Level.values else None
