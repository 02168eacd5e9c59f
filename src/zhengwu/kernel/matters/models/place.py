"""Where matters are accepted: service points and their windows."""

from django.db import models

from zhengwu.kernel.directory.models import Division, Unit


class ServicePoint(models.Model):
    """A city or county centre, a branch, a township window, a village agent: a tree. An empty ``offered`` of a centre
    means everything of its division. ``open_hours``: [{"days": "12345", "from": "09:00", "to": "17:00"}], 1 Monday."""

    class Level(models.TextChoices):
        CITY = "city", "市级中心"
        COUNTY = "county", "县级中心"
        BRANCH = "branch", "分中心"
        TOWNSHIP = "township", "乡镇便民服务中心"
        VILLAGE = "village", "村级代办点"

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级服务点")
    level = models.CharField("层级", max_length=10, choices=Level.choices, default=Level.COUNTY)
    offered = models.ManyToManyField("matters.Matter", related_name="offered_at", verbose_name="可办事项", blank=True)
    open_hours = models.JSONField("开放时间", default=list)
    active = models.BooleanField("启用", default=True)
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
