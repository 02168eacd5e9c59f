"""Idempotency-Key: the same request sent twice is carried out once and answered twice."""

from collections.abc import Callable

from django.db import IntegrityError, connection, transaction

from zhengwu.kernel.directory.models import RepeatedRequest
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Problem
from zhengwu.lib.sm import sm3

Answer = tuple[int, bytes]

_BEGUN = (
    "INSERT INTO directory_repeatedrequest (account_id, key, target, digest, body, created_at) "
    "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
)


def once(*, account_id: int | None, key: str, target: str, body: bytes, run: Callable[[], Answer]) -> Answer:
    """Runs ``run`` in one transaction together with the row that remembers its answer.

    ``key`` is 1–80 visible characters. The same key with another body or target is refused (422); while the first
    request still runs, a second waits for its transaction and then gets its answer.
    """
    if not key:
        with transaction.atomic():
            return run()
    if len(key) > 80 or not key.isprintable():
        raise Problem(
            "bad-idempotency-key", "Idempotency-Key 须为 1–80 个可见字符", "Idempotency-Key must be 1-80 characters"
        )
    digest = sm3(target.encode() + b"\0" + body).hex()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_BEGUN, [account_id, key, target[:200], digest, b"", now()])
                (begun,) = cursor.fetchone()
                status, answer = run()
                cursor.execute("UPDATE directory_repeatedrequest SET status = %s, body = %s WHERE id = %s",
                               [status, answer, begun])
            return status, answer
    except IntegrityError as error:
        if "repeated_once" not in str(error):
            raise
    earlier = RepeatedRequest.objects.get(account=account_id, key=key)
    if earlier.digest != digest:
        raise Problem(
            "idempotency-key-reused",
            "同一个 Idempotency-Key 已用于另一个请求",
            "this Idempotency-Key was used for another request",
            status=422,
        )
    if earlier.status is None:
        raise Conflict("still-running", "上一个相同请求仍在处理", "the first request is still being handled")
    return earlier.status, bytes(earlier.body)
