"""Bills: what was notified, waived, paid. Amounts are whole cents; their sums are held by constraints."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.modules.fees.models.register import Standard


class BillQuerySet(models.QuerySet["Bill"]):
    def visible_to(self, actor: Actor) -> "BillQuerySet":
        """The payer and whoever sees the case, the collecting unit's workers, the finance office of the area."""
        if actor.kind == "system":
            return self
        rule = Q(case__in=Case.objects.visible_to(actor).values("pk"))
        if actor.account_id:
            rule |= Q(payer_id=actor.account_id)
        if units := actor.unit_ids(*WORKERS):
            rule |= Q(unit_id__in=units)
        for prefix in actor.division_prefixes(Role.FINANCE):
            rule |= Q(division__code__startswith=prefix)
        return self.filter(rule)

    def with_facts(self) -> "BillQuerySet":
        return self.select_related("unit", "case", "payer").prefetch_related("lines", "waivers")


class Bill(models.Model):
    """A notice to pay (缴费通知) for a case. ``total`` is what the register says, ``waived`` what was granted off."""

    class State(models.TextChoices):
        NOTIFIED = "notified", "待缴费"
        PAID = "paid", "已缴费"
        WAIVED = "waived", "已全额减免"
        CANCELLED = "cancelled", "已撤销"

    number = models.CharField("缴费通知编号", max_length=30, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="bills")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bills", verbose_name="执收单位")
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="bills")
    payer_name = models.CharField("缴费人", max_length=100)
    total = models.PositiveIntegerField("应缴（分）")
    waived = models.PositiveIntegerField("减免（分）", default=0)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NOTIFIED)
    notified_at = models.DateTimeField("通知时间")
    due_at = models.DateTimeField("缴费期限")
    settled_at = models.DateTimeField("结清时间", null=True)
    reason = models.CharField("撤销原因", max_length=200, default="")
    key = models.CharField(max_length=80, null=True)

    objects = BillQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="bill_once"),
            models.CheckConstraint(condition=Q(waived__lte=F("total")), name="bill_waived_within"),
            models.CheckConstraint(
                condition=Q(state="notified", settled_at=None) | ~Q(state="notified") & Q(settled_at__isnull=False),
                name="bill_settled_when_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="bill_by_unit"),
            models.Index(fields=["payer", "-id"], name="bill_by_payer"),
            models.Index(fields=["division", "notified_at"], name="bill_by_month"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def payable(self) -> int:
        """Cents still to be paid in all: what was notified less what was waived."""
        return self.total - self.waived

    @property
    def stream(self) -> str:
        return f"bill:{self.number}"


class Line(models.Model):
    """One line of a bill: a standard of the register times a quantity, as both were on that day."""

    bill = models.ForeignKey(Bill, models.CASCADE, related_name="lines")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+")
    charge_code = models.CharField(max_length=20)
    charge_name = models.CharField("收费项目", max_length=120)
    item = models.CharField("收费标准", max_length=120)
    basis = models.CharField("收费依据", max_length=400)
    per = models.CharField(max_length=12)
    cents = models.PositiveIntegerField("单价（分）")
    quantity = models.PositiveSmallIntegerField("数量")
    amount = models.PositiveIntegerField("金额（分）")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount=F("cents") * F("quantity"), quantity__gt=0), name="line_adds_up")
        ]

    def __str__(self) -> str:
        return f"{self.charge_name} × {self.quantity}"


class Waiver(models.Model):
    """A request to waive a bill or part of it; whole cents, a coded ground, decided by head or leader."""

    class Ground(models.TextChoices):
        SMALL = "small", "小微企业免收（国家政策）"
        RELIEF = "relief", "最低生活保障对象"
        DISABLED = "disabled", "残疾人"
        VETERAN = "veteran", "退役军人、优抚对象"
        DISASTER = "disaster", "受灾减免"
        POLICY = "policy", "其他政策规定（写明文号）"

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"

    bill = models.ForeignKey(Bill, models.CASCADE, related_name="waivers")
    ground = models.CharField("减免理由", max_length=10, choices=Ground.choices)
    cents = models.PositiveIntegerField("申请减免（分）")
    words = models.CharField("说明和依据", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True)
    decided_label = models.CharField("审批人", max_length=160, default="")
    answer = models.CharField("审批意见", max_length=300, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["bill"], condition=Q(state="asked"), name="waiver_one_open"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="waiver_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.bill_id} {self.get_ground_display()}"


class Payment(models.Model):
    """One attempt to pay through a provider. A bill is paid by exactly one that succeeded, to the cent."""

    class State(models.TextChoices):
        STARTED = "started", "支付中"
        DONE = "done", "成功"
        FAILED = "failed", "未成功"

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="payments")
    provider = models.CharField("支付渠道", max_length=20)
    reference = models.CharField("支付流水号", max_length=40, unique=True)
    cents = models.PositiveIntegerField("金额（分）")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.STARTED)
    receipt = models.CharField("电子票据号", max_length=30, default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["bill"], condition=Q(state="done"), name="payment_once"),
        ]

    def __str__(self) -> str:
        return self.reference
