"""Files as people hand them in or the platform makes them: one row a file, the bytes once per content on disk."""

import uuid

from django.conf import settings
from django.db import models

from zhengwu.lib.now import now


class StoredFile(models.Model):
    """A file somebody stored for a purpose. Equal bytes share one place on disk (``sm3``), never a row."""

    class State(models.TextChoices):
        OK = "ok", "正常"
        QUARANTINED = "quarantined", "已隔离"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    sm3 = models.CharField("SM3摘要", max_length=64)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="存入人", null=True, on_delete=models.PROTECT, related_name="+",
    )
    purpose = models.CharField("用途", max_length=40)
    subject = models.CharField("关联编号", max_length=80, blank=True, default="")
    created_at = models.DateTimeField("存入时间", default=now)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OK)

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = "文件"
        indexes = [
            models.Index(fields=["sm3"], name="stored_file_content"),
            models.Index(fields=["subject"], name="stored_file_subject", condition=~models.Q(subject="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_inline(self) -> bool:
        """Whether a browser may show it in place: pictures and PDF only, everything else is downloaded."""
        return self.media_type in {"application/pdf", "image/png", "image/jpeg"}
