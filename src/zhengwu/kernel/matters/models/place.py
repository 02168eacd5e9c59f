"""Where matters are accepted: service points and their windows."""

from django.db import models

from zhengwu.kernel.directory.models import Division, Unit


class ServicePoint(models.Model):
    """A city or county centre, a branch, a township window. ``hours`` names the opening hours the clock counts by."""

    name = models.CharField("名称", max_length=80)
    division = models.ForeignKey(Division, models.PROTECT, related_name="service_points")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="service_points")
    address = models.CharField("地址", max_length=200)
    hours_text = models.CharField("办公时间", max_length=80, default="工作日 09:00–17:00")
    phone = models.CharField("咨询电话", max_length=40, default="")

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """A numbered window of a service point and the unit that sits there."""

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="windows")
    number = models.CharField("窗口号", max_length=8)
    name = models.CharField("窗口名称", max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="windows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["point", "number"], name="window_number_once")]

    def __str__(self) -> str:
        return f"{self.number}号 {self.name}"
