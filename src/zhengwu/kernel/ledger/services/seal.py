"""Sealing: every event since the last seal into one Merkle tree, signed."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db import OperationalError, connection, transaction

from zhengwu.kernel.ledger.hashing import seal_fields, seal_hash
from zhengwu.kernel.ledger.keys import signing_key
from zhengwu.kernel.ledger.models import Seal
from zhengwu.lib import canonical, merkle
from zhengwu.lib import now as clock
from zhengwu.lib.problem import Conflict

BLOCK = 256  # leaves under one entry of Seal.blocks; a power of two, so that its hash is a node of the tree
_ENTRY = 40  # bytes of an entry: the first event's id, the node
_ONE_SEALER = 0x5A57_5EA1  # the advisory lock's number
_PORTION = 20_000
_RANGE = "SELECT id, hash FROM ledger_event WHERE id > %s AND id <= %s ORDER BY id LIMIT %s"
_ATTEMPTS, _WAIT, _PAUSE = 5, "2s", 0.5


def seal(now: datetime | None = None) -> Seal | None:
    """Seals what happened since the last seal and returns the seal; None when nothing did.

    Not inside a transaction: writers are held up only while the end of the range is read. Of two sealers at
    once one seals and the other finds nothing left. Raises ``Conflict`` when long writes leave no gap.
    """
    upto = _settled_end()
    if upto is None:
        return None
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_ONE_SEALER,))
        last = Seal.objects.order_by("-number").first()
        after = last.upto_id if last else 0
        if upto <= after:
            return None
        first_id, count, blocks = _blocks(after, upto)
        fields = seal_fields(number=last.number + 1 if last else 1, first=first_id, upto=upto, count=count,
                             root=merkle.fold(node for _, node in blocks),
                             prev_hash=bytes(last.hash) if last else canonical.ZERO,
                             at=canonical.moment(now or clock.now()))
        digest, key = seal_hash(fields), signing_key()
        return Seal.objects.create(
            number=fields["number"], first_id=first_id, upto_id=upto, count=count,
            root=bytes.fromhex(fields["root"]), prev_hash=bytes.fromhex(fields["prev_hash"]), hash=digest,
            at=now or datetime.fromisoformat(fields["at"]), key_id=key.id, public_key=key.public_hex,
            signature=key.sign(digest), blocks=pack_blocks(blocks))


def pack_blocks(blocks: list[tuple[int, bytes]]) -> bytes:
    """(first id, node) of each block as ``Seal.blocks`` holds them."""
    return b"".join(first.to_bytes(8, "big") + node for first, node in blocks)


def unpack_blocks(raw: bytes) -> list[tuple[int, bytes]]:
    """Undoes ``pack_blocks``. Raises ValueError when the length cannot be right."""
    if not raw or len(raw) % _ENTRY:
        raise ValueError("ledger: block index of a wrong length")
    return [(int.from_bytes(raw[i:i + 8], "big"), raw[i + 8:i + _ENTRY]) for i in range(0, len(raw), _ENTRY)]


def _settled_end() -> int | None:
    """The largest event id below which nothing can appear any more.

    Ids are drawn at insertion but seen at commit, so a running transaction may still bring a smaller one. The
    SHARE lock waits for all of them; who comes later draws a larger id, as drawing follows the table lock.
    A waiting lock also stops newcomers, so we give up soon and try again rather than queue behind a long
    write.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", (_WAIT,))
                cursor.execute("LOCK TABLE ledger_event IN SHARE MODE")
                cursor.execute("SELECT max(id) FROM ledger_event")
                return cursor.fetchone()[0]  # type: ignore[no-any-return]
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            time.sleep(_PAUSE * (attempt + 1))
    raise Conflict("ledger-busy", "正在进行大批量写入，暂时无法封存，请稍后再试",
                   "long writes leave no gap to seal")


def _blocks(after: int, upto: int) -> tuple[int, int, list[tuple[int, bytes]]]:
    """First id, number of events, and for every ``BLOCK`` of them the first id and the subtree's hash."""
    first, start, count = 0, 0, 0
    found: list[tuple[int, bytes]] = []
    leaves: list[bytes] = []
    for number, digest in _hashes(after, upto):
        if not leaves:
            start = number
            first = first or number
        leaves.append(digest)
        if len(leaves) == BLOCK:
            found.append((start, merkle.root(leaves)))
            count, leaves = count + BLOCK, []
    if leaves:
        found.append((start, merkle.root(leaves)))
    return first, count + len(leaves), found


def _hashes(after: int, upto: int) -> Iterator[tuple[int, bytes]]:
    """(id, hash) of the range in the order of ids, fetched in portions by key."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_RANGE, (after, upto, _PORTION))
            rows = cursor.fetchall()
        yield from ((number, bytes(digest)) for number, digest in rows)
        if len(rows) < _PORTION:
            return
        after = rows[-1][0]
