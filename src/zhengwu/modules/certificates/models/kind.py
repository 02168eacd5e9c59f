"""证照类型目录 (GB/T 36902): what kinds of certificate there are, who defined them, and what stands on their face."""

from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.models import Unit


class CertificateType(models.Model):
    """One version of a type. Of a code one version is published; an edit makes a draft of the next.

    ``fields``: rows of ``{"key", "label", "required"}``, what stands on the face besides holder and validity.
    ``renew_before``: working days before the last day by which a renewal must be asked for (行政许可法 §50: 30 where
    no law says otherwise).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已公布"
        REPLACED = "replaced", "已被新版本替代"
        RETIRED = "retired", "已停用"

    class Holder(models.TextChoices):
        PERSON = "person", "自然人"
        ENTERPRISE = "enterprise", "法人和其他组织"
        ANY = "any", "自然人、法人和其他组织"

    class Validity(models.TextChoices):
        OPEN = "open", "长期有效"
        YEARS = "years", "固定年限"
        FREE = "free", "由颁发机构逐证确定"

    class Face(models.TextChoices):
        LANDSCAPE = "certificate", "横版（带边框）"
        PORTRAIT = "certificate-portrait", "竖版"

    code = models.CharField("证照类型代码", max_length=21)
    version = models.SmallIntegerField("版本", default=1)
    name = models.CharField("证照类型名称", max_length=100)
    definer = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="定义机构")
    holder = models.CharField("持证主体类别", max_length=12, choices=Holder.choices, default=Holder.ANY)
    validity = models.CharField("有效期规则", max_length=8, choices=Validity.choices, default=Validity.OPEN)
    years = models.SmallIntegerField("年限", null=True)
    renew_before = models.SmallIntegerField("延续申请提前工作日", default=30)
    fields = models.JSONField("照面信息项", default=list)
    face = models.CharField("照面版式", max_length=24, choices=Face.choices, default=Face.LANDSCAPE)
    basis = models.CharField("设定依据", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    changed_at = models.DateTimeField("最近修改")
    published_at = models.DateTimeField("公布时间", null=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="certificate_type_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="published"), name="certificate_type_published"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="draft"), name="certificate_type_draft"),
            models.CheckConstraint(condition=~Q(validity="years") | Q(years__gte=1, years__lte=50),
                                   name="certificate_type_years"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.version}版）"

    @property
    def stream(self) -> str:
        return f"certificate-type:{self.code}"
