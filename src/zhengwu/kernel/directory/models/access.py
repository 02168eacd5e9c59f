"""Tokens of other systems, requests that may be repeated, and attempts that are counted."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiToken(models.Model):
    """A secret another system signs in with; only its SM3 digest is kept. It acts as ``account``, within ``scopes``."""

    class Scope(models.TextChoices):
        READ = "read", "查询"
        APPLY = "apply", "申报"
        WORK = "work", "办理"
        FILES = "files", "上传文件"

    name = models.CharField("系统名称", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope.choices), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField("停用时间", null=True)

    def __str__(self) -> str:
        return self.name


class RepeatedRequest(models.Model):
    """The answer once given to an Idempotency-Key, so that a repeated request is harmless."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=80)
    target = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="repeated_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.key


class Attempt(models.Model):
    """How often something that can be guessed was tried within a window."""

    key = models.CharField(max_length=120, primary_key=True)
    since = models.DateTimeField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return self.key
