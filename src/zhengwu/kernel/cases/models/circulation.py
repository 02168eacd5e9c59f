"""A case circulated for reading (传阅): who was to read it, and when they had."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models.case import Case


class Circulation(models.Model):
    """One reader of one circulation. It lets the reader see the case; it is no step and holds nothing up.

    ``read_at`` is the receipt: the reader has marked it as read, with a word of answer if they wish.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="circulations")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="circulations")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    sender_label = models.CharField("传阅人", max_length=160)
    note = models.CharField("传阅说明", max_length=200, default="")
    at = models.DateTimeField("传阅时间")
    read_at = models.DateTimeField("阅读时间", null=True)
    answer = models.CharField("阅读意见", max_length=200, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reader"], name="circulation_unread_once", condition=Q(read_at=None)
            )
        ]
        indexes = [models.Index(fields=["reader", "-id"], name="circulation_of_reader")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.reader_id}"
