"""Removes content that no row names: left behind by rolled-back transactions and crashes."""

import logging
from datetime import timedelta

from django.db import connection, transaction

from zhengwu.kernel.files import storage
from zhengwu.kernel.files.api import lock_key
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.now import now
from zhengwu.lib.periodic import every

log = logging.getLogger(__name__)
_HALF_WRITTEN = timedelta(days=1)


@every(seconds=24 * 3600, name="files.sweep")
def sweep() -> int:
    """Deletes orphaned content and half-written files older than a day; returns how many contents went.

    A content somebody is storing at this moment is locked (``api.lock_key``) and left alone.
    """
    removed = 0
    for sm3 in storage.digests():
        if StoredFile.objects.filter(sm3=sm3).exists():
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_key(sm3)])
            row = cursor.fetchone()
            if row and row[0] and not StoredFile.objects.filter(sm3=sm3).exists():
                storage.remove(sm3)
                removed += 1
    limit = (now() - _HALF_WRITTEN).timestamp()
    if storage.incoming().is_dir():
        for path in storage.incoming().iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
    if removed:
        log.info("removed %d orphaned contents", removed)
    return removed
