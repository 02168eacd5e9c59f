"""Divisions (GB/T 2260, GB/T 10114) and the tree of units."""

from datetime import date

from django.db import models
from django.db.models import Q


class Division(models.Model):
    """An administrative area. ``code``: 6 digits for city and county, 9 for township, 12 for village."""

    class Level(models.IntegerChoices):
        CITY = 3, "市"
        COUNTY = 4, "县（市、区）"
        TOWNSHIP = 5, "乡镇（街道）"
        VILLAGE = 6, "村（社区）"

    code = models.CharField("行政区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.SmallIntegerField("层级", choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The digits every division below begins with (a city's four, a county's six)."""
        return self.code[:4] if self.level == self.Level.CITY else self.code


class UnitQuerySet(models.QuerySet["Unit"]):
    def valid_on(self, day: date) -> "UnitQuerySet":
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def below(self, unit: "Unit") -> "UnitQuerySet":
        """The unit itself and everything under it."""
        return self.filter(path__startswith=unit.path)


class Unit(models.Model):
    """An organ, its section, an institution, a leading group, a village: whoever can hold work.

    ``path`` is the chain of ids from the top, each padded to eight digits and ended by a dot; a subtree is a prefix.
    """

    class Family(models.TextChoices):
        PARTY = "party", "党委"
        CONGRESS = "congress", "人大"
        GOVERNMENT = "government", "政府"
        CPPCC = "cppcc", "政协"
        COURT = "court", "法院"
        PROCURATORATE = "procuratorate", "检察院"
        MASS = "mass", "群团"
        INSTITUTION = "institution", "事业单位"
        VERTICAL = "vertical", "垂直管理单位"

    class Kind(models.TextChoices):
        AREA = "area", "地区"
        ORGAN = "organ", "机关"
        SECTION = "section", "内设机构"
        CENTRE = "centre", "政务服务中心"
        TOWNSHIP = "township", "乡镇（街道）"
        VILLAGE = "village", "村（社区）"
        GROUP = "group", "领导小组"

    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=40)
    code = models.CharField("统一社会信用代码", max_length=18, unique=True, null=True)
    family = models.CharField("系统", max_length=20, choices=Family.choices)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    sort_key = models.CharField(max_length=200, default="")
    phone = models.CharField("电话", max_length=40, default="")
    address = models.CharField("地址", max_length=200, default="")
    valid_from = models.DateField("设立日期")
    valid_to = models.DateField("撤销日期", null=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name="unit_valid_range"
            )
        ]
        indexes = [models.Index(fields=["division", "kind"])]

    def __str__(self) -> str:
        return self.name
