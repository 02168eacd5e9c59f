"""Whatever enters the ledger, its hash can be recomputed from the row as the database gives it back."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengwu.kernel.ledger.api import By, Entry, append, check_proof, events_of, proof_of, verify
from zhengwu.kernel.ledger.hashing import event_text
from zhengwu.kernel.ledger.proof import PENDING
from zhengwu.lib import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("，。“”〔2026〕①"),
              max_size=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-10**300, 10**300) | TEXT | HAN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | HAN, inner, max_size=4), max_leaves=15)
DATA = st.dictionaries(TEXT | HAN, PLAIN, max_size=6)
YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59, 999999), timezones=st.just(UTC))


@given(TEXT, TEXT, TEXT, TEXT, TEXT, st.integers(1, 10**9), YEAR, DATA)
def test_the_hand_made_form_is_the_canonical_one(stream, kind, number, label, unit, seq, at, data):
    said = {"stream": stream, "seq": seq, "at": canonical.moment(at), "kind": kind, "data": data,
            "by": {"id": number, "label": label, "unit": unit}}
    assert event_text(stream=stream, seq=seq, at=canonical.moment(at), kind=kind, by=(number, label, unit),
                      data=canonical.text(data)) == canonical.text(said)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT, DATA, YEAR), min_size=1, max_size=4), TEXT, HAN)
def test_a_year_of_events_verifies_from_the_rows(entries, label, unit):
    stream = f"370800-{events_of('count').count()}"
    append("count", By("system", "系统"), [Entry("n", {})])
    returned = append(stream, By("account:1", label, unit), [Entry(kind, data, at) for kind, data, at in entries])
    stored = list(events_of(stream))
    assert [(bytes(e.hash), e.data, e.at) for e in stored] == [(e.hash, e.data, e.at) for e in returned]
    assert [check_proof(proof_of(event)) for event in stored] == [[PENDING]] * len(stored)
    assert verify().first_broken is None
