"""电子印章: picture, holder, custodian, certificate, validity, state; and every use."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.now import today


class Seal(models.Model):
    """An organ's electronic seal (在线政务服务规定 §8–9). The private key lies in ``KEYS_DIR/<key_file>``, never here.

    ``picture`` empty: drawn from the organ's name. ``purpose``: the words below the star; "" is the organ's own seal.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "在用"
        STOPPED = "stopped", "停用"
        REVOKED = "revoked", "已注销"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="seals", verbose_name="印章持有人")
    name = models.CharField("印章名称", max_length=120)
    purpose = models.CharField("专用字样", max_length=20, default="", blank=True)
    custodian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保管人")
    picture = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    key_file = models.CharField(max_length=60)
    subject = models.CharField("证书主体", max_length=200)
    issuer = models.CharField("证书颁发者", max_length=200)
    serial = models.CharField("证书序列号", max_length=60)
    fingerprint = models.CharField("证书指纹（SHA-256）", max_length=64)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("有效期止")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ACTIVE)
    state_at = models.DateTimeField("状态时间")
    reason = models.CharField("状态原因", max_length=300, default="")

    class Meta:
        ordering = ["unit_id", "purpose", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="seal_range"),
            models.UniqueConstraint(fields=["unit", "purpose"], condition=Q(state="active"), name="seal_active_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"organ-seal:{self.pk}"

    def usable_on(self, day: date) -> bool:
        """Whether it may be put on a paper that day."""
        return self.state == self.State.ACTIVE and self.valid_from <= day <= self.valid_to

    @property
    def state_label(self) -> str:
        """As shown: an active seal past its last day is 已过期."""
        if self.state == self.State.ACTIVE and not self.usable_on(today()):
            return "已过期" if today() > self.valid_to else "未启用"
        return str(self.State(self.state).label)


class SealUse(models.Model):
    """One use of a seal: on which paper, when, at whose instance ("系统" for what the platform seals by itself)."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="uses")
    title = models.CharField("文书", max_length=200)
    number = models.CharField("文号", max_length=100, default="")
    subject = models.CharField(max_length=120)
    sm3 = models.CharField("文件摘要", max_length=64)
    by_label = models.CharField("用印人", max_length=100)
    at = models.DateTimeField("用印时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["seal", "-id"], name="seal_use_by_seal")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
