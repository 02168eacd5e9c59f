"""Parcels and what the carrier tells of them."""

from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def visible_to(self, actor: Actor) -> "ParcelQuerySet":
        """Whoever may see the case."""
        return self.filter(case__in=Case.objects.visible_to(actor).values("pk"))

    def to_send(self, actor: Actor) -> "ParcelQuerySet":
        """Parcels of the cases the actor's units take part in."""
        return self.filter(case__unit_ids__overlap=actor.unit_ids(*WORKERS))


class Parcel(models.Model):
    """One sending. Name, telephone and address lie sealed and are shown to who packs it and to the applicant."""

    class State(models.TextChoices):
        WANTED = "wanted", "待寄出"
        SENT = "sent", "运输中"
        SIGNED = "signed", "已签收"
        RETURNED = "returned", "已退回"
        CANCELLED = "cancelled", "已改为自取"

    case = models.ForeignKey(Case, models.PROTECT, related_name="parcels")
    recipient_sealed = models.TextField("收件人（密文）")
    phone_sealed = models.TextField("手机号码（密文）")
    address_sealed = models.TextField("地址（密文）")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WANTED)
    carrier = models.CharField("承运商", max_length=20, default="")
    tracking = models.CharField("运单号", max_length=40, default="")
    wanted_at = models.DateTimeField("选择邮寄时间")
    sent_at = models.DateTimeField("寄出时间", null=True)
    ended_at = models.DateTimeField("签收或退回时间", null=True)
    looked_at = models.DateTimeField("上次查询时间", null=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=["wanted", "sent"]), name="parcel_one_open"),
            models.UniqueConstraint(fields=["carrier", "tracking"], condition=~Q(tracking=""), name="parcel_tracking"),
        ]
        indexes = [models.Index(fields=["looked_at"], condition=Q(state="sent"), name="parcel_under_way")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.tracking}"


class Trace(models.Model):
    """What the carrier told, each once."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="traces")
    at = models.DateTimeField()
    words = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["parcel", "at", "words"], name="trace_once")]

    def __str__(self) -> str:
        return self.words
