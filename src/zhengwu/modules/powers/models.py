"""The yearly clean-up of the lists, lists of others to compare with, and imports on their way."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Power
from zhengwu.lib.now import local, today


class Campaign(models.Model):
    """One year's clean-up (清理) of a division's list: who must do what by when."""

    class State(models.TextChoices):
        RUNNING = "running", "进行中"
        FINISHED = "finished", "已公布"

    title = models.CharField("名称", max_length=100)
    division = models.ForeignKey(Division, models.PROTECT, related_name="campaigns")
    year = models.SmallIntegerField("年度")
    fill_by = models.DateField("部门填报截止")
    legal_by = models.DateField("合法性审查截止")
    staffing_by = models.DateField("编办审核截止")
    publish_by = models.DateField("公布截止")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RUNNING)
    opened_at = models.DateTimeField("启动时间")
    effective = models.DateField("生效日期", null=True)

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["division", "year"], name="campaign_once_a_year"),
            models.CheckConstraint(name="campaign_days", condition=Q(legal_by__gte=models.F("fill_by"))
                                   & Q(staffing_by__gte=models.F("legal_by"))
                                   & Q(publish_by__gte=models.F("staffing_by"))),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return f"campaign:{self.division_id}-{self.year}"


class Task(models.Model):
    """What one department owes the clean-up: a decision on each power, and the four pieces (四件套)."""

    class State(models.TextChoices):
        FILLING = "filling", "部门填报"
        LEGAL = "legal", "合法性审查"
        STAFFING = "staffing", "编办审核"
        PASSED = "passed", "审核通过"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tasks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="部门")
    state = models.CharField("进度", max_length=10, choices=State.choices, default=State.FILLING)
    submitted_at = models.DateTimeField("报送时间", null=True)
    legal_at = models.DateTimeField("合法性审查时间", null=True)
    staffing_at = models.DateTimeField("编办审核时间", null=True)
    opinion = models.CharField("审核意见", max_length=500, default="")
    report = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="请示文件")
    charts = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="流程图")
    basis = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="依据汇编")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    legal_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["unit__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "unit"], name="task_once")]

    def __str__(self) -> str:
        return f"{self.campaign}：{self.unit}"

    @property
    def due(self) -> date | None:
        """By when the present stage is to be done; None when all is done."""
        campaign = self.campaign
        days = {"filling": campaign.fill_by, "legal": campaign.legal_by, "staffing": campaign.staffing_by}
        return days.get(self.state)

    @property
    def late(self) -> bool:
        """Whether the present stage should have been done before today."""
        return self.due is not None and self.due < today()

    @property
    def filed_late(self) -> bool:
        """Whether the department sent its pieces after the day."""
        return self.submitted_at is not None and local(self.submitted_at).date() > self.campaign.fill_by


class Decision(models.Model):
    """What a department proposes for one power."""

    class Kind(models.TextChoices):
        KEEP = "keep", "保留"
        MERGE = "merge", "合并"
        DELEGATE = "delegate", "下放"
        CANCEL = "cancel", "取消"
        FILE = "file", "转为备案"

    task = models.ForeignKey(Task, models.CASCADE, related_name="decisions")
    power = models.ForeignKey(Power, models.PROTECT, related_name="decisions")
    kind = models.CharField("意见", max_length=10, choices=Kind.choices)
    ground = models.CharField("理由代码", max_length=4, default="")
    note = models.CharField("说明", max_length=500, default="")
    target = models.ForeignKey(Power, models.PROTECT, null=True, related_name="+", verbose_name="并入")
    receivers = models.JSONField("承接单位", default=list)

    class Meta:
        ordering = ["power__sort_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "power"], name="decision_once"),
            models.CheckConstraint(condition=Q(kind="keep") | ~Q(ground=""), name="decision_has_ground"),
        ]

    def __str__(self) -> str:
        return f"{self.power}：{self.get_kind_display()}"


class OutsideList(models.Model):
    """The list of a comparable county or the upper level, as they published it: [{"name", "type", "unit"}]."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=100)
    source = models.CharField("来源", max_length=200, default="")
    rows: Any = models.JSONField("条目", default=list)
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        ordering = ["-entered_at"]

    def __str__(self) -> str:
        return self.title


class ImportJob(models.Model):
    """A list of matters from a file: checked row by row, then taken as a whole or not at all."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待检查"
        CHECKING = "checking", "正在检查"
        FAULTY = "faulty", "有错误，未导入"
        READY = "ready", "检查通过，等待确认"
        QUEUED = "queued", "等待导入"
        WRITING = "writing", "正在导入"
        DONE = "done", "已导入"
        FAILED = "failed", "没有导入"

    WORKING = ("waiting", "checking", "queued", "writing")

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="导入到")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_unit = models.CharField("单位", max_length=100)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    create_units = models.BooleanField("自动建立没有的单位", default=False)
    ignore_division = models.BooleanField("不看文件中的行政区划", default=False)
    publish = models.BooleanField("导入后立即公布", default=False)
    total = models.IntegerField("行数", default=0)
    done = models.IntegerField("已完成", default=0)
    faults: Any = models.JSONField("错误", default=list)
    fault_count = models.IntegerField("错误数", default=0)
    summary: Any = models.JSONField("结果", default=dict)
    note = models.CharField("说明", max_length=300, default="")
    created_at = models.DateTimeField("上传时间")
    touched_at = models.DateTimeField("最近处理时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["touched_at"], name="import_working",
                                condition=Q(state__in=["waiting", "checking", "queued", "writing"]))]

    def __str__(self) -> str:
        return f"{self.file.name}：{self.get_state_display()}"

    @property
    def working(self) -> bool:
        return self.state in self.WORKING
