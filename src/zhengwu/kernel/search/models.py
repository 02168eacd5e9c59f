"""What can be found: one row a thing (matter, case, article …), with the vector its text is found by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Document(models.Model):
    """A findable thing. ``vector`` holds bigrams made by ``lib.ngrams``; the database never parses Chinese."""

    kind = models.CharField("类别", max_length=30)
    key = models.CharField("标识", max_length=80)
    title = models.CharField("标题", max_length=300)
    body = models.TextField("正文摘录", blank=True, default="")
    url = models.CharField("地址", max_length=300)
    public = models.BooleanField("公开", default=False)
    unit_id = models.BigIntegerField("单位", null=True)
    division = models.CharField("行政区划", max_length=12, blank=True, default="")
    at = models.DateTimeField("时间")
    initials = models.CharField("拼音首字母", max_length=80, blank=True, default="")
    vector = SearchVectorField("检索向量")

    class Meta:
        verbose_name = "检索条目"
        verbose_name_plural = "检索条目"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="search_document_once")]
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector", fastupdate=False),
            models.Index(models.F("at").desc(), models.F("id").desc(), name="search_document_newest"),
            models.Index(models.F("unit_id"), models.F("at").desc(), name="search_document_unit"),
            models.Index(fields=["kind"], name="search_document_suggest", condition=~models.Q(initials="")),
        ]

    def __str__(self) -> str:
        return self.title
