"""What befalls certificates: renewals asked for, papers made, holders that are no more, stocks brought in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.modules.certificates.models.certificate import Certificate
from zhengwu.modules.certificates.models.kind import CertificateType


class Renewal(models.Model):
    """An application to renew (延续, 行政许可法 §50); one at a time for a certificate. Undecided past the last day it
    is deemed granted."""

    class State(models.TextChoices):
        ASKED = "asked", "待决定"
        GRANTED = "granted", "准予延续"
        REFUSED = "refused", "不予延续"
        DEEMED = "deemed", "视为准予延续"
        LAPSED = "lapsed", "证照失效而终止"

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="renewals")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    decided_at = models.DateTimeField("决定时间", null=True)
    reason = models.CharField("理由", max_length=300, default="")
    result = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="+", verbose_name="新证照")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["certificate"], condition=Q(state="asked"),
                                               name="certificate_renewal_once")]

    def __str__(self) -> str:
        return f"{self.certificate} {self.get_state_display()}"


class CertificatePaper(models.Model):
    """A numbered paper about a certificate (撤销决定书, 注销决定书 …); ``data`` is all its page needs, ``file`` the
    sealed print, kept from the first time somebody asked for it."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="papers")
    kind = models.CharField("文书种类", max_length=20)
    title = models.CharField("标题", max_length=100)
    number = models.CharField("文号", max_length=60)
    data = models.JSONField(default=dict)
    at = models.DateTimeField("制发时间")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class HolderEnd(models.Model):
    """A holder that is no more: a person who died, a body that was dissolved. Known by blind index only; nothing is
    issued to it any more, and what it held is to be cancelled (行政许可法 §70(二)(三))."""

    class Kind(models.TextChoices):
        DEATH = "death", "死亡"
        DISSOLVED = "dissolved", "依法终止"

    code_index = models.CharField(max_length=64, unique=True)
    kind = models.CharField("原因", max_length=10, choices=Kind.choices)
    on = models.DateField("日期")
    source = models.CharField("来源", max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    at = models.DateTimeField("登记时间")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class StockImport(models.Model):
    """A stock of paper certificates (存量证照) brought in from one Excel file: all of its rows, or none.

    ``problems``: rows of [line in the sheet, column, what is wrong]. ``done`` counts while the job writes.
    """

    class State(models.TextChoices):
        REFUSED = "refused", "有错行，未导入"
        CHECKED = "checked", "核对通过，待确认"
        QUEUED = "queued", "排队导入"
        RUNNING = "running", "正在导入"
        DONE = "done", "已导入"
        FAILED = "failed", "导入失败，未写入"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="颁发机构")
    kind = models.ForeignKey(CertificateType, models.PROTECT, related_name="+", verbose_name="证照类型")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    rows = models.IntegerField("行数", default=0)
    done = models.IntegerField("已写入", default=0)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    problems = models.JSONField("错行", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file.name} {self.get_state_display()}"
