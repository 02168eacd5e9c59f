"""Content-addressed bytes on disk: ``FILES_DIR/ab/cd/<sm3 hex>``, written once, never changed."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings


def root() -> Path:
    """The folder of all content."""
    return Path(settings.FILES_DIR)


def path_of(sm3: str) -> Path:
    """Where the bytes with this digest (64 lower-case hex digits) lie."""
    if len(sm3) != 64 or not set(sm3) <= set("0123456789abcdef"):
        raise ValueError("not an SM3 digest in hex")
    return root() / sm3[:2] / sm3[2:4] / sm3


def incoming() -> Path:
    """Where half-written content lies; on the same file system, so that the final rename is atomic."""
    return root() / "incoming"


def put(sm3: str, data: bytes) -> bool:
    """Writes ``data`` durably under its digest; False if it was there. After a crash there is the whole or nothing."""
    target = path_of(sm3)
    if target.exists():
        return False
    _make_durable(target.parent)
    incoming().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=incoming())
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o440)
        os.rename(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    _sync_folder(target.parent)
    return True


def open_content(sm3: str) -> BinaryIO:
    """The bytes for reading. ``FileNotFoundError`` when the disk has lost what the database names."""
    return path_of(sm3).open("rb")


def remove(sm3: str) -> None:
    """Deletes content; only ``sweep`` may call it, holding the lock of this digest."""
    path_of(sm3).unlink(missing_ok=True)


def digests() -> Iterator[str]:
    """Every digest on disk."""
    for path in root().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        if len(path.name) == 64:
            yield path.name


def _make_durable(folder: Path) -> None:
    """Creates the two levels of folders so that they survive a power cut together with what is put in them."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sync_folder(folder.parent)
    _sync_folder(folder.parent.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
