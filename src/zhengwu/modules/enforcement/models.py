"""What an office knows of an enforcement case besides the case: party, facts, investigators, evidence, proposals;
discretion tables (裁量基准), registers to draw from (名录库) and draws (双随机).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Matter


class Affair(models.Model):
    """案卷: one per case opened by the office. The party's account sees the case from ``told_at`` on, not before:
    an investigation is not announced (行政处罚法 §55 shows the badge, it does not warn)."""

    class Party(models.TextChoices):
        PERSON = "person", "个人"
        ENTERPRISE = "enterprise", "单位"
        NONE = "none", "没有当事人"

    class Source(models.TextChoices):
        INSPECTION = "inspection", "监督检查发现"
        REPORT = "report", "投诉举报"
        TRANSFER = "transfer", "其他机关移送"
        SUPERIOR = "superior", "上级交办"
        PLAN = "plan", "年度计划"
        OTHER = "other", "其他"

    case = models.OneToOneField(Case, models.CASCADE, related_name="affair")
    subject = models.CharField("案由", max_length=120)
    source = models.CharField("线索来源", max_length=12, choices=Source.choices)
    facts = models.TextField("案情")
    place = models.CharField("发生地点", max_length=120, default="")
    happened_on = models.DateField("发生日期", null=True)
    party_kind = models.CharField("当事人类别", max_length=10, choices=Party.choices)
    party_account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="affairs")
    told_at = models.DateTimeField("告知当事人的时间", null=True)
    proposal = models.JSONField("拟处理意见", default=dict)
    hearing = models.JSONField("听证安排", default=dict)
    hearing_chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revision = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["party_account"], name="affair_by_party")]

    def __str__(self) -> str:
        return self.subject


class Investigator(models.Model):
    """执法人员 of one case, with the number of the badge shown (行政处罚法 §42, §55)."""

    affair = models.ForeignKey(Affair, models.CASCADE, related_name="investigators")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    badge = models.CharField("执法证号", max_length=30)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["affair", "account"], name="investigator_once")]

    def __str__(self) -> str:
        return f"{self.account.name}（{self.badge}）"


class Evidence(models.Model):
    """One piece of evidence, of the eight kinds of 行政处罚法 §46, with the file if there is one."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "书证"
        OBJECT = "object", "物证"
        RECORDING = "recording", "视听资料"
        DATA = "data", "电子数据"
        WITNESS = "witness", "证人证言"
        STATEMENT = "statement", "当事人的陈述"
        EXPERT = "expert", "鉴定意见"
        SCENE = "scene", "勘验笔录、现场笔录"

    affair = models.ForeignKey(Affair, models.CASCADE, related_name="evidence")
    name = models.CharField("证据名称", max_length=120)
    kind = models.CharField("证据种类", max_length=10, choices=Kind.choices)
    proves = models.CharField("证明内容", max_length=300)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("取得时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """What the party said in defence (陈述、申辩) or that a hearing is wanted, on line."""

    affair = models.ForeignKey(Affair, models.CASCADE, related_name="statements")
    text = models.TextField("陈述申辩意见")
    hearing = models.BooleanField("要求听证", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("提出时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.affair} {self.at:%Y-%m-%d}"


class Discretion(models.Model):
    """裁量基准: one line of a published table — the act, the circumstances, and between what the amount lies."""

    class Level(models.TextChoices):
        NONE = "none", "不予处罚"
        LIGHTER = "lighter", "减轻"
        LIGHT = "light", "从轻"
        MEDIUM = "medium", "一般"
        HEAVY = "heavy", "从重"

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="discretion")
    act = models.CharField("违法行为", max_length=120)
    level = models.CharField("裁量阶次", max_length=8, choices=Level.choices)
    circumstances = models.CharField("适用情形", max_length=300)
    low_cents = models.BigIntegerField("下限（分）", default=0)
    high_cents = models.BigIntegerField("上限（分）", default=0)
    basis = models.CharField("依据", max_length=200)

    class Meta:
        ordering = ["matter", "act", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(low_cents__gte=0, high_cents__gte=F("low_cents")), name="discretion_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.act}：{self.get_level_display()}"


class Candidate(models.Model):
    """名录库: what or who may be drawn — an object of inspection (public credit code) or an inspector (account)."""

    class Kind(models.TextChoices):
        OBJECT = "object", "检查对象"
        INSPECTOR = "inspector", "执法检查人员"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="candidates")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    code = models.CharField("统一社会信用代码或执法证号", max_length=30)
    name = models.CharField("名称或姓名", max_length=100)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    active = models.BooleanField("在库", default=True)

    class Meta:
        ordering = ["unit", "kind", "code"]
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "code"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class Draw(models.Model):
    """One random draw. Committed first: the lists, the numbers and the SM3 of a seed go into the ledger; then drawn:
    the seed is told, and anybody can compute the result again (``drawing.chosen``)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="draws")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="draws", verbose_name="检查件")
    title = models.CharField("抽查任务", max_length=120)
    lists = models.JSONField("冻结的名录")
    wanted = models.JSONField("抽取数量")
    seed_sealed = models.TextField("种子（密文）")
    seed_sm3 = models.CharField("种子摘要", max_length=64)
    lists_sm3 = models.CharField("名录摘要", max_length=64)
    seed = models.CharField("公开的种子", max_length=64, default="")
    result = models.JSONField("结果", default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    committed_at = models.DateTimeField("承诺时间")
    drawn_at = models.DateTimeField("抽取时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return f"draw:{self.pk}"
