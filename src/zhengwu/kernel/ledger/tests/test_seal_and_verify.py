"""Sealing, and what somebody who owns the database can do without being found: nothing below."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from zhengwu.kernel.ledger.api import Entry, append, latest_seal, seal, verify
from zhengwu.kernel.ledger.hashing import seal_fields, seal_hash
from zhengwu.kernel.ledger.models import Event, Seal
from zhengwu.kernel.ledger.services import seal as sealing
from zhengwu.kernel.ledger.services import verify as verifying
from zhengwu.kernel.ledger.tests.making import AT, CLERK, as_owner, recompute_chain, some_events
from zhengwu.lib import canonical, merkle
from zhengwu.lib.problem import Conflict
from zhengwu.lib.sm import Sm2Key, sm2_verify


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    for module in (sealing, verifying):
        monkeypatch.setattr(module, "BLOCK", 4)


@pytest.fixture
def sealed(db):
    """Two seals over 12 and 6 events, 2 pending."""
    events = some_events()
    seal(AT)
    events += some_events(streams=3, each=2)
    seal(AT + timedelta(days=1))
    return events + some_events(streams=2, each=1)


def broken(**options):
    report = verify(**options)
    assert not report.ok
    return report.first_broken


def test_a_seal_covers_everything_since_the_last_and_is_signed(sealed):
    first, second = Seal.objects.order_by("number")
    assert (first.count, second.count) == (12, 6)
    assert (second.first_id, second.upto_id) == (sealed[12].pk, sealed[17].pk)
    assert bytes(first.root) == merkle.root(event.hash for event in sealed[:12])
    assert bytes(first.prev_hash) == bytes(32)
    assert bytes(second.prev_hash) == bytes(first.hash)
    assert sm2_verify(first.public_key, bytes(first.hash), bytes(first.signature))
    assert latest_seal() == second


def test_nothing_new_is_not_sealed(db):
    assert seal(AT) is None
    some_events()
    assert seal(AT) is not None
    assert seal(AT) is None


def test_verify_counts_and_reports_progress(sealed):
    seen = []
    report = verify(seen.append)
    assert (report.ok, report.events, report.seals, report.pending) == (True, 20, 2, 2)
    assert report.first_broken is None
    assert seen == [20]


def test_verify_up_to_an_event_leaves_the_rest_alone(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE ledger_event SET kind = 'x' WHERE id = %s", (sealed[15].pk,))
    report = verify(upto=sealed[14].pk)
    assert (report.ok, report.events, report.seals) == (True, 15, 1)


CHANGES = [
    "data = jsonb_set(data, '{n}', '99')", "data = jsonb_set(data, '{n}', '1.0')", "at = at + interval '1 microsecond'",
    "kind = 'step.undone'", "by_id = 'account:8'", "by_label = '他人'", "unit = ''", "stream = 'other'",
    "hash = decode(repeat('00', 32), 'hex')", "prev = decode(repeat('11', 32), 'hex')"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", [4, 13, 19])
def test_a_changed_event_is_named(sealed, change, place):
    target = sealed[place]
    with as_owner() as cursor:
        cursor.execute(f"UPDATE ledger_event SET {change} WHERE id = %s", (target.pk,))
    found = broken()
    assert found.event_id == target.pk
    assert found.stream in (target.stream, "other")
    assert found.seq == target.seq


def test_a_deleted_event_is_named_by_its_successor(sealed):
    target = sealed[4]  # the second of its stream
    with as_owner() as cursor:
        cursor.execute("DELETE FROM ledger_event WHERE id = %s", (target.pk,))
    found = broken()
    assert (found.stream, found.seq) == (target.stream, 3)
    assert "被删除" in str(found)


def test_a_stream_cut_at_its_end_is_found_by_the_seal(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM ledger_event WHERE id >= %s", (sealed[17].pk,))
    found = broken()
    assert found.seal == 2
    assert found.stream == sealed[16].stream  # its block holds the gap


def test_all_sealed_events_of_the_end_gone_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM ledger_event WHERE id >= %s", (sealed[12].pk,))
    assert str(broken()) == "第2号封存：封存时有6个事件，现有0个"


def test_swapped_events_are_found(sealed):
    one, two = sealed[3], sealed[6]  # second and third of one stream
    with as_owner() as cursor:
        cursor.execute("UPDATE ledger_event SET seq = 999 WHERE id = %s", (one.pk,))
        cursor.execute("UPDATE ledger_event SET seq = %s WHERE id = %s", (one.seq, two.pk))
        cursor.execute("UPDATE ledger_event SET seq = %s WHERE id = %s", (two.seq, one.pk))
    found = broken()
    assert (found.event_id, found.seq) == (one.pk, 3)


def test_a_recomputed_chain_is_found_by_the_seal(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE ledger_event SET data = '{\"n\": 7}' WHERE id = %s", (sealed[4].pk,))
        recompute_chain(cursor, sealed[4].stream)
    found = broken()
    assert found.seal == 1
    assert found.event_id == sealed[4].pk  # it is the first of its block
    assert "重算" in found.what


def test_an_inserted_event_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE ledger_event SET id = id + 1000 WHERE id > %s", (sealed[10].pk,))
        cursor.execute("INSERT INTO ledger_event (id, stream, seq, at, kind, by_id, by_label, unit, data, prev, hash) "
                       "OVERRIDING SYSTEM VALUE SELECT %s, 'new', 1, at, kind, by_id, by_label, unit, data, prev, hash "
                       "FROM ledger_event WHERE id = %s", (sealed[10].pk + 500, sealed[0].pk))
        recompute_chain(cursor, "new")
    assert broken().seal == 1


@pytest.mark.parametrize(("change", "words"), [
    ("count = count + 1", "封存内容"), ("root = decode(repeat('00', 32), 'hex')", "封存内容"),
    ("at = at + interval '1 day'", "封存内容"), ("prev_hash = decode(repeat('22', 32), 'hex')", "上一封存"),
    ("key_id = repeat('0', 16)", "密钥标识"), ("number = 7", "缺少第1号"),
    ("signature = set_byte(signature, 20, (get_byte(signature, 20) + 1) % 256)", "签名"),
    ("blocks = set_byte(blocks, 20, (get_byte(blocks, 20) + 1) % 256)", "分块索引"), ("blocks = ''", "分块索引")])
def test_a_changed_seal_is_found(sealed, change, words):
    with as_owner() as cursor:
        cursor.execute(f"UPDATE ledger_seal SET {change} WHERE number = 1")
    found = broken()
    assert found.seal in (1, 2, 7)
    assert words in found.what


def test_a_deleted_seal_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM ledger_seal WHERE number = 1")
    assert str(broken()) == "第2号封存：缺少第1号封存"


def forge(cursor, key):
    """Replaces the first seal by one over the events as they are now, chained on, signed with ``key``."""
    old = Seal.objects.get(number=1)
    hashes = list(Event.objects.filter(pk__lte=old.upto_id).order_by("pk").values_list("pk", "hash"))
    blocks = [(hashes[i][0], merkle.root(bytes(h) for _, h in hashes[i:i + 4])) for i in range(0, len(hashes), 4)]
    root = merkle.fold(node for _, node in blocks)
    digest = seal_hash(seal_fields(number=1, first=old.first_id, upto=old.upto_id, count=old.count, root=root,
                                   prev_hash=canonical.ZERO, at=canonical.moment(old.at)))
    values = (root, digest, sealing.pack_blocks(blocks), key.sign(digest), key.public_hex, key.id)
    cursor.execute("UPDATE ledger_seal SET root=%s, hash=%s, blocks=%s, signature=%s, public_key=%s, key_id=%s "
                   "WHERE number=1", values)


@pytest.mark.parametrize("own_key", [True, False])
def test_a_forged_seal_over_a_recomputed_chain_is_found(sealed, own_key):
    from zhengwu.kernel.ledger.keys import signing_key

    before = bytes(Seal.objects.get(number=1).hash).hex()
    with as_owner() as cursor:
        cursor.execute("UPDATE ledger_event SET data = '{}' WHERE id = %s", (sealed[4].pk,))
        recompute_chain(cursor, sealed[4].stream)
        forge(cursor, signing_key() if own_key else Sm2Key.generate())
    found = broken()
    if own_key:  # even with the key: the next seal repeats the old hash
        assert (found.seal, found.what) == (2, "上一封存摘要不符：封存链被截断或替换")
        assert broken(published={1: before}).seal == 1
    else:
        assert (found.seal, found.what) == (1, "签名公钥不是本系统的公钥")


def test_a_published_seal_that_is_gone_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM ledger_seal WHERE number = 2")
    assert verify().ok  # from inside nothing shows …
    assert str(broken(published={2: "00" * 32})) == "第2号封存：已经公布，但数据库中没有"


def test_without_the_house_keys_nothing_is_believed(sealed):
    assert broken(trusted=()).what == "签名公钥不是本系统的公钥"


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_running_writers_and_leaves_nobody_behind():
    some_events(streams=1, each=1)
    drawn, go, made = threading.Event(), threading.Event(), []

    def slow_writer():
        try:
            with transaction.atomic():
                append("slow", CLERK, [Entry("a", {})])
                drawn.set()
                go.wait(10)
        finally:
            connections.close_all()

    def sealer():
        try:
            made.append(seal(AT))
        finally:
            connections.close_all()

    writing = threading.Thread(target=slow_writer)
    writing.start()
    drawn.wait(10)
    # This one draws a larger id and commits first.
    sealers = [threading.Thread(target=sealer) for _ in range(2)]
    some_events(streams=1, each=1)
    for thread in sealers:
        thread.start()
    sealers[0].join(0.3)
    assert sealers[0].is_alive()
    go.set()
    for thread in (writing, *sealers):
        thread.join(20)
    assert sorted(one.count for one in made if one) == [3]  # of two sealers one found nothing left
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_a_seal_gives_up_rather_than_block_the_house(monkeypatch):
    monkeypatch.setattr(sealing, "_WAIT", "50ms")
    monkeypatch.setattr(sealing, "_PAUSE", 0)
    outcome = []

    def sealer():
        try:
            seal(AT)
        except Conflict as refusal:
            outcome.append(refusal.code)
        finally:
            connections.close_all()

    with transaction.atomic():
        append("slow", CLERK, [Entry("a", {})])
        thread = threading.Thread(target=sealer)
        thread.start()
        thread.join(20)
    assert outcome == ["ledger-busy"]
    assert not Seal.objects.exists()
