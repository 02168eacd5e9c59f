"""What the ledger's tests share: streams of events, and tampering as the owner of the database could."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.ledger.hashing import event_hash, event_text
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib import canonical

CLERK = By("account:7", "窗口人员 王芳", "金效市政务服务中心")
AT = datetime(2026, 2, 9, 1, 2, 3, 4, tzinfo=UTC)


def some_events(streams=3, each=4):
    """``each`` events in each of ``streams`` chains, written in turns; in the order of their ids."""
    made = []
    for turn in range(each):
        for number in range(1, streams + 1):
            entry = Entry("step.done", {"环节": f"审查{turn}", "n": turn, "big": 10**30, "in": {"a": [True, None]}})
            with transaction.atomic():
                made += append(f"370800-{number}", CLERK, [entry], at=AT + timedelta(minutes=turn))
    return made


@contextmanager
def as_owner():
    """A cursor past the triggers, as whoever owns the tables can have it."""
    with connection.cursor() as cursor:
        for table in ("ledger_event", "ledger_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in ("ledger_event", "ledger_seal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def recompute_chain(cursor, stream):
    """Makes the hashes of a tampered stream fit again, as a careful forger would."""
    prev = canonical.ZERO
    for event in Event.objects.filter(stream=stream).order_by("seq"):
        by = (event.by_id, event.by_label, event.unit)
        text = event_text(stream=event.stream, seq=event.seq, at=canonical.moment(event.at), kind=event.kind, by=by,
                          data=canonical.text(event.data))
        digest = event_hash(prev, text)
        cursor.execute("UPDATE ledger_event SET prev = %s, hash = %s WHERE id = %s", (prev, digest, event.pk))
        prev = digest
