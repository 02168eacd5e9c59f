"""Uploaded files become part of a case."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection

from zhengwu.kernel.cases.models import Case, Draft
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.files.api import register_access
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.now import now
from zhengwu.lib.problem import Invalid

MATERIAL = "material"
KEEP_UNUSED = timedelta(days=30)

_BOUND = ["id", "name", "size", "sm3", "subject"]
_BIND = (
    "UPDATE files_storedfile SET subject = %s WHERE id = ANY(%s) AND owner_id IS NOT DISTINCT FROM %s "  # noqa: S608
    f"AND purpose = %s AND subject = '' AND state = %s RETURNING {', '.join(_BOUND)}"
)


def claim(files: Sequence[tuple[str, UUID]], *, owner_id: int | None, subject: str) -> dict[UUID, StoredFile]:
    """Binds uploaded files to the case ``subject``: only their owner's, each only once; pairs of field and file.

    Raises Invalid at the fields whose file cannot be bound, with the same words whether it does not exist, is
    somebody else's or is bound already.
    """
    if not files:
        return {}
    wanted = [pk for _, pk in files]
    with connection.cursor() as cursor:
        cursor.execute(_BIND, [subject, wanted, owner_id, MATERIAL, StoredFile.State.OK])
        rows = [StoredFile.from_db(connection.alias, _BOUND, row) for row in cursor.fetchall()]
    bound = {row.pk: row for row in rows}
    wrong = {field for n, (field, pk) in enumerate(files) if pk not in bound or pk in wanted[:n]}
    if wrong:
        raise Invalid(dict.fromkeys(wrong, "这个附件不存在或已用于别的申请，请重新上传"))
    return bound


def may_open_material(actor: Actor, stored: StoredFile) -> bool:
    """Owner before submission; after it, whoever may see the case."""
    if not stored.subject:
        return actor.account_id is not None and stored.owner_id == actor.account_id
    return Case.objects.visible_to(actor).filter(number=stored.subject).exists()


def forget_unused(limit: int = 1000) -> int:
    """Removes the rows of uploads that were named in no application within KEEP_UNUSED and lie in no draft; the sweep
    of files takes their content. Returns how many (个人信息保护法 §19: no longer than needed)."""
    old = StoredFile.objects.filter(purpose=MATERIAL, subject="", created_at__lt=now() - KEEP_UNUSED)
    found = {str(pk) for pk in old.order_by("created_at").values_list("pk", flat=True)[:limit]}
    if not found:
        return 0
    for kept in Draft.objects.values_list("files", flat=True).iterator():
        found -= set(kept.values())
    # Asked again as they are deleted: one may have been handed in meanwhile.
    gone, _ = StoredFile.objects.filter(pk__in=found, subject="").delete()
    return gone


def register_files() -> None:
    """Called once when the app is ready."""
    register_access(MATERIAL, may_open_material)
