"""What the counter keeps of its own: entries being typed, papers promised, errands run for a villager."""

from django.conf import settings
from django.db import models

from zhengwu.kernel.cases.models import Case, Mandate, Submission
from zhengwu.kernel.matters.models import Matter


class Taking(models.Model):
    """An application being taken in for somebody; survives until it is submitted or thrown away.

    ``person_sealed`` holds who it is for as sealed JSON, so that no identifier lies open in a draft.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="takings")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")
    mandate = models.ForeignKey(Mandate, models.CASCADE, null=True, related_name="+")
    person_sealed = models.TextField(default="")
    form = models.JSONField(default=dict)
    papers = models.JSONField("材料 → 方式、日期、文件", default=dict)
    key = models.CharField(max_length=40)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "matter", "mandate"], name="taking_once", nulls_distinct=False
            )
        ]
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"{self.matter}"


class LatePaper(models.Model):
    """A material the applicant promised for a day (容缺受理、承诺后补); ``arrived_at`` once it has come."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="promise")
    case = models.ForeignKey(Case, models.CASCADE, related_name="late_papers")
    due_on = models.DateField("承诺补交日期")
    arrived_at = models.DateTimeField("补交时间", null=True)
    arrived_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on"], name="late_paper_open", condition=models.Q(arrived_at=None))]

    def __str__(self) -> str:
        return f"{self.submission} {self.due_on}"


class Errand(models.Model):
    """A village agent fetched the result of a case and handed it to the villager."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="errand")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="errands")
    collected_at = models.DateTimeField("代领时间")
    handed_at = models.DateTimeField("交付时间", null=True)
    receiver = models.CharField("签收人", max_length=40, default="")

    def __str__(self) -> str:
        return f"{self.case_id}"
