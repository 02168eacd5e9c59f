"""Checking the whole ledger: every event, chain and seal; stops at the first thing that is broken."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from zhengwu.kernel.ledger.hashing import event_hash, event_text, seal_hash
from zhengwu.kernel.ledger.keys import trusted_keys
from zhengwu.kernel.ledger.models import Seal
from zhengwu.kernel.ledger.proof import sealed_part
from zhengwu.kernel.ledger.selectors import seal_dict
from zhengwu.kernel.ledger.services.seal import BLOCK, unpack_blocks
from zhengwu.lib import canonical, merkle
from zhengwu.lib.sm import key_id, sm2_verify

# The database writes the moment in the form of canonical.moment: cheaper than doing it here.
_SQL = """SELECT id, stream, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind,
by_id, by_label, unit, data::text, prev, hash FROM ledger_event WHERE %s::bigint IS NULL OR id <= %s ORDER BY id"""
_PORTION = 5_000


@dataclass(frozen=True)
class Broken:
    """The first place that is wrong: an event (id, stream, seq; else 0, "") or a seal's number, or both."""

    what: str
    event_id: int = 0
    stream: str = ""
    seq: int = 0
    seal: int = 0

    def __str__(self) -> str:
        place = f"{self.stream} 第{self.seq}个事件（事件号 {self.event_id}）" if self.stream else ""
        sealed = f"第{self.seal}号封存" if self.seal else ""
        return f"{'，'.join(filter(None, (sealed, place)))}：{self.what}"


@dataclass(frozen=True)
class Report:
    """What ``verify`` saw: counts up to the end or the first break, seconds it took."""

    ok: bool
    events: int
    seals: int
    pending: int
    first_broken: Broken | None
    seconds: float


