"""Counting attempts at what can be guessed: query codes, tokens, certificate numbers."""

from datetime import timedelta

from django.db import connection
from django.http import HttpRequest

from zhengwu.lib.now import now
from zhengwu.lib.problem import Problem

_COUNT = """
insert into directory_attempt (key, since, count) values (%s, %s, 1)
on conflict (key) do update set
  count = case when directory_attempt.since < %s then 1 else directory_attempt.count + 1 end,
  since = case when directory_attempt.since < %s then excluded.since else directory_attempt.since end
returning count
"""


def count_attempt(*, key: str, limit: int, minutes: int) -> None:
    """Counts one attempt under ``key``; the one above ``limit`` within ``minutes`` raises Problem 429.

    Must run outside a transaction that is rolled back on refusal, else the count is lost.
    """
    moment = now()
    start = moment - timedelta(minutes=minutes)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key[:120], moment, start, start])
        (count,) = cursor.fetchone()
    if count > limit:
        raise Problem(
            "too-many-attempts",
            f"尝试次数过多，请{minutes}分钟后再试",
            f"too many attempts, try again in {minutes} minutes",
            status=429,
        )


def forget_attempts(*, key: str) -> None:
    """A success clears the count."""
    with connection.cursor() as cursor:
        cursor.execute("delete from directory_attempt where key = %s", [key[:120]])


def address_of(request: HttpRequest) -> str:
    """The network address attempts are counted by; behind a proxy see ``ZW_TRUSTED_PROXIES``."""
    return str(request.META.get("REMOTE_ADDR", ""))
