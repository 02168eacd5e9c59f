"""Appending: chains, order, what is refused, and two transactions at once."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction

from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib import canonical, now
from zhengwu.lib.problem import Conflict
from zhengwu.lib.sm import sm3

CLERK = By("account:7", "窗口人员 王芳", "金效市政务服务中心")
AT = datetime(2026, 2, 9, 1, 2, 3, 4, tzinfo=UTC)


def hash_by_hand(event):
    said = {"stream": event.stream, "seq": event.seq, "at": canonical.moment(event.at), "kind": event.kind,
            "by": {"id": event.by_id, "label": event.by_label, "unit": event.unit}, "data": event.data}
    return sm3(bytes(event.prev) + canonical.dumps(said))


@pytest.mark.django_db
def test_events_are_chained_and_returned_as_stored():
    first = append("C1", CLERK, [Entry("opened", {"号": "甲"}), Entry("sent", {"a": [None, -5]})], at=AT)
    second = append("C1", CLERK, [Entry("case.accepted", {})], at=AT)
    other = append("C2", CLERK, [Entry("case.opened", {})], at=AT)
    assert [e.seq for e in first + second + other] == [1, 2, 3, 1]
    assert first[0].prev == other[0].prev == bytes(32)
    assert second[0].prev == first[1].hash
    for returned in first + second + other:
        stored = Event.objects.get(pk=returned.pk)
        assert bytes(stored.hash) == returned.hash == hash_by_hand(stored) == hash_by_hand(returned)
        assert (stored.stream, stored.seq, stored.at, stored.data) == (
            returned.stream, returned.seq, returned.at, returned.data)


@pytest.mark.django_db
def test_the_moment_is_the_entrys_own_else_the_calls_else_now():
    own = datetime(2025, 1, 1, tzinfo=now.CN)
    with now.travel(datetime(2026, 5, 1, tzinfo=UTC)):
        events = append("C", CLERK, [Entry("a", {}, at=own), Entry("b", {})])
        given = append("C", CLERK, [Entry("c", {})], at=AT)
    assert [e.at for e in events + given] == [own, datetime(2026, 5, 1, tzinfo=UTC), AT]
    assert Event.objects.get(stream="C", seq=1).at == own


@pytest.mark.django_db
def test_two_statements_however_many_entries(django_assert_num_queries):
    with django_assert_num_queries(2):
        append("C", CLERK, [Entry("a", {"i": i}) for i in range(5)])


@pytest.mark.django_db
def test_nothing_to_append_writes_nothing():
    assert append("C", CLERK, []) == []
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("data", "error"), [
    ({"fee": 1.5}, TypeError), ({"at": AT}, TypeError), ({1: "x"}, TypeError), ({"x": "a\0b"}, ValueError),
    ({"x": "\ud800"}, ValueError), ({"who": "11010519491231002X"}, ValueError),
    ({"说明": "身份证号为11010519491231002x。"}, ValueError)])
def test_what_cannot_be_hashed_or_must_not_be_kept_is_refused(data, error):
    with pytest.raises(error):
        append("C", CLERK, [Entry("a", {}), Entry("b", data)])
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_numbers_that_only_look_like_a_citizens_pass():
    append("C", CLERK, [Entry("a", {"uscc": "11370800MB28559184", "case": "37080001202602090000017",
                                    "not_a_day": "110105194913310025"})])
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses():
    with pytest.raises(transaction.TransactionManagementError):
        append("C", CLERK, [Entry("a", {})])


@pytest.mark.django_db(transaction=True)
def test_of_two_transactions_on_one_stream_the_second_loses_whole():
    written, outcome = threading.Event(), []

    def racer():
        try:
            with transaction.atomic():
                written.set()
                append("C", By("account:8", "乙"), [Entry("late", {}), Entry("later", {})])
        except Conflict as refusal:
            outcome.append(refusal.code)
        finally:
            connections.close_all()

    with transaction.atomic():
        append("C", CLERK, [Entry("first", {})])
        thread = threading.Thread(target=racer)
        thread.start()
        written.wait(10)
        thread.join(0.3)  # it now waits for this transaction at the unique index
        assert thread.is_alive()
    thread.join(10)
    assert outcome == ["ledger-race"]
    assert list(Event.objects.values_list("kind", flat=True)) == ["first"]


@pytest.mark.django_db
@pytest.mark.parametrize("deed", [
    "UPDATE ledger_event SET by_label = '他人'", "UPDATE ledger_event SET id = id",
    "DELETE FROM ledger_event", "TRUNCATE ledger_event", "TRUNCATE ledger_seal"])
def test_triggers_refuse_every_change(deed):
    append("C", CLERK, [Entry("a", {})])
    with pytest.raises(IntegrityError, match=r"存证只能追加.*append-only"), transaction.atomic(), \
            connection.cursor() as cursor:
        cursor.execute(deed)
    assert Event.objects.get().by_label == CLERK.label
