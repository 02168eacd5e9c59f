"""The power and duty list (权责清单): what an organ may do at all, on which law, and since when.

A power that is not on the list must not be exercised (法无授权不可为): ``Power.in_force`` decides, and every door asks.
Each change — also the end of a power — is a ``PowerVersion`` that went through the gates and has an effective date.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.lib.now import today


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
    INNER_PROJECT = "61", "内部权力·项目管理"
    INNER_FUND = "62", "内部权力·资金分配"
    INNER_ASSET = "63", "内部权力·资产处置"
    INNER_PERSONNEL = "64", "内部权力·人事管理"
    INNER_FINANCE = "65", "内部权力·财务支出"
    INNER_PROCUREMENT = "66", "内部权力·物资采购"

    @property
    def inner(self) -> bool:
        """Whether it is a power over money, people and property inside the office (内部管理权力)."""
        return self.value >= "61"

    @property
    def by_office(self) -> bool:
        """Whether the office itself opens the case (依职权); nobody applies for it."""
        return self.value in BY_OFFICE


BY_OFFICE = ("02", "03", "04", "06", "61", "62", "63", "64", "65", "66")
"""Types nobody applies for: penalty, coercion, levy, inspection and the inner powers."""


class Law(models.Model):
    """A law, regulation or rule powers rest on. ``valid_to`` is the first day it no longer applies."""

    name = models.CharField("名称", max_length=200, unique=True)
    valid_from = models.DateField("施行日期", null=True)
    valid_to = models.DateField("失效日期", null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def in_force_q(day: date, prefix: str = "") -> Q:
    """Powers in force on ``day``, for any query that reaches one through ``prefix`` (``power__``)."""
    return Q(
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day}),
        Q(**{f"{prefix}basis_to": None}) | Q(**{f"{prefix}basis_to__gt": day}),
        **{f"{prefix}valid_from__lte": day},
    )


class PowerQuerySet(models.QuerySet["Power"]):
    def in_force(self, day: date) -> "PowerQuerySet":
        """Published, begun, not ended, and not without any law on ``day``."""
        return self.filter(in_force_q(day))

    def public(self) -> "PowerQuerySet":
        """What anybody may read: entered into the list, and not kept inside."""
        return self.filter(openness=Power.Openness.PUBLISHED).exclude(valid_from=None)

    def with_rows(self) -> "PowerQuerySet":
        """Everything a row of a list shows."""
        return self.select_related("unit", "division", "chart")


class Power(models.Model):
    """One power of one unit, as it stands; ``versions`` tell how it came to be so.

    ``valid_from`` is the first day it runs (None: never published), ``valid_to`` the first day it no longer does.
    ``basis_to`` is the first day on which none of its laws applies any more, kept from ``bases``. ``government``: a
    power of the level (政府层级), approved by the leader who holds ``leader_title`` at ``leader_unit``.
    """

    class Family(models.TextChoices):
        ADMINISTRATIVE = "administrative", "行政权力"
        INNER = "inner", "内部管理权力"

    class Openness(models.TextChoices):
        PUBLISHED = "published", "向社会公开"
        INNER = "inner", "仅内部公开"

    class Status(models.TextChoices):
        DRAFT = "draft", "编制中"
        PUBLISHED = "published", "已公布"
        MERGED = "merged", "已合并"
        DELEGATED = "delegated", "已下放"
        CANCELLED = "cancelled", "已取消"
        FILED = "filed", "已转为备案"

    code = models.CharField("权力编码", max_length=40, unique=True)
    name = models.CharField("权力名称", max_length=200)
    sort_key = models.CharField(max_length=400, default="")
    family = models.CharField("类别", max_length=16, choices=Family.choices, default=Family.ADMINISTRATIVE)
    type = models.CharField("权力类型", max_length=2, choices=MatterType.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="powers", verbose_name="实施主体")
    division = models.ForeignKey(Division, models.PROTECT, related_name="powers")
    sub_items = models.JSONField("子项", default=list)
    exercise = models.TextField("行使内容", default="")
    limit_n = models.SmallIntegerField("法定时限", null=True)
    limit_unit = models.CharField(max_length=16, default=LimitUnit.WORKING_DAY)
    limit_note = models.CharField("时限说明", max_length=300, default="")
    chart = models.ForeignKey(Definition, models.PROTECT, null=True, related_name="powers", verbose_name="流程图")
    duties = models.TextField("责任事项", default="")
    accountability = models.TextField("追责情形", default="")
    government = models.BooleanField("政府层级", default=False)
    leader_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="审批机构")
    leader_title = models.CharField("分管领导岗位", max_length=60, default="")
    openness = models.CharField("公开范围", max_length=10, choices=Openness.choices, default=Openness.PUBLISHED)
    to_complete = models.BooleanField("待完善", default=False)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    valid_from = models.DateField("生效日期", null=True)
    valid_to = models.DateField("终止日期", null=True)
    basis_to = models.DateField("依据全部失效日期", null=True)
    into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name="并入")
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="received", verbose_name="承接自")

    objects = PowerQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status="draft", valid_from=None) | ~Q(status="draft"),
                                   name="power_draft_never_began"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="power_range"),
            models.CheckConstraint(condition=Q(family="inner", type__gte="61") | Q(family="administrative",
                                   type__lt="61"), name="power_family"),
        ]
        indexes = [
            models.Index(fields=["division", "sort_key"], name="power_by_division"),
            models.Index(fields=["unit", "sort_key"], name="power_by_unit"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The ledger's stream of this power."""
        return f"power:{self.code}"

    @property
    def limit(self) -> Limit | None:
        return Limit(self.limit_n, LimitUnit(self.limit_unit)) if self.limit_n else None

    @property
    def limit_label(self) -> str:
        """The lawful limit in words; "" when the law sets none."""
        return self.limit.label if self.limit else ""

    def runs_on(self, day: date) -> bool:
        """Whether it is in force on ``day``; the same rule as ``in_force_q``."""
        return (self.valid_from is not None and self.valid_from <= day
                and (self.valid_to is None or day < self.valid_to)
                and (self.basis_to is None or day < self.basis_to))

    @property
    def state_label(self) -> str:
        """The state as of today: what begins or ends only later says on which day."""
        day = today()
        if self.valid_from is None:
            return str(self.get_status_display())
        if day < self.valid_from:
            return f"{self.valid_from.isoformat()}起生效"
        if self.valid_to is not None:
            return str(self.get_status_display()) if self.valid_to <= day else f"{self.valid_to.isoformat()}前有效"
        return "依据已失效" if self.basis_to is not None and self.basis_to <= day else str(self.get_status_display())


