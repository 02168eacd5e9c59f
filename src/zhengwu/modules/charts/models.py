"""Charts before they are published, scenarios beside versions, cases on their way to another version, and files that
carry definitions between installations."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.flow.models import Definition, Version


class Draft(models.Model):
    """What will be the next version of a definition. Changed only while ``editing``; ``revision`` counts the saves and
    is what a save must name, so that nobody overwrites what somebody else saved (乐观锁)."""

    class State(models.TextChoices):
        EDITING = "editing", "编辑中"
        SCHEDULED = "scheduled", "待生效"
        PUBLISHED = "published", "已发布"
        DROPPED = "dropped", "已放弃"

    class Origin(models.TextChoices):
        DRAWN = "drawn", "新绘制"
        VERSION = "version", "由已有版本修改"
        FILE = "file", "导入文件"
        PACKAGE = "package", "由其他平台迁入"

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="drafts", verbose_name="流程图")
    xml = models.TextField("BPMN 文件")
    scenarios = models.JSONField("情景", default=list)
    revision = models.PositiveIntegerField("修订号", default=1)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.EDITING)
    origin = models.CharField("来源", max_length=10, choices=Origin.choices, default=Origin.DRAWN)
    based_on = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+", verbose_name="修改自")
    source = models.BinaryField("导入时的原文件", default=b"")
    source_name = models.CharField("原文件名", max_length=120, default="")
    source_sm3 = models.CharField("导入时内容的摘要", max_length=64, default="")
    note = models.CharField("修改说明", max_length=500, default="", blank=True)
    effective_on = models.DateField("生效日期", null=True)
    refusal = models.CharField("未能发布的原因", max_length=500, default="")
    created_at = models.DateTimeField("建立时间")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField("最后保存")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published = models.OneToOneField(Version, models.PROTECT, null=True, related_name="draft", verbose_name="发布为")

    class Meta:
        verbose_name = verbose_name_plural = "流程图草稿"
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="scheduled", effective_on__isnull=False) | ~Q(state="scheduled"),
                name="charts_scheduled_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published__isnull=False) | (~Q(state="published") & Q(published=None)),
                name="charts_published_has_version",
            ),
        ]
        indexes = [models.Index(fields=["effective_on"], condition=Q(state="scheduled"), name="charts_scheduled")]

    def __str__(self) -> str:
        return f"{self.definition} 草稿"


class Transfer(models.Model):
    """A migration (迁移) of running cases from one version to another; ``mapping`` names for removed steps the step of
    the new version that stands for them."""

    class State(models.TextChoices):
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        STOPPED = "stopped", "已停止"

    source = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name="原版本")
    target = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name="新版本")
    mapping = models.JSONField("环节对应", default=dict)
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField("开始时间")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件迁移"
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["started_at"], condition=Q(state="running"), name="charts_transfer_running")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class TransferredCase(models.Model):
    """One case of a migration and what became of it; none is left out and none is without a word."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "等待迁移"
        MOVED = "moved", "已迁移"
        OBSTACLE = "obstacle", "不能迁移"
        GONE = "gone", "已不在原版本"
        LEFT = "left", "未处理（已停止）"

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name="办件")
    seen = models.PositiveIntegerField("预览时的修订号", default=0)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    note = models.CharField("说明", max_length=1000, default="")
    at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "迁移中的办件"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["transfer", "case"], name="charts_case_once")]
        indexes = [models.Index(fields=["transfer"], condition=Q(outcome="waiting"), name="charts_case_waiting")]

    def __str__(self) -> str:
        return f"{self.case} {self.outcome}"


class Package(models.Model):
    """A signed file of definitions that came from another installation; looked at first, then taken whole or not."""

    class State(models.TextChoices):
        SHOWN = "shown", "待决定"
        TAKEN = "taken", "已接收"
        REFUSED = "refused", "已拒绝"

    name = models.CharField("文件名", max_length=120)
    sm3 = models.CharField("SM3 摘要", max_length=64)
    content = models.JSONField("内容")
    signer = models.CharField("签名公钥", max_length=130)
    trusted = models.BooleanField("签名者在信任名单中", default=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.SHOWN)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "流程图包"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name
