"""Entrance to notifications: tell people, in the same transaction as the deed; count what they have not read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpRequest

from zhengwu.kernel.directory.api import seal_text
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import now

__all__ = ["IN_APP", "MAIL", "SMS", "Message", "notify", "notify_many", "unread", "unread_on"]

IN_APP, SMS, MAIL = "in_app", "sms", "mail"

_NOTICES = """
INSERT INTO notifications_notice (account_id, title, body, url, key, created_at)
SELECT account_id, title, body, url, key, %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) AS t(account_id, title, body, url, key)
ON CONFLICT (key) DO NOTHING"""
_OUTBOX = """
INSERT INTO notifications_outbox
  (channel, account_id, address_sealed, text, key, state, attempts, created_at, next_at, last_error)
SELECT channel, account_id, address, text, key, 'pending', 0, %s, %s, ''
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[]) AS t(channel, account_id, address, text, key)
ON CONFLICT (key) DO NOTHING"""
_BOTH = f"WITH told AS ({_NOTICES}) {_OUTBOX}"


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told. ``key`` (at most 160 characters) makes it once.

    ``channels``: ``in_app`` (needs ``account_id``), ``sms``, ``mail``. ``addresses`` maps a channel to a number or
    mail address where there is no account, or another one is wanted; an SMS otherwise goes to the account's phone.
    """

    account_id: int | None
    title: str
    key: str
    body: str = ""
    url: str = ""
    channels: tuple[str, ...] = (IN_APP,)
    addresses: Mapping[str, str] = field(default_factory=dict)


def notify(
    *,
    account_id: int | None,
    title: str,
    body: str = "",
    url: str = "",
    key: str,
    channels: tuple[str, ...] = (IN_APP,),
    addresses: Mapping[str, str] | None = None,
) -> None:
    """Tells one person; fields as in ``Message``. Telling the same ``key`` again does nothing."""
    notify_many([Message(account_id, title, key, body, url, channels, addresses or {})])


def notify_many(messages: Iterable[Message]) -> None:
    """Tells many people with one statement, in the caller's transaction: told if and only if it commits."""
    moment = now()
    notices: list[tuple[Any, ...]] = []
    outbox: list[tuple[Any, ...]] = []
    for message in messages:
        for channel in message.channels:
            if channel == IN_APP:
                notices.append(_notice(message))
            else:
                outbox.append(_outgoing(message, channel))
    if not notices and not outbox:
        return
    shown: list[Any] = [moment, *_columns(notices)]
    sent: list[Any] = [moment, moment, *_columns(outbox)]
    with connection.cursor() as cursor:
        if not outbox:
            cursor.execute(_NOTICES, shown)
        elif not notices:
            cursor.execute(_OUTBOX, sent)
        else:
            cursor.execute(_BOTH, [*shown, *sent])


def unread(account_id: int) -> int:
    """How many notices this account has not read (index scan over the unread ones only)."""
    return Notice.objects.filter(account_id=account_id, read_at=None).count()


def unread_on(request: HttpRequest) -> int | None:
    """``unread`` of whoever asks, counted once a request; None for visitors who are not signed in."""
    if not request.user.is_authenticated:
        return None
    cached: int | None = getattr(request, "_unread_notices", None)
    if cached is None:
        cached = unread(request.user.pk)
        request._unread_notices = cached  # type: ignore[attr-defined]
    return cached


def _notice(message: Message) -> tuple[Any, ...]:
    if message.account_id is None:
        raise ValueError(f"notice {message.key!r} names no account to show it to")
    return (message.account_id, message.title[:200], message.body, message.url, message.key)


def _outgoing(message: Message, channel: str) -> tuple[Any, ...]:
    address = message.addresses.get(channel, "")
    if channel not in (SMS, MAIL):
        raise ValueError(f"unknown channel {channel!r}")
    if not address and (message.account_id is None or channel == MAIL):
        raise ValueError(f"message {message.key!r} has no address for {channel}")
    text = f"{message.title}。{message.body}" if message.body else message.title
    return (channel, message.account_id, seal_text(address, "outbox"), text, f"{channel}:{message.key}")


def _columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
