"""What happened (``Event``) and what was sealed (``Seal``); triggers refuse UPDATE, DELETE and TRUNCATE."""

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One line of the ledger; ``stream`` names the chain it stands in (a case's number, ``account:7`` …).

    Written only by ``api.append``. ``prev`` and ``hash`` have 32 bytes; a stream begins behind zeros.
    Labels and ids only: no personal identifier, and no foreign key, so nothing cascades into it.
    """

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField("链", max_length=80)
    seq = models.IntegerField("序号")
    at = models.DateTimeField("时间")
    kind = models.CharField("事件", max_length=60)
    by_id = models.CharField("操作者标识", max_length=64)
    by_label = models.CharField("操作者", max_length=200)
    unit = models.CharField("单位", max_length=200)
    data = models.JSONField("内容")
    prev = models.BinaryField("上一事件摘要", max_length=32)
    hash = models.BinaryField("摘要", max_length=32)

    class Meta:
        verbose_name = "事件"
        verbose_name_plural = "事件"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="ledger_event_stream_seq"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="ledger_event_seq_from_1"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "at"], name="ledger_event_kind_at"),
            models.Index(fields=["by_id"], name="ledger_event_by"),
        ]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.kind}"


class Seal(models.Model):
    """A signed Merkle root over the events ``first_id`` … ``upto_id`` in the order of their ids.

    ``hash`` chains the seals; ``signature`` is SM2 (DER) over it. ``blocks`` only makes proofs fast and is
    checked too: for every 256 leaves the first event's id (8 bytes) and the subtree's hash (32 bytes).
    """

    number = models.IntegerField("封存号", primary_key=True)
    first_id = models.BigIntegerField("首个事件")
    upto_id = models.BigIntegerField("末个事件")
    count = models.IntegerField("事件数")
    root = models.BinaryField("根摘要", max_length=32)
    prev_hash = models.BinaryField("上一封存摘要", max_length=32, unique=True)
    hash = models.BinaryField("封存摘要", max_length=32)
    at = models.DateTimeField("封存时间")
    key_id = models.CharField("密钥标识", max_length=16)
    public_key = models.CharField("公钥", max_length=130)
    signature = models.BinaryField("签名", max_length=80)
    blocks = models.BinaryField("分块索引")

    class Meta:
        verbose_name = "封存"
        verbose_name_plural = "封存"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upto_id"], name="ledger_seal_upto"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, count__gte=1, upto_id__gte=models.F("first_id")),
                name="ledger_seal_range"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}号封存"
