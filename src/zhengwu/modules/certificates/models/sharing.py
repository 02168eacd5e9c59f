"""Who may look at other people's certificates for what, and every look."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.directory.models import Unit
from zhengwu.modules.certificates.models.certificate import Certificate


class Sharing(models.Model):
    """An authorisation (共享授权): ``unit`` may look at certificates of a type for one purpose, from a day to a day
    (both inclusive). Granted by the organ that defined the type. ``labels``: the face's items shown; empty means all.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待审核"
        GRANTED = "granted", "已授权"
        REFUSED = "refused", "未同意"
        REVOKED = "revoked", "已收回"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="使用单位")
    type_code = models.CharField("证照类型代码", max_length=21)
    type_name = models.CharField("证照类型", max_length=100)
    definer = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="提供单位")
    purpose = models.CharField("用途（事项）", max_length=100)
    basis = models.CharField("法律依据", max_length=200)
    labels = ArrayField(models.CharField(max_length=60), default=list, verbose_name="可看的信息项")
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("审核时间", null=True)
    reason = models.CharField("审核意见", max_length=300, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="sharing_range")]
        indexes = [models.Index(fields=["unit", "state"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.type_name} {self.purpose}"

    @property
    def stream(self) -> str:
        return f"certificate-sharing:{self.pk}"


class Access(models.Model):
    """One look at a certificate by somebody who is neither its holder nor its issuer; the holder sees all of them."""

    class Way(models.TextChoices):
        PAGE = "page", "工作台查询"
        API = "api", "系统接口"
        PRESENT = "present", "持证人出示"
        HELD = "held", "办事时免交调用"

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="accesses")
    sharing = models.ForeignKey(Sharing, models.PROTECT, null=True, related_name="accesses")
    unit_name = models.CharField("查看单位", max_length=100, default="")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    purpose = models.CharField("用途（事项）", max_length=100)
    subject = models.CharField("所办业务", max_length=80, default="")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["certificate", "-id"], name="access_by_certificate"),
                   models.Index(fields=["sharing", "-id"], name="access_by_sharing")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.purpose}"


class Presentation(models.Model):
    """亮证码: a code its holder shows for some minutes; whoever scans it sees the whole face, and it leaves a trace."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="presentations")
    code = models.CharField(max_length=16, unique=True)
    at = models.DateTimeField()
    until = models.DateTimeField()
    uses = models.SmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.certificate)
