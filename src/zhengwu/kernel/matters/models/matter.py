"""What may be asked: the basic list (基本目录) and each unit's implementation of it (实施清单).

Codes follow 国办发〔2018〕45号 practice: 12 characters for the basic list, 31 for the implementation (credit code 18 +
level 1 + basic code 12). Types are those of GB/T 39046-2020 Annex A.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.models.place import ServicePoint, Window


class MatterType(models.TextChoices):
    PERMIT = "01", "行政许可"
    PENALTY = "02", "行政处罚"
    COERCION = "03", "行政强制"
    LEVY = "04", "行政征收"
    PAYMENT = "05", "行政给付"
    INSPECTION = "06", "行政检查"
    CONFIRMATION = "07", "行政确认"
    AWARD = "08", "行政奖励"
    RULING = "09", "行政裁决"
    OTHER = "10", "其他行政权力"
    PUBLIC_SERVICE = "20", "公共服务"


class MasterMatter(models.Model):
    """An entry of the basic list: the same everywhere in the city."""

    code = models.CharField("基本编码", max_length=12, unique=True)
    name = models.CharField("事项名称", max_length=200)
    type = models.CharField("事项类型", max_length=2, choices=MatterType.choices)
    field = models.CharField("业务领域", max_length=40)
    basis = models.TextField("设定依据")
    lawful_days = models.SmallIntegerField("法定时限（工作日）")
    for_person = models.BooleanField("面向自然人", default=True)
    for_enterprise = models.BooleanField("面向法人", default=False)
    theme = models.CharField("服务主题", max_length=20, default="")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class MatterQuerySet(models.QuerySet["Matter"]):
    def in_force(self, day: date) -> "MatterQuerySet":
        """Published and valid on ``day``: what runs through a door."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), status=Matter.Status.PUBLISHED, valid_from__lte=day)

    def with_guide(self) -> "MatterQuerySet":
        """Everything a row or a guide shows, without a query more per row."""
        return self.select_related("master", "division", "unit", "point", "window", "chart")


class Matter(models.Model):
    """One unit's implementation of a master matter: the guide's facts and the chart its cases run on."""

    class Kind(models.TextChoices):
        INSTANT = "instant", "即办件"
        PROMISED = "promised", "承诺件"
        JOINT = "joint", "联办件"

    class Status(models.TextChoices):
        DRAFT = "draft", "起草"
        PUBLISHED = "published", "已公布"
        WITHDRAWN = "withdrawn", "已停办"

    code = models.CharField("实施编码", max_length=31, unique=True)
    master = models.ForeignKey(MasterMatter, models.PROTECT, related_name="implementations")
    name = models.CharField("事项名称", max_length=200)
    sort_key = models.CharField(max_length=400, default="", db_index=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="matters")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="matters", verbose_name="实施主体")
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="matters", verbose_name="办理地点")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="matters", verbose_name="窗口")
    chart = models.ForeignKey(Definition, models.PROTECT, related_name="matters", verbose_name="流程图")
    kind = models.CharField("办件类型", max_length=10, choices=Kind.choices)
    lawful_n = models.SmallIntegerField("法定时限")
    lawful_unit = models.CharField(max_length=16, default=LimitUnit.WORKING_DAY)
    promised_n = models.SmallIntegerField("承诺时限")
    promised_unit = models.CharField(max_length=16, default=LimitUnit.WORKING_DAY)
    conditions = models.TextField("受理条件", default="")
    procedure = models.TextField("办理程序", default="")
    fee_cents = models.PositiveIntegerField("收费（分）", default=0)
    fee_text = models.CharField("收费说明", max_length=300, default="不收费")
    fee_basis = models.CharField("收费依据", max_length=300, default="")
    result_name = models.CharField("办理结果", max_length=100, default="")
    certificate_type = models.CharField("证照类型代码", max_length=21, default="")
    certificate_years = models.SmallIntegerField("证照有效期（年）", null=True)
    phone = models.CharField("咨询电话", max_length=40, default="")
    complaint_phone = models.CharField("监督电话", max_length=40, default="")
    online = models.BooleanField("网上可办", default=True)
    visits = models.SmallIntegerField("到现场次数", default=0)
    form_schema = models.JSONField("申请表（JSON Schema）", default=dict)
    complete = models.BooleanField("材料与流程已细化", default=False)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="matter_range"),
            models.CheckConstraint(condition=Q(promised_n__gt=0, lawful_n__gt=0), name="matter_limits"),
        ]
        indexes = [
            models.Index(fields=["division", "sort_key"]),
            models.Index(fields=["unit", "sort_key"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lawful(self) -> Limit:
        return Limit(self.lawful_n, LimitUnit(self.lawful_unit))

    @property
    def promised(self) -> Limit:
        return Limit(self.promised_n, LimitUnit(self.promised_unit))


class Material(models.Model):
    """What the applicant must hand in (GB/T 39046 T4)."""

    class Form(models.TextChoices):
        PAPER = "paper", "纸质"
        ELECTRONIC = "electronic", "电子"
        EITHER = "either", "纸质或电子"

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="materials")
    order = models.SmallIntegerField(default=0)
    name = models.CharField("材料名称", max_length=200)
    source = models.CharField("来源", max_length=60, default="申请人自备")
    originals = models.SmallIntegerField("原件份数", default=1)
    copies = models.SmallIntegerField("复印件份数", default=0)
    form = models.CharField("形式", max_length=12, choices=Form.choices, default=Form.EITHER)
    required = models.BooleanField("必要", default=True)
    note = models.CharField("填报须知", max_length=300, default="")

    class Meta:
        ordering = ["matter", "order", "id"]

    def __str__(self) -> str:
        return self.name


class JointUnit(models.Model):
    """A unit that reviews its part of a joint matter (并联审批) within its own limit, in working days."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="joint_units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="joint_matters")
    order = models.SmallIntegerField(default=0)
    part = models.CharField("审查内容", max_length=100)
    limit_days = models.SmallIntegerField("本部门时限（工作日）")

    class Meta:
        ordering = ["matter", "order"]
        constraints = [models.UniqueConstraint(fields=["matter", "unit"], name="joint_unit_once")]

    def __str__(self) -> str:
        return f"{self.unit}：{self.part}"
