"""The fee register: what may be charged, by whom, of whom, on what basis, at what standard."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.numbers import yuan


class ChargeQuerySet(models.QuerySet["Charge"]):
    def public(self) -> "ChargeQuerySet":
        """What everybody may read: published charges, and abolished ones marked as such."""
        return self.exclude(state=Charge.State.DRAFT)

    def with_facts(self) -> "ChargeQuerySet":
        return self.select_related("unit", "division").prefetch_related("standards")


class Charge(models.Model):
    """One entry of the register (收费项目). ``basis`` names the document that allows it, with number and article."""

    class Category(models.TextChoices):
        REGISTRATION = "registration", "登记类"
        CERTIFICATE = "certificate", "证照类"
        EXAMINATION = "examination", "考试类"
        RESOURCE = "resource", "资源补偿类"
        JUDICIAL = "judicial", "鉴定检验类"
        OTHER = "other", "其他"

    class Payer(models.TextChoices):
        PERSON = "person", "自然人"
        ENTERPRISE = "enterprise", "企业和其他组织"
        BOTH = "both", "所有申请人"

    class State(models.TextChoices):
        DRAFT = "draft", "拟列入"
        PUBLISHED = "published", "执行中"
        ABOLISHED = "abolished", "已取消"

    code = models.CharField("项目编码", max_length=20, unique=True)
    name = models.CharField("收费项目", max_length=120)
    category = models.CharField("类别", max_length=14, choices=Category.choices)
    payer = models.CharField("缴费对象", max_length=12, choices=Payer.choices, default=Payer.BOTH)
    division = models.ForeignKey(Division, models.PROTECT, related_name="charges")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="charges", verbose_name="执收单位")
    basis = models.CharField("收费依据", max_length=400)
    treasury = models.CharField("缴入", max_length=60, default="县级国库（非税收入专户）")
    matters = models.ManyToManyField(Matter, related_name="charges", verbose_name="可收费的事项")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    valid_from = models.DateField("执行日期")
    valid_to = models.DateField("停止执行日期", null=True)
    note = models.CharField("说明", max_length=300, default="")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="charge_range")
        ]
        indexes = [models.Index(fields=["division", "state", "code"], name="charge_by_division")]

    def __str__(self) -> str:
        return self.name

    def in_force(self, day: date) -> bool:
        """Published and valid on ``day``."""
        return (
            self.state == self.State.PUBLISHED
            and self.valid_from <= day
            and (self.valid_to is None or day < self.valid_to)
        )

    @property
    def current(self) -> list[str]:
        """Today's standards in words; reads what was prefetched."""
        day = today()
        return [f"{s.item} {yuan(s.cents)}/{s.per}" for s in self.standards.all() if s.in_force(day)]

    @property
    def stream(self) -> str:
        return f"charge:{self.code}"


class Standard(models.Model):
    """A standard of a charge: so many cents a unit. A change closes the row and opens another: nothing is rewritten."""

    charge = models.ForeignKey(Charge, models.CASCADE, related_name="standards")
    item = models.CharField("收费标准", max_length=120)
    per = models.CharField("计费单位", max_length=12, default="件")
    cents = models.PositiveIntegerField("金额（分）")
    valid_from = models.DateField("执行日期")
    valid_to = models.DateField("停止执行日期", null=True)

    class Meta:
        ordering = ["charge", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="standard_range"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="standard_positive"),
        ]

    def __str__(self) -> str:
        return self.item

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
