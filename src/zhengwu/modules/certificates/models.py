"""Certificates as issued, and what became of them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today

HOLDER_CODE = "certificate.holder"
"""Names the column of holders' codes to the vault: a ciphertext from elsewhere does not open here."""

EVENT_WORDS = {
    "certificate.issued": "颁发", "certificate.sealed": "制作并签章", "certificate.held": "暂扣",
    "certificate.normal": "解除暂扣", "certificate.revoked": "撤销", "certificate.cancelled": "注销",
    "certificate.expired": "有效期届满失效",
}
"""The ledger's kinds of entry, as shown."""


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, actor: Actor) -> "CertificateQuerySet":
        """Whoever may see the case may see what it produced (owner, units of the case, inspectors of the area)."""
        return self.filter(case__in=Case.objects.visible_to(actor).values("pk"))

    def of_units(self, actor: Actor) -> "CertificateQuerySet":
        """What the units in which ``actor`` works have issued: the register (证照台账) of the desk."""
        return self.filter(unit_id__in=actor.unit_ids(*WORKERS))

    def in_state(self, state: str, on: date | None = None) -> "CertificateQuerySet":
        """By effective state: past its last day a certificate has lapsed, marked already or not."""
        day = on or today()
        lapsed = Q(status__in=Certificate.LAPSING, valid_to__lt=day)
        if state == Certificate.Status.EXPIRED:
            return self.filter(Q(status=state) | lapsed)
        return self.filter(status=state).exclude(lapsed)


class Certificate(models.Model):
    """One electronic certificate (GB/T 36903 face data). Changed only by the services of this package.

    ``valid_to`` is the last valid day, None without end. ``data["face"]`` holds pairs of label and text.
    ``file`` is empty until the paper has been made and sealed (``services.seal``).
    """

    class Status(models.TextChoices):
        NORMAL = "normal", "正常"
        HELD = "held", "暂扣"
        REVOKED = "revoked", "撤销"
        CANCELLED = "cancelled", "注销"
        EXPIRED = "expired", "失效"

    class CodeType(models.TextChoices):
        CITIZEN = "111", "公民身份号码"
        USCC = "001", "统一社会信用代码"
        NONE = "", "未登记"

    LAPSING = (Status.NORMAL, Status.HELD)

    identifier = models.CharField("电子证照标识", max_length=100, unique=True)
    number = models.CharField("证照编号", max_length=20)
    type_code = models.CharField("证照类型代码", max_length=21)
    version = models.SmallIntegerField("版本号", default=1)
    title = models.CharField("证照名称", max_length=200)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="certificates")
    holder_name = models.CharField("持证主体", max_length=100)
    holder_code_type = models.CharField("持证主体代码类型", max_length=3, choices=CodeType.choices, default="")
    holder_code_sealed = models.TextField("持证主体代码（密文）", default="")
    holder_code_index = models.CharField(max_length=64, default="", db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="certificates", verbose_name="颁发机构")
    case = models.ForeignKey(Case, models.PROTECT, related_name="certificates", verbose_name="办件")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="certificates", verbose_name="事项")
    issued_at = models.DateTimeField("颁发时间")
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期止", null=True)
    data = models.JSONField("照面内容", default=dict)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.NORMAL)
    status_at = models.DateTimeField("状态时间")
    status_reason = models.CharField("状态原因", max_length=300, default="")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "电子证照"
        verbose_name_plural = "电子证照"
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="certificate_case_once"),
            models.UniqueConstraint(fields=["type_code", "unit", "number"], name="certificate_number_once"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                                   name="certificate_range"),
            models.CheckConstraint(condition=Q(status="normal") | ~Q(status_reason=""),
                                   name="certificate_reason_given"),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="certificate_by_unit"),
            models.Index(fields=["holder", "-id"], name="certificate_by_holder"),
            models.Index(fields=["id"], name="certificate_unsealed", condition=Q(file=None)),
            models.Index(fields=["valid_to"], name="certificate_lapsing", condition=Q(status__in=["normal", "held"])),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def stream(self) -> str:
        """The ledger's stream of this certificate."""
        return f"certificate:{self.pk}"

    @property
    def state(self) -> str:
        """The effective status today: what has passed its last day has lapsed, marked already or not."""
        if self.status in self.LAPSING and self.valid_to is not None and self.valid_to < today():
            return self.Status.EXPIRED
        return self.status

    @property
    def state_label(self) -> str:
        return str(self.Status(self.state).label)

    @property
    def face(self) -> list[list[str]]:
        """Pairs of label and text on the paper's face."""
        return list(self.data.get("face", []))


class Series(models.Model):
    """The last running number of a type, issuer and year; taken inside the act's transaction, so without gaps."""

    key = models.CharField(max_length=60, primary_key=True)
    last = models.IntegerField()

    def __str__(self) -> str:
        return self.key
