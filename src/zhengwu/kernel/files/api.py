"""Entrance to stored files: store with all checks, open with permission asked."""

import hashlib
import logging
from collections.abc import Callable
from typing import BinaryIO, Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.files import storage
from zhengwu.kernel.files.access import may_open
from zhengwu.kernel.files.access import register as register_access
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib import uploads
from zhengwu.lib.problem import NotFound, Problem

__all__ = ["StoredFile", "keep", "open_file", "quarantine", "register_access", "scanners", "store", "stored_of"]

log = logging.getLogger(__name__)

Scanner = Callable[[str, bytes], None]
scanners: list[Scanner] = []
"""Further checks, called as ``scanner(clean_name, data)`` before anything is kept; they refuse by raising Problem."""


class Owner(Protocol):
    """Whoever stores: an ``Actor`` (the system itself has no account)."""

    @property
    def account_id(self) -> int | None: ...


class Source(Protocol):
    """Whatever can be read once: an open file, an uploaded one."""

    def read(self, size: int, /) -> bytes: ...


def store(*, name: str, stream: Source, owner: Owner | None, purpose: str, subject: str = "") -> StoredFile:
    """Checks an upload and keeps it, in the caller's transaction if there is one.

    ``stream`` is read once, at most ``UPLOAD_MAX_BYTES`` + 1 bytes. Raises ``Problem`` in Chinese (field ``file``)
    with nothing kept: ``upload-*``, ``secret-mark`` (保守国家秘密法实施条例 §41: this is no system for secrets).
    """
    data = stream.read(settings.UPLOAD_MAX_BYTES + 1)
    checked = uploads.check(name, data, max_bytes=settings.UPLOAD_MAX_BYTES)
    try:
        for scanner in scanners:
            scanner(checked.name, data)
    except Problem as problem:
        log.warning("an upload was refused by a scanner: %s", problem.code)
        raise
    return keep(name=checked.name, media_type=checked.media_type, data=data, owner=owner, purpose=purpose,
                subject=subject)


def keep(
    *, name: str, media_type: str, data: bytes, owner: Owner | None, purpose: str, subject: str = ""
) -> StoredFile:
    """Keeps what the platform itself made (receipts, certificates): no upload checks, same place and permissions."""
    sm3 = hashlib.new("sm3", data).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [lock_key(sm3)])
        storage.put(sm3, data)
        return StoredFile.objects.create(
            name=uploads.clean_name(name),
            media_type=media_type,
            size=len(data),
            sm3=sm3,
            owner_id=owner.account_id if owner is not None else None,
            purpose=purpose,
            subject=subject,
        )


def open_file(actor: Actor | None, file_id: UUID | str) -> tuple[StoredFile, BinaryIO]:
    """The row and its bytes. ``NotFound`` whether it does not exist or this actor may not see it."""
    stored = stored_of(actor, file_id)
    return stored, storage.open_content(stored.sm3)


def stored_of(actor: Actor | None, file_id: UUID | str) -> StoredFile:
    """The row alone, with the same permission as the bytes."""
    try:
        stored = StoredFile.objects.filter(pk=file_id).first()
    except ValidationError:
        stored = None
    if stored is None or not may_open(actor, stored):
        raise NotFound("file-not-found", "文件不存在，或者您无权查看。", "no such file for you")
    return stored


def quarantine(file_id: UUID | str) -> None:
    """Closes a file for everybody, e.g. when a later scan finds something. The bytes stay for the inspection."""
    StoredFile.objects.filter(pk=file_id).update(state=StoredFile.State.QUARANTINED)


def lock_key(sm3: str) -> int:
    """The advisory lock of one content: shared by those who store it, exclusive for the sweep that deletes it."""
    return int.from_bytes(bytes.fromhex(sm3[:16]), "big", signed=True)
