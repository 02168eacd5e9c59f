"""Notices people read here, and messages that wait to leave the house."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.lib.now import now


class Notice(models.Model):
    """One notice to one account. ``key`` makes it once, however often the deed behind it is repeated."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="收件账号", related_name="notices",
        db_index=False,
    )
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True, default="")
    url = models.CharField("地址", max_length=300, blank=True, default="")
    key = models.CharField("唯一键", max_length=160)
    created_at = models.DateTimeField("时间", default=now)
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        constraints = [models.UniqueConstraint(fields=["key"], name="notice_once")]
        indexes = [
            models.Index("account", models.F("created_at").desc(), models.F("id").desc(), name="notice_newest"),
            models.Index("account", name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class Outbox(models.Model):
    """A message for the outside. Written in the transaction of its deed, sent later by ``sweep.sweep_outbox``.

    It goes to ``address_sealed`` (encrypted, for people without an account) or else to what the directory knows of
    ``account`` at the moment of sending.
    """

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        MAIL = "mail", "邮件"

    class State(models.TextChoices):
        PENDING = "pending", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="收件账号", null=True, related_name="+",
        db_index=False,
    )
    address_sealed = models.TextField("地址（密文）", blank=True, default="")
    text = models.TextField("内容")
    key = models.CharField("唯一键", max_length=170)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    created_at = models.DateTimeField("产生时间", default=now)
    next_at = models.DateTimeField("下次发送", default=now)
    sent_at = models.DateTimeField("发送时间", null=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "待发消息"
        verbose_name_plural = "待发消息"
        constraints = [models.UniqueConstraint(fields=["key"], name="outbox_once")]
        indexes = [models.Index(fields=["next_at"], name="outbox_due", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return self.key
