"""Where keys come from. ``FileKeys`` keeps them in a folder; a hardware module is another ``KeyProvider``.

Files (mode 0600, folder 0700): ``sm2-<name>.key`` private and public half, ``sm4-<name>.key`` and
``hmac-<name>.key`` in hex. ``sm2-<name>-<key id>.pub`` is written beside each SM2 key and stays when the key
is replaced (take the ``.key`` file away; the next start makes a new one), so old signatures stay trusted.
"""

import os
import secrets
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from zhengwu.lib.sm import KEY_SIZE, Sm2Key, hmac_sm3, key_id, sm4_decrypt, sm4_encrypt


class KeyProvider(Protocol):
    """What is asked of a place that keeps keys; ``name`` is lower-case letters, digits and dashes."""

    def signing(self, name: str) -> Sm2Key:
        """The SM2 key in use."""

    def trusted(self, name: str) -> frozenset[str]:
        """Public keys (130 hex digits) ever in use under that name; empty when there never was one."""

    def cipher(self, name: str) -> bytes:
        """The 16-byte SM4 key."""

    def index(self, name: str) -> bytes:
        """The 32-byte HMAC key."""


class FileKeys:
    """Keys in ``folder``, each made on first use; safe when several processes make the same one at once.

    Raises ValueError for a damaged key file or a name that is none, OSError when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: dict[str, Sm2Key | bytes] = {}

    def signing(self, name: str) -> Sm2Key:
        """The SM2 key in use under ``name``."""
        path = self._path("sm2", name)
        key = self._cache.get(path.name)
        if not isinstance(key, Sm2Key):
            key = Sm2Key.load(self._read_or_make(path, lambda: Sm2Key.generate().save()))
            self._read_or_make(self.folder / f"sm2-{name}-{key.id}.pub", lambda: key.public_hex)
            self._cache[path.name] = key
        return key

    def trusted(self, name: str) -> frozenset[str]:
        """Every public key there ever was under ``name``; read afresh each time.

        Raises ValueError when a file's name is not the id of the key in it.
        """
        self._path("sm2", name)
        found = set()
        for path in self.folder.glob(f"sm2-{name}-{'[0-9a-f]' * 16}.pub"):
            public_hex = path.read_text().strip()
            if path.stem.rpartition("-")[2] != key_id(public_hex):
                raise ValueError(f"{path} does not hold the key its name says")
            found.add(public_hex)
        return frozenset(found)

    def cipher(self, name: str) -> bytes:
        """The SM4 key under ``name``."""
        return self._secret("sm4", name, KEY_SIZE)

    def index(self, name: str) -> bytes:
        """The HMAC key under ``name``."""
        return self._secret("hmac", name, 32)

    def _secret(self, kind: str, name: str, size: int) -> bytes:
        path = self._path(kind, name)
        key = self._cache.get(path.name)
        if not isinstance(key, bytes):
            key = bytes.fromhex(self._read_or_make(path, lambda: secrets.token_hex(size)))
            if len(key) != size:
                raise ValueError(f"{path} should hold {size} bytes in hex")
            self._cache[path.name] = key
        return key

    def _path(self, kind: str, name: str) -> Path:
        if not name or not all(c.isascii() and (c.islower() or c.isdigit() or c == "-") for c in name):
            raise ValueError(f"no name of a key: {name!r}")
        return self.folder / f"{kind}-{name}.key"

    def _read_or_make(self, path: Path, make: Callable[[], str]) -> str:
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole under another name, then linked: nobody ever reads half a key, and the first one wins.
        handle, unfinished = tempfile.mkstemp(dir=self.folder, prefix=".new-")  # mkstemp gives mode 0600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(make() + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(unfinished, path)
        except FileExistsError:
            pass  # another process was first; its key is read below
        finally:
            os.unlink(unfinished)
        return path.read_text().strip()


class Vault:
    """Personal identifiers at rest: SM4 for the value, a blind index (HMAC-SM3) to find it again.

    ``context`` names the column (``account.citizen_id``): a value copied to another column does not open, and
    the same number has another index there.
    """

    def __init__(self, keys: KeyProvider, name: str = "personal") -> None:
        self._keys, self._name = keys, name

    @cached_property
    def _cipher(self) -> bytes:
        return self._keys.cipher(self._name)

    @cached_property
    def _index(self) -> bytes:
        return self._keys.index(self._name)

    def hide(self, value: str, context: str) -> bytes:
        """The encrypted value; ``b""`` for an empty one."""
        return sm4_encrypt(self._cipher, value.encode(), context.encode()) if value else b""

    def reveal(self, hidden: bytes, context: str) -> str:
        """Undoes ``hide``. Raises ValueError when it was made with another key or for another context."""
        return sm4_decrypt(self._cipher, bytes(hidden), context.encode()).decode() if hidden else ""

    def blind_index(self, value: str, context: str) -> bytes:
        """32 bytes, equal for equal values of one context; give it the normal form of a number."""
        return hmac_sm3(self._index, context.encode() + b"\0" + value.encode())
