"""Proofs: complete, checkable alone, and with no idle bit."""

import copy
import json

import pytest

from zhengwu.kernel.ledger import proof as checking
from zhengwu.kernel.ledger import selectors
from zhengwu.kernel.ledger.api import check_proof, proof_of, seal, trusted_keys
from zhengwu.kernel.ledger.services import seal as sealing
from zhengwu.kernel.ledger.tests.making import AT, some_events
from zhengwu.lib import canonical


@pytest.fixture
def proof(db, monkeypatch):
    for module in (sealing, selectors):
        monkeypatch.setattr(module, "BLOCK", 4)
    events = some_events()
    seal(AT)
    return proof_of(events[6])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17])
def test_every_event_of_a_seal_of_any_size_has_a_proof(db, monkeypatch, count):
    for module in (sealing, selectors):
        monkeypatch.setattr(module, "BLOCK", 4)
    some_events(streams=1, each=3)
    seal(AT)
    events = some_events(streams=count, each=1)
    made = seal(AT)
    for event in events:
        proof = proof_of(event)
        assert check_proof(proof, published_root=bytes(made.root).hex(), trusted=trusted_keys()) == []
        assert proof["leaf"]["count"] == count


def test_a_proof_survives_json_and_needs_three_statements_at_most(proof, django_assert_max_num_queries):
    again = canonical.loads(json.dumps(proof, ensure_ascii=False, indent=2))
    assert check_proof(again) == []
    event = selectors.events_of(proof["event"]["stream"]).first()
    with django_assert_max_num_queries(2):
        proof_of(event)


def test_before_the_seal_it_is_pending(db):
    event = some_events()[0]
    proof = proof_of(event)
    assert proof["status"] == "pending"
    assert check_proof(proof) == [checking.PENDING]
    proof["event"]["kind"] = "x"
    assert len(check_proof(proof)) == 2


def test_each_single_flipped_bit_is_refused(proof):
    raw = canonical.dumps(proof)
    for place in range(len(raw)):
        for bit in range(8) if place % 7 == 0 else (place % 8,):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            try:
                read = canonical.loads(bytes(changed))
            except ValueError:
                continue
            assert check_proof(read), f"byte {place} bit {bit}: {changed[max(0, place - 30):place + 30]!r}"


def leaves_of(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves_of(inner, (*path, index))
    else:
        yield path


@pytest.mark.parametrize("other", [None, "", 0, -1, True, "00", [], {}, 10**40, "\ud800", 1.5, "０"])
def test_any_field_replaced_or_gone_is_refused_and_never_raises(proof, other):
    for path in leaves_of(proof):
        changed = copy.deepcopy(proof)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        original = holder[path[-1]]
        if type(original) is type(other) and original == other:
            continue
        holder[path[-1]] = other
        assert check_proof(changed), path
        if isinstance(holder, dict):
            del holder[path[-1]]
            assert check_proof(changed), path


@pytest.mark.parametrize("junk", [None, [], 7, "x", {}, {"status": "pending"}, {"status": ["sealed"]}])
def test_junk_is_a_finding(junk):
    assert check_proof(junk)


def test_extra_fields_are_refused(proof):
    for holder in (proof, proof["event"], proof["event"]["by"], proof["leaf"], proof["seal"]):
        holder["zz"] = 1
        assert any("不认识" in finding for finding in check_proof(proof))
        del holder["zz"]
    assert check_proof(proof) == []


def test_published_root_and_trusted_keys_are_compared(proof):
    assert check_proof(proof, published_root="00" * 32) == ["第1号封存的根摘要与公布的不一致"]
    assert check_proof(proof, trusted=["04" + "00" * 64]) == ["签名公钥不是受信任的公钥"]


def test_files(proof, tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(proof, ensure_ascii=False, indent=1))
    bad.write_text(json.dumps(proof).replace("account:7", "account:8"))
    assert checking.report(good) == 0
    assert "证明成立" in capsys.readouterr().out
    assert checking.report(bad) == 1
    assert "内容与其摘要不符" in capsys.readouterr().out
    assert checking.check_file(tmp_path / "none.json")[0].startswith("文件无法读取")
    bad.write_bytes(b"\xff{")
    assert checking.check_file(bad) == ["文件不是合格的JSON"]
    bad.write_bytes(b" " * (checking.MAX_BYTES + 1))
    assert checking.check_file(bad) == ["文件太大，不是一份证明"]