class BrokenError(Exception):
    """Carries a ``Broken`` out of the loops."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(str(broken))
        self.broken = broken


def verify(progress: Callable[[int], object] | None = None, upto: int | None = None, *,
           trusted: Collection[str] | None = None, published: Mapping[int, str] | None = None) -> Report:
    """Recomputes everything from the stored rows.

    ``progress`` is told the number of events checked so far, every few thousand. ``upto`` ends at that event
    id. ``trusted`` are public keys (default: this installation's). ``published`` maps seal numbers to the
    hash (hex) seen elsewhere earlier: who owns the database and the key could replace the newest seals, and only
    what has left the house shows that. Nothing shows that the last, never sealed events of a stream are gone.
    """
    began = time.monotonic()
    check = _Check(trusted_keys() if trusted is None else trusted, published or {}, upto)
    broken = None
    try:
        check.run(progress)
    except BrokenError as found:
        broken = found.broken
    return Report(broken is None, check.events, check.sealed, check.pending, broken, time.monotonic() - began)


class _Check:
    """One pass in the order of ids, which is a stream's own order too; seals end ranges."""

    def __init__(self, trusted: Collection[str], published: Mapping[int, str], upto: int | None) -> None:
        self.trusted, self.published, self.upto = trusted, published, upto
        self.events = self.sealed = self.pending = 0
        self.heads: dict[str, tuple[int, bytes]] = {}
        self.last_seal: Seal | None = None

    def run(self, progress: Callable[[int], object] | None) -> None:
        queue = Seal.objects.defer("blocks").order_by("number")
        if self.upto is not None:
            queue = queue.filter(upto_id__lte=self.upto)
        waiting = list(queue)  # before the events' snapshot: an event of a seal listed here is always in it
        waiting.reverse()
        range_ = _Range()
        for rows in self._portions():
            for row in rows:
                while waiting and row[0] > waiting[-1].upto_id:
                    self._check_seal(waiting.pop(), range_)
                    range_ = _Range()
                range_.add(row, self._check_event(row))
            if progress:
                progress(self.events)
        while waiting:
            self._check_seal(waiting.pop(), range_)
            range_ = _Range()
        self.pending = range_.count
        missing = [number for number in self.published if self.upto is None and number > self.sealed]
        if missing:
            raise BrokenError(Broken("已经公布，但数据库中没有", seal=min(missing)))

    def _portions(self) -> Iterator[list[Any]]:
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(_SQL, (self.upto, self.upto))
            while rows := cursor.fetchmany(_PORTION):
                yield rows

    def _check_event(self, row: Any) -> bytes:
        """The event's recomputed hash."""
        number, stream, seq, at, kind, by_id, by_label, unit, data, prev, stored = row
        last_seq, last_hash = self.heads.get(stream, (0, canonical.ZERO))
        if seq != last_seq + 1:
            what = f"应为第{last_seq + 1}个事件：其间的事件被删除或次序被改动"
            raise BrokenError(Broken(what, number, stream, seq))
        if prev != last_hash:
            raise BrokenError(Broken("上一事件摘要与链上不符：链被截断、替换或重排", number, stream, seq))
        try:
            text = event_text(stream=stream, seq=seq, at=at, kind=kind, by=(by_id, by_label, unit),
                              data=canonical.recode(data))
        except ValueError:
            raise BrokenError(Broken("内容含有存证不允许的数值", number, stream, seq)) from None
        digest = event_hash(last_hash, text)
        if digest != stored:
            raise BrokenError(Broken("内容与摘要不符：内容或摘要被改动过", number, stream, seq))
        self.heads[stream] = (seq, digest)
        self.events += 1
        return digest

    def _check_seal(self, seal: Seal, found: "_Range") -> None:
        said = seal_dict(seal)
        expected = self.sealed + 1
        prev_hash = bytes(self.last_seal.hash) if self.last_seal else canonical.ZERO
        digest = seal_hash(sealed_part(said))
        published = self.published.get(seal.number)
        for wrong, what in (
            (seal.number != expected, f"缺少第{expected}号封存"),
            (bytes(seal.prev_hash) != prev_hash, "上一封存摘要不符：封存链被截断或替换"),
            (digest != bytes(seal.hash), "封存内容与封存摘要不符"),
            (key_id(seal.public_key) != seal.key_id, "密钥标识与公钥不符"),
            (seal.public_key not in self.trusted, "签名公钥不是本系统的公钥"),
            (not sm2_verify(seal.public_key, digest, bytes(seal.signature)), "签名不正确"),
            (published is not None and published.lower() != digest.hex(), "与已经公布的封存摘要不一致"),
        ):
            if wrong:
                raise BrokenError(Broken(what, seal=seal.number))
        self._check_leaves(seal, found)
        self.sealed, self.last_seal = expected, seal

    @staticmethod
    def _check_leaves(seal: Seal, found: "_Range") -> None:
        """Compares the events with the signed root; when they differ the block index tells where."""
        blocks = found.finished()
        nodes = [(block.first_id, block.node) for block in blocks]
        try:
            stored = unpack_blocks(bytes(seal.blocks))
        except ValueError:
            raise BrokenError(Broken("分块索引损坏", seal=seal.number)) from None
        root_holds = merkle.fold(node for _, node in stored) == bytes(seal.root)
        if root_holds:
            for kept, node, block in zip(stored, nodes, blocks, strict=False):
                if kept != node:
                    raise BrokenError(block.broken(seal.number))
        for wrong, what in (
            (found.count != seal.count, f"封存时有{seal.count}个事件，现有{found.count}个"),
            (merkle.fold(node for _, node in nodes) != bytes(seal.root), "事件与签名的根摘要不符"),
            (stored != nodes, "分块索引与签名的根摘要不符"),
            (not blocks or blocks[0].first_id != seal.first_id or blocks[-1].last_id != seal.upto_id,
             "首末事件与封存所载不符"),
        ):
            if wrong:
                raise BrokenError(Broken(what, seal=seal.number))


@dataclass(frozen=True, slots=True)
class _Block:
    """Up to ``BLOCK`` events in the order of their ids: the first one, the last one's id, the subtree's hash."""

    first_id: int
    stream: str
    seq: int
    last_id: int
    node: bytes

    def broken(self, seal: int) -> Broken:
        """The chains hold but the signed hashes differ: chains were recomputed, or a stream's end was cut."""
        what = (f"自此事件起至事件号 {self.last_id} 之间，有事件在封存之后被替换、删除或插入"
                "（哈希链已被重算，但与签名的根摘要不符）")
        return Broken(what, self.first_id, self.stream, self.seq, seal)


class _Range:
    """The events between two seals, kept as blocks so that a seal over millions takes little memory."""

    def __init__(self) -> None:
        self.count = 0
        self._blocks: list[_Block] = []
        self._leaves: list[bytes] = []
        self._first: Any = None
        self._last_id = 0

    def add(self, row: Any, digest: bytes) -> None:
        """Takes the next event."""
        if not self._leaves:
            self._first = row
        self._leaves.append(digest)
        self._last_id = row[0]
        self.count += 1
        if len(self._leaves) == BLOCK:
            self._close()

    def finished(self) -> list[_Block]:
        """All blocks, the last one perhaps smaller."""
        if self._leaves:
            self._close()
        return self._blocks

    def _close(self) -> None:
        number, stream, seq = self._first[:3]
        self._blocks.append(_Block(number, stream, seq, self._last_id, merkle.root(self._leaves)))
        self._leaves = []
