"""Reading the ledger: a stream's events, seals, and the proof of one event."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from zhengwu.kernel.ledger.hashing import seal_fields
from zhengwu.kernel.ledger.models import Event, Seal
from zhengwu.kernel.ledger.proof import FORMAT
from zhengwu.kernel.ledger.services.seal import BLOCK, unpack_blocks
from zhengwu.lib import canonical, merkle


def events_of(stream: str) -> QuerySet[Event]:
    """The events of ``stream``, oldest first."""
    return Event.objects.filter(stream=stream).order_by("seq")


def latest_seal() -> Seal | None:
    """The newest seal."""
    return Seal.objects.order_by("-number").first()


def seals() -> QuerySet[Seal]:
    """All seals, newest first, without their block index."""
    return Seal.objects.defer("blocks").order_by("-number")


def seal_dict(seal: Seal) -> dict[str, Any]:
    """A seal as it is published: numbers, hex, moments as text."""
    said = seal_fields(number=seal.number, first=seal.first_id, upto=seal.upto_id, count=seal.count,
                       root=bytes(seal.root), prev_hash=bytes(seal.prev_hash), at=canonical.moment(seal.at))
    return said | {"hash": bytes(seal.hash).hex(), "key_id": seal.key_id, "public_key": seal.public_key,
                   "signature": bytes(seal.signature).hex()}


def proof_of(event: Event) -> dict[str, Any]:
    """Everything somebody needs to check ``event`` off line (``proof.check_proof``), as JSON.

    ``"status"`` is ``"pending"`` until a seal covers the event. Two queries: the seal with its block index,
    and the hashes of one block.
    """
    by = {"id": event.by_id, "label": event.by_label, "unit": event.unit}
    said = {"format": FORMAT, "status": "pending", "prev": bytes(event.prev).hex(),
            "hash": bytes(event.hash).hex(),
            "event": {"stream": event.stream, "seq": event.seq, "at": canonical.moment(event.at),
                      "kind": event.kind, "by": by, "data": event.data}}
    seal = Seal.objects.filter(upto_id__gte=event.pk).order_by("upto_id").first()
    if seal is None or event.pk < seal.first_id:
        return said
    index, path = _place(seal, event.pk)
    return said | {"status": "sealed", "seal": seal_dict(seal),
                   "leaf": {"index": index, "count": seal.count, "path": [step.hex() for step in path]}}


def proof_text(event: Event) -> str:
    """``proof_of`` in canonical form, one line: what people should be given to download, because the check with
    OpenSSL alone (``/seals/openssl/``) reads it with ``sed``."""
    return canonical.text(proof_of(event))


def _place(seal: Seal, event_id: int) -> tuple[int, list[bytes]]:
    """The leaf's index in the seal's tree and its audit path: within its block, then over the blocks."""
    starts, nodes = zip(*unpack_blocks(bytes(seal.blocks)), strict=True)
    block = max(i for i, start in enumerate(starts) if start <= event_id)
    end = starts[block + 1] if block + 1 < len(starts) else seal.upto_id + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, hash FROM ledger_event WHERE id >= %s AND id < %s ORDER BY id",
                       (starts[block], end))
        rows = cursor.fetchall()
    inside = next(i for i, (number, _) in enumerate(rows) if number == event_id)
    path = merkle.path([bytes(digest) for _, digest in rows], inside)
    return block * BLOCK + inside, path + merkle.fold_path(nodes, block)