class LegalBasis(models.Model):
    """One article a power rests on. The earlier of its own end and its law's end counts."""

    power = models.ForeignKey(Power, models.CASCADE, related_name="bases")
    order = models.SmallIntegerField(default=0)
    law = models.ForeignKey(Law, models.PROTECT, related_name="bases", verbose_name="法律法规")
    article = models.CharField("条款", max_length=100, default="")
    text = models.TextField("条文", default="")
    valid_from = models.DateField("生效日期", null=True)
    valid_to = models.DateField("失效日期", null=True)

    class Meta:
        ordering = ["power", "order", "id"]

    def __str__(self) -> str:
        return f"《{self.law.name}》{self.article}"

    @property
    def ends(self) -> date | None:
        """The first day on which it no longer carries the power; needs ``law`` loaded."""
        return min((d for d in (self.valid_to, self.law.valid_to) if d is not None), default=None)

    @property
    def lapsed(self) -> bool:
        return self.ends is not None and self.ends <= today()


class PowerVersionQuerySet(models.QuerySet["PowerVersion"]):
    def open(self) -> "PowerVersionQuerySet":
        """On its way through the gates."""
        return self.filter(state__in=PowerVersion.OPEN)


class PowerVersion(models.Model):
    """One change of a power: what it is to become, the ground, and how far it has come.

    ``content`` as ``powers.content_of``; for an end of the power it repeats what it was. ``ground`` is a code of
    ``powers.GROUNDS``. ``target`` takes a merged power over, ``receivers`` (ids of units) a delegated one.
    """

    class Change(models.TextChoices):
        NEW = "new", "新增"
        CHANGE = "change", "调整"
        MERGE = "merge", "合并"
        DELEGATE = "delegate", "下放"
        CANCEL = "cancel", "取消"
        FILE = "file", "转为备案"

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        LEGAL = "legal", "合法性审查"
        STAFFING = "staffing", "编办审核"
        LEADER = "leader", "领导审批"
        APPROVED = "approved", "待公布"
        PUBLISHED = "published", "已公布"
        DROPPED = "dropped", "已撤回"

    OPEN = ("draft", "legal", "staffing", "leader", "approved")

    power = models.ForeignKey(Power, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版本号")
    change = models.CharField("变动", max_length=10, choices=Change.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    content: Any = models.JSONField("内容", default=dict)
    ground = models.CharField("理由代码", max_length=4, default="")
    reason = models.TextField("理由说明", default="")
    opinion = models.CharField("最近一次审核意见", max_length=500, default="")
    target = models.ForeignKey(Power, models.PROTECT, null=True, related_name="+", verbose_name="并入")
    receivers = models.JSONField("承接单位", default=list)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_by = models.JSONField("把关人（账号）", default=list)
    changed_at = models.DateTimeField("最近办理时间")
    effective = models.DateField("生效日期", null=True)
    applied = models.BooleanField("已生效", default=False)

    objects = PowerVersionQuerySet.as_manager()

    class Meta:
        ordering = ["power", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["power", "number"], name="power_version_number"),
            models.UniqueConstraint(fields=["power"], name="power_one_open",
                                    condition=Q(state__in=["draft", "legal", "staffing", "leader", "approved"])),
            models.CheckConstraint(condition=Q(state="published", effective__isnull=False) | ~Q(state="published"),
                                   name="power_published_has_day"),
        ]
        indexes = [
            models.Index(fields=["state", "changed_at"], name="power_version_state"),
            models.Index(fields=["effective"], name="power_version_due", condition=Q(state="published", applied=False)),
        ]

    def __str__(self) -> str:
        return f"{self.power} 第{self.number}版"
