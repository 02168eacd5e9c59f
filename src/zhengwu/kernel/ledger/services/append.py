"""Writing events: one read and one insert, because every act waits for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from zhengwu.kernel.ledger.hashing import event_hash, event_text
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib import canonical
from zhengwu.lib.identifiers import is_citizen_id
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict

_HEAD = "SELECT seq, hash FROM ledger_event WHERE stream = %s ORDER BY seq DESC LIMIT 1"
_INSERT = "INSERT INTO ledger_event (stream, seq, at, kind, by_id, by_label, unit, data, prev, hash) VALUES "
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)"
_LIKE_CITIZEN_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])", re.ASCII)


@dataclass(frozen=True, slots=True)
class By:
    """Who did it: an id (``account:7``, ``system``), the name or post shown, the unit's name."""

    id: str
    label: str
    unit: str = ""


class Entry(NamedTuple):
    """What happened: a kind (``case.accepted``), JSON without floats, and ``at`` (aware) if not now."""

    kind: str
    data: dict[str, Any]
    at: datetime | None = None


def append(stream: str, by: By, entries: Iterable[Entry], *, at: datetime | None = None) -> list[Event]:
    """Adds ``entries`` to the end of ``stream`` and returns them as stored, oldest first.

    Must run inside the caller's transaction, which holds a lock on what the stream is about. ``at`` (aware)
    stands for every entry without its own; default is ``now()``.

    Raises ``Conflict`` when another transaction was faster on the stream (roll back, try again); TypeError
    or ValueError for data that cannot be hashed, a moment without zone, or a citizen's number.
    """
    moment = at or now()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append() belongs into the act's transaction")
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, (stream,))
        head = cursor.fetchone()
        seq, prev = (head[0], bytes(head[1])) if head else (0, canonical.ZERO)
        events: list[Event] = []
        values: list[Any] = []
        who = (by.id, by.label, by.unit)
        for kind, data, own in entries:
            seq += 1
            when, body = own or moment, canonical.text(data)
            written = canonical.moment(when)
            text = event_text(stream=stream, seq=seq, at=written, kind=kind, by=who, data=body)
            _refuse_citizen_ids(text)
            digest = event_hash(prev, text)
            values += (stream, seq, written, kind, *who, body, prev, digest)
            events.append(Event(None, stream, seq, when, kind, by.id, by.label, by.unit, data, prev, digest))
            prev = digest
        if not events:
            return []
        try:
            cursor.execute(f"{_INSERT}{', '.join([_ROW] * len(events))} RETURNING id", values)
        except IntegrityError as error:
            raise Conflict("ledger-race", "其他人刚刚处理了同一事项，请刷新后重试",
                           "somebody else has just written to the same stream") from error
        for event, (number,) in zip(events, cursor.fetchall(), strict=True):
            event.id = number
            event._state.adding = False
            event._state.db = connection.alias
    return events


def _refuse_citizen_ids(text: str) -> None:
    """What enters the ledger can never be taken out again, so a citizen's number must not."""
    for found in _LIKE_CITIZEN_ID.finditer(text):
        if is_citizen_id(found[0]):
            raise ValueError("ledger: a citizen's number must not enter; write a label or an id")
