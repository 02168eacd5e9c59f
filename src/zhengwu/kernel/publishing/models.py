"""What has been made public, and what was taken back."""

from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.models import Division, Unit


class PublicationQuerySet(models.QuerySet["Publication"]):
    def standing(self) -> "PublicationQuerySet":
        """What the public sees: not withdrawn."""
        return self.filter(withdrawn_at=None)


class Publication(models.Model):
    """One thing made public; ``kind`` and ``key`` name it once. Changed only by the services of this package.

    ``facts``: pairs of label and text, shown in order. ``url``: its own page, "" for the page this package draws.
    """

    kind = models.CharField("种类", max_length=24)
    key = models.CharField("标识", max_length=40)
    title = models.CharField("标题", max_length=300)
    summary = models.TextField("摘要", default="")
    facts = models.JSONField("公开内容", default=list)
    url = models.CharField("网址", max_length=300, default="")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="publications", verbose_name="公开单位")
    division = models.ForeignKey(Division, models.PROTECT, related_name="publications", verbose_name="行政区划")
    published_at = models.DateTimeField("公开时间")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=300, default="")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "公开信息"
        verbose_name_plural = "公开信息"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="publication_once"),
            models.CheckConstraint(condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                                   name="publication_withdrawn_with_reason"),
        ]
        indexes = [
            models.Index(fields=["kind", "-published_at", "-id"], name="publication_newest",
                         condition=Q(withdrawn_at=None)),
            models.Index(fields=["kind", "division", "-published_at", "-id"], name="publication_by_division",
                         condition=Q(withdrawn_at=None)),
            models.Index(fields=["kind", "unit", "-published_at", "-id"], name="publication_by_unit",
                         condition=Q(withdrawn_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """The ledger's stream of this publication."""
        return f"publication:{self.kind}:{self.key}"
