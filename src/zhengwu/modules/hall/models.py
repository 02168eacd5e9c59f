"""What the hall keeps of its own: who else must agree to an application, bundles of cases begun from one event of
life, and the secret address of somebody's calendar. Cases, drafts and papers are the kernel's."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models import Case, Draft


class CoApplicant(models.Model):
    """Somebody asked to apply together with whoever fills in a draft; nothing is submitted before all agreed.

    ``digest`` is what they agreed to: SM3 of form, answers and files. Another digest is another application, and they
    are asked again. Found by ``id_index`` among accounts; the number itself is sealed.
    """

    class State(models.TextChoices):
        ASKED = "asked", "等待确认"
        AGREED = "agreed", "已确认"
        REFUSED = "refused", "不同意"

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="co_applicants")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField("姓名或名称", max_length=100)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ASKED)
    digest = models.CharField(max_length=64, default="")
    asked_at = models.DateTimeField("邀请时间")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["draft", "account"], name="co_applicant_once")]

    def __str__(self) -> str:
        return self.name


class Bundle(models.Model):
    """One event of life (一件事): several cases begun together from one set of answers and papers."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    scene = models.CharField("情景", max_length=40)
    title = models.CharField("名称", max_length=100)
    opened_at = models.DateTimeField("开始时间")
    key = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="bundle_once")]
        indexes = [models.Index(fields=["account", "-opened_at"])]

    def __str__(self) -> str:
        return self.title


class BundleCase(models.Model):
    """One case of a bundle."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="links")
    case = models.OneToOneField(Case, models.CASCADE, related_name="bundle_link")
    order = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.bundle_id}:{self.case_id}"


class SceneDraft(models.Model):
    """What somebody has answered, typed and uploaded for a scene, until the cases are opened."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    scene = models.CharField(max_length=40)
    division = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    form = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    key = models.CharField(max_length=40)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "scene"], name="scene_draft_once")]

    def __str__(self) -> str:
        return self.scene


class CalendarFeed(models.Model):
    """The secret address by which somebody's calendar program fetches their dates; found by ``index`` only."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    index = models.CharField(max_length=64, unique=True)
    secret_sealed = models.TextField("密钥（密文）")
    made_at = models.DateTimeField("生成时间")
    revoked_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(index=""), name="calendar_feed_secret")]

    def __str__(self) -> str:
        return f"account:{self.account_id}"
