"""Appointments of people to units, and who stands in for whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.directory.models.unit import Unit
from zhengwu.kernel.directory.roles import Role


class Appointment(models.Model):
    """An account in a role at a unit, from a day to a day (exclusive)."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments")
    role = models.CharField("角色", max_length=12, choices=Role.choices)
    title = models.CharField("职务", max_length=60, default="")
    primary = models.BooleanField("主岗", default=True)
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("免职日期", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="appointment_range"
            )
        ]
        indexes = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.account} · {self.unit} · {self.get_role_display()}"


class Deputy(models.Model):
    """``deputy`` may do the work of ``principal`` from ``starts_on`` until ``ends_on`` (inclusive)."""

    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputises")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=100, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="deputy_range"),
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="deputy_other"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} 代 {self.principal}"
