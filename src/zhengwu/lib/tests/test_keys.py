"""Key files: made once, readable by the owner only, the same for everybody who races for them."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from zhengwu.lib.keys import FileKeys, Vault
from zhengwu.lib.sm import Sm2Key, sm2_verify


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def test_keys_are_made_on_first_use_and_kept(folder):
    first = FileKeys(folder)
    made = (first.signing("ledger"), first.cipher("personal"), first.index("personal"))
    assert made == (first.signing("ledger"), first.cipher("personal"), first.index("personal"))
    again = FileKeys(folder)
    assert made == (again.signing("ledger"), again.cipher("personal"), again.index("personal"))
    assert (len(made[1]), len(made[2])) == (16, 32)
    assert made[1] != first.cipher("other")


def test_only_the_owner_may_read(folder):
    keys = FileKeys(folder)
    keys.signing("ledger"), keys.cipher("a"), keys.index("a")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 4  # nothing unfinished stays


def test_all_who_race_get_the_same_key(folder):
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: FileKeys(folder).signing("ledger").public_hex, range(32)))
    assert len(found) == 1
    assert FileKeys(folder).trusted("ledger") == found


def test_old_public_keys_stay_trusted_when_the_key_is_replaced(folder):
    old = FileKeys(folder).signing("ledger")
    os.unlink(folder / "sm2-ledger.key")
    new = FileKeys(folder).signing("ledger")
    assert new != old
    assert FileKeys(folder).trusted("ledger") == {old.public_hex, new.public_hex}
    assert FileKeys(folder).trusted("other") == frozenset()


def test_a_public_key_under_a_wrong_name_is_refused(folder):
    FileKeys(folder).signing("ledger")
    (folder / f"sm2-ledger-{'0' * 16}.pub").write_text(Sm2Key.generate().public_hex)
    with pytest.raises(ValueError, match="its name says"):
        FileKeys(folder).trusted("ledger")


@pytest.mark.parametrize("content", ["", "junk", "00" * 15])
def test_a_damaged_file_is_an_error_and_is_never_replaced(folder, content):
    folder.mkdir()
    for name in ("sm2-a.key", "sm4-a.key"):
        (folder / name).write_text(content)
    for use in (FileKeys(folder).signing, FileKeys(folder).cipher):
        with pytest.raises(ValueError):
            use("a")
    assert (folder / "sm4-a.key").read_text() == content


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "a.b", "ä"])
def test_names_cannot_leave_the_folder(folder, name):
    for use in (FileKeys(folder).signing, FileKeys(folder).cipher, FileKeys(folder).index, FileKeys(folder).trusted):
        with pytest.raises(ValueError, match="no name"):
            use(name)


def test_the_vault_hides_finds_and_keeps_columns_apart(folder):
    vault = Vault(FileKeys(folder))
    hidden = vault.hide("11010519491231002X", "account.citizen_id")
    assert b"110105" not in hidden
    assert vault.reveal(memoryview(hidden), "account.citizen_id") == "11010519491231002X"
    assert (vault.hide("", "x"), vault.reveal(b"", "x")) == (b"", "")
    with pytest.raises(ValueError, match="context"):
        vault.reveal(hidden, "account.phone")
    index = vault.blind_index("13800138000", "account.phone")
    assert index == Vault(FileKeys(folder)).blind_index("13800138000", "account.phone")
    assert len({index, vault.blind_index("13800138001", "account.phone"), vault.blind_index("13800138000", "x")}) == 3


def test_a_key_from_a_file_signs(folder):
    key = FileKeys(folder).signing("ledger")
    assert sm2_verify(key.public_hex, b"x", key.sign(b"x"))
