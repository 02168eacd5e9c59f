"""Charts as the house keeps them: a definition and its numbered versions. A published version never
changes again."""

from django.db import models
from django.db.models import Q

from zhengwu.kernel.flow.chart import Chart
from zhengwu.kernel.flow.parser import parse


class Definition(models.Model):
    """One chart under a stable key (the id of its main process)."""

    key = models.SlugField("编号", max_length=100, unique=True)
    title = models.CharField("名称", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "流程图"

    def __str__(self) -> str:
        return self.title


class VersionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "已停用"


class Version(models.Model):
    """One version of a chart. ``sm3`` is the SM3 of ``xml`` in hex. Cases keep the version they began
    with; at most one version of a definition is published at a time, retired ones still run the cases
    that are on them."""

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="versions", verbose_name="流程图")
    number = models.PositiveIntegerField("版本号")
    xml = models.TextField("BPMN 文件")
    sm3 = models.CharField("SM3 摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=VersionState, default=VersionState.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.CharField("发布人", max_length=100, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "流程图版本"
        ordering = ["definition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="flow_version_number"),
            models.UniqueConstraint(
                fields=["definition"], condition=Q(state=VersionState.PUBLISHED), name="flow_one_published"
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT, published_at=None)
                | Q(state__in=[VersionState.PUBLISHED, VersionState.RETIRED], published_at__isnull=False),
                name="flow_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition} 第 {self.number} 版"

    def chart(self) -> Chart:
        """The parsed chart, from the cache of this process."""
        return parse(self.xml)
