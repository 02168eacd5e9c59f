"""Who stands in a case besides the account that opened it, and who may speak for whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.cases.models.case import Case
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now


class Mandate(models.Model):
    """A power of attorney (授权委托书, 民法典 §165): ``agent`` may act for the grantor within its scope and term.

    The grantor is an account, or a person without one, known by name and blind index. In force between ``valid_from``
    and ``valid_to`` (exclusive) once given and until revoked; the services look at the moment of each act.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待授权"
        GIVEN = "given", "已授权"
        DECLINED = "declined", "已拒绝"
        REVOKED = "revoked", "已撤回"

    class Evidence(models.TextChoices):
        ONLINE = "online", "本人在线签署"
        PAPER = "paper", "纸质委托书照片"
        SMS = "sms", "短信验证码确认"

    grantor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="mandates_given")
    grantor_name = models.CharField("委托人", max_length=100)
    grantor_id_sealed = models.TextField("委托人证件号码（密文）", default="")
    grantor_index = models.CharField(max_length=64, default="", db_index=True)
    grantor_phone_sealed = models.TextField("委托人手机号码（密文）", default="")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates_held")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+", verbose_name="限于事项")
    scope = models.CharField("委托权限", max_length=200, default="代为提交材料、补正、查询进度、领取结果")
    evidence = models.CharField("授权方式", max_length=8, choices=Evidence.choices)
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    valid_from = models.DateTimeField("生效时间")
    valid_to = models.DateTimeField("失效时间")
    given_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="mandate_range"),
            models.CheckConstraint(condition=~Q(grantor=F("agent")), name="mandate_other"),
        ]
        indexes = [models.Index(fields=["agent", "state"])]

    def __str__(self) -> str:
        return f"{self.agent} 代 {self.grantor_name}"


class PartyQuerySet(models.QuerySet["Party"]):
    def seen_by(self, account_id: int) -> "PartyQuerySet":
        """The rows that let an account see their case: not ended, and the mandate they rest on not run out."""
        return self.filter(account_id=account_id, until=None).exclude(mandate__valid_to__lte=now())


class Party(models.Model):
    """A person or body in a case: a joint applicant, an agent, the one a penalty is about, an intermediary.

    The account that applied stands on ``Case.applicant``; a walk-in without account stands here as ``applicant`` until
    the case is claimed. ``account`` sees the case while ``until`` is empty. Identifiers are sealed and found by
    ``id_index``.
    """

    class Role(models.TextChoices):
        APPLICANT = "applicant", "申请人"
        JOINT = "joint", "共同申请人"
        AGENT = "agent", "代理人"
        CONCERNED = "concerned", "当事人"
        INTERMEDIARY = "intermediary", "中介机构"

    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    role = models.CharField("身份", max_length=12, choices=Role.choices)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="parties")
    name = models.CharField("姓名或名称", max_length=100)
    id_kind = models.CharField("证件类型（111 身份证，001 信用代码）", max_length=3, default="111")
    id_sealed = models.TextField("证件号码（密文）", default="")
    id_index = models.CharField(max_length=64, default="", db_index=True)
    phone_sealed = models.TextField("手机号码（密文）", default="")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="parties")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "case"], name="party_by_account", condition=Q(until=None))]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_role_display()} {self.name}"
