"""What goes with a case: submitted materials, the documents it produced, and drafts not yet submitted."""

from django.conf import settings
from django.db import models

from zhengwu.kernel.cases.models.case import Case
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Material, Matter


class Submission(models.Model):
    """One material handed in, as a file or on paper."""

    class Way(models.TextChoices):
        FILE = "file", "已上传"
        PAPER = "paper", "已收纸质"
        LATER = "later", "承诺后补"

    case = models.ForeignKey(Case, models.CASCADE, related_name="submissions")
    material = models.ForeignKey(Material, models.SET_NULL, null=True, related_name="+")
    name = models.CharField("材料名称", max_length=200)
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("提交时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A numbered paper the case produced; ``data`` is all its template needs, so it can be printed again exactly."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    kind = models.CharField("文书种类", max_length=20)
    title = models.CharField("标题", max_length=100)
    number = models.CharField("文号", max_length=60, default="")
    data = models.JSONField(default=dict)
    at = models.DateTimeField("制发时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class Series(models.Model):
    """The next number of a document series (机关代字 × year), without gaps: taken inside the act's transaction."""

    key = models.CharField(max_length=80, primary_key=True)
    last = models.IntegerField()

    def __str__(self) -> str:
        return self.key


class Draft(models.Model):
    """An application being filled in; survives until it is submitted or thrown away."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="drafts")
    form = models.JSONField(default=dict)
    files = models.JSONField("材料 → 文件", default=dict)
    key = models.CharField(max_length=40)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "matter"], name="draft_once")]
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"{self.matter}"
