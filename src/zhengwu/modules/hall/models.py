"""Ratings of the hall (好差评): one a case, by the applicant, after delivery."""

from django.conf import settings
from django.db import models

from zhengwu.kernel.cases.models import Case


class Rating(models.Model):
    """GB/T 39735: five levels, 5 非常满意 … 1 非常不满意; 2 and 1 are bad (差评) and must be followed up."""

    class Level(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "基本满意"
        BAD = 2, "不满意"
        VERY_BAD = 1, "非常不满意"

    case = models.OneToOneField(Case, models.PROTECT, related_name="rating")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    level = models.SmallIntegerField("满意度", choices=Level.choices)
    comment = models.CharField("文字评价", max_length=500, default="")
    at = models.DateTimeField("评价时间")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="rating_level")]

    def __str__(self) -> str:
        return self.get_level_display()
