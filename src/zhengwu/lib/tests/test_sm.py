"""SM3, SM2, SM4: published vectors, what must not verify, and the traps around public keys."""

import hashlib

import gmssl_pyx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengwu.lib import sm

# GB/T 32918.5 annex A.2: the recommended curve's example signature.
KEY = "04" \
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020" \
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
SIGNATURE = bytes.fromhex("3046022100" + R + "022100" + S)


def test_sm3_vectors_of_gb_t_32905():
    assert sm.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm.sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_long_and_short_data_agree_between_the_libraries():
    for size in (0, 1, 55, 56, 63, 64, 1023, 1024, 1025, 5000):
        data = bytes(range(256)) * 20
        assert sm.sm3(data[:size]) == gmssl_pyx.sm3_hash(data[:size])


def test_without_openssls_sm3_the_other_library_answers(monkeypatch):
    def missing(name):
        raise ValueError(f"unsupported hash type {name}")

    with_openssl = sm.sm3(b"x" * 5000)
    monkeypatch.setattr(hashlib, "new", missing)
    monkeypatch.setattr(sm, "_EMPTY", sm._openssl())
    assert sm._EMPTY is None
    assert sm.sm3(b"x" * 5000) == with_openssl


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_hmac_agrees_with_gmssl(key, data):
    if 1 <= len(key) <= 64:
        assert sm.hmac_sm3(key, data) == gmssl_pyx.sm3_hmac(key, data)
    assert len(sm.hmac_sm3(key, data)) == 32
    if len(key) > 64:
        assert sm.hmac_sm3(key, data) == sm.hmac_sm3(sm.sm3(key), data)


def test_sm2_example_of_the_standard():
    assert sm.sm2_z(KEY.lower()).hex().upper() == "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3"
    assert sm.sm2_verify(KEY, b"message digest", SIGNATURE)
    assert not sm.sm2_verify(KEY, b"message digesT", SIGNATURE)


@settings(max_examples=30)
@given(st.binary(max_size=300))
def test_what_is_signed_verifies_here_and_by_the_librarys_own_way(data):
    key = sm.Sm2Key.generate()
    signature = key.sign(data)
    assert sm.sm2_verify(key.public_hex, data, signature)
    if data:
        assert gmssl_pyx.sm2_verify(bytes.fromhex(key.public_hex)[1:], data, signature)
    assert not sm.sm2_verify(key.public_hex, data + b"x", signature)
    assert not sm.sm2_verify(sm.Sm2Key.generate().public_hex, data, signature)


def test_each_flipped_bit_of_a_signature_or_key_fails():
    for index in range(len(SIGNATURE) * 8):
        changed = bytearray(SIGNATURE)
        changed[index // 8] ^= 1 << index % 8
        assert not sm.sm2_verify(KEY, b"message digest", bytes(changed))
    raw = bytes.fromhex(KEY)
    for index in range(0, len(raw) * 8, 3):
        changed = bytearray(raw)
        changed[index // 8] ^= 1 << index % 8
        assert not sm.sm2_verify(changed.hex(), b"message digest", SIGNATURE)


@pytest.mark.parametrize("junk", [
    b"", b"x" * 70, SIGNATURE[:-1], SIGNATURE + b"\0", b"\x30\x06\x02\x01\x00\x02\x01\x00", b"\x30\x81" + SIGNATURE[1:],
    b"\x30\x06\x02\x01\x01\x02\x01\x01", bytes.fromhex("3047022200" + "00" + R + "022100" + S)])
def test_malformed_signatures_fail_quietly(junk, capfd):
    assert not sm.sm2_verify(KEY, b"message digest", junk)


@pytest.mark.parametrize("key", ["", "04", KEY[2:], "03" + KEY[2:66], KEY + "00", "05" + KEY[2:], "04" + "zz" * 64,
                                 "04" + "00" * 64, "04" + "ff" * 64])
def test_other_forms_of_a_public_key_are_refused(key):
    assert not sm.sm2_verify(key, b"message digest", SIGNATURE)
    with pytest.raises(ValueError):
        sm.sm2_z(key)


def test_a_key_whose_x_begins_with_04_works_like_any_other():
    """Libraries that strip a leading "04" from 128 digits break one key in 256."""
    key = next(k for k in iter(sm.Sm2Key.generate, None) if k.public_hex.startswith("0404"))
    assert sm.sm2_verify(key.public_hex, b"x", key.sign(b"x"))
    assert sm.Sm2Key.load(key.save()) == key


def test_keys_are_kept_in_one_line_and_halves_must_belong_together():
    one, two = sm.Sm2Key.generate(), sm.Sm2Key.generate()
    assert sm.Sm2Key.load(one.save() + "\n") == one
    assert one.private.hex() not in repr(one)
    for wrong in ("", "x y", one.save()[:-2], f"{one.private.hex()} {two.public_hex}", f"{'00' * 32} {one.public_hex}"):
        with pytest.raises(ValueError):
            sm.Sm2Key.load(wrong)


def test_key_id_is_the_digest_of_the_65_bytes():
    assert sm.key_id(KEY) == sm.sm3(bytes.fromhex(KEY)).hex()[:16] == sm.key_id(KEY.lower())


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=1, max_size=100), st.binary(max_size=30))
def test_sm4_round_trip(key, plain, context):
    sealed = sm.sm4_encrypt(key, plain, context)
    assert sm.sm4_decrypt(key, sealed, context) == plain
    assert sealed != sm.sm4_encrypt(key, plain, context)
    assert sealed[0] == 1
    assert len(sealed) == len(plain) + 29


def test_sm4_refuses_each_flipped_bit_another_context_and_another_key():
    key = bytes(range(16))
    sealed = sm.sm4_encrypt(key, b"11010519491231002X", b"account.citizen_id")
    for index in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[index // 8] ^= 1 << index % 8
        with pytest.raises(ValueError, match=r"SM4|sm4"):
            sm.sm4_decrypt(key, bytes(changed), b"account.citizen_id")
    for other in ((key, sealed, b"account.phone"), (bytes(16), sealed, b"account.citizen_id"), (key, sealed[:29], b""),
                  (key[:15], sealed, b""), (key, b"", b"")):
        with pytest.raises(ValueError, match=r"SM4|sm4"):
            sm.sm4_decrypt(*other)


def test_sm4_gcm_vector_of_rfc_8998():
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    context = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
                          "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA")
    cipher, tag = gmssl_pyx.sm4_gcm_encrypt(key, nonce, context, plain)
    assert tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"
    assert cipher.hex().upper().startswith("17F399F08C67D5EE19D0DC9969C4BB7D")


@pytest.mark.parametrize(("key", "plain"), [(b"k" * 15, b"x"), (b"k" * 16, b"")])
def test_sm4_needs_a_whole_key_and_something_to_hide(key, plain):
    with pytest.raises(ValueError, match="SM4"):
        sm.sm4_encrypt(key, plain)


def test_comparison():
    assert sm.same(b"a", b"a")
    assert not sm.same(b"a", b"b")
