"""Incoming SMS: packages say which words they answer; every message is taken in exactly once by its key.

The whole of ``receive`` is one transaction: what a word does and that it was done commit together. Numbers and texts
are kept sealed (个人信息保护法 §51) and forgotten after ``KEEP``.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from zhengwu.kernel.directory.api import blind_index, count_attempt, open_text, seal_text
from zhengwu.kernel.notifications.api import SMS, notify
from zhengwu.kernel.notifications.models import Inbound, OptOut
from zhengwu.lib.identifiers import check_mobile
from zhengwu.lib.now import now
from zhengwu.lib.periodic import every
from zhengwu.lib.problem import Conflict, Invalid, Problem

PER_HOUR = 20
"""Messages of one number that are answered within an hour; those above are kept without an answer."""
TEXT_MAX = 500
KEY_MAX = 100
KEEP = timedelta(days=180)
_PHONE, _TEXT = "inbound-phone", "inbound-text"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a handler gets. ``text`` is in normal form (half width, upper case); ``phone_index`` finds the sender
    without naming them (``blind_index(phone, "phone")``)."""

    phone: str
    phone_index: str
    text: str
    match: re.Match[str]
    at: datetime
    key: str


Handler = Callable[[Incoming], str | None]
"""Does what the words ask and returns the reply; None leaves the message to the next handler. A Problem undoes what
the handler did and is the reply."""


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: re.Pattern[str]
    handler: Handler
    help: str
    order: int


_entries: dict[str, _Entry] = {}


def on(pattern: str, handler: Handler, *, help: str = "", order: int = 50) -> None:
    """Answers messages that match ``pattern`` as a whole; ``help`` is one line of the reply to unknown words. Called
    once, in an app's ``ready()``; the same pattern again replaces the handler."""
    _entries[pattern] = _Entry(re.compile(pattern), handler, help, order)


def ordered() -> list[_Entry]:
    return sorted(_entries.values(), key=lambda e: e.order)


def normal(text: str) -> str:
    """Half width, upper case, single spaces: ５ is 5, ＋ and ， separate like a space."""
    flat = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s,+，、;；#]+", " ", flat).strip()


def receive(*, sender_phone: str, text: str, at: datetime | None = None, key: str) -> str:
    """Takes in one message and returns the reply that goes back through the outbox ("" for none).

    The same ``key`` again returns the first reply and does nothing. Raises Problem for a number that is no mobile
    number, Invalid for an empty or too long text or key, Conflict when the key came with other words before.
    """
    phone = check_mobile(sender_phone, field="from")
    if not 0 < len(key) <= KEY_MAX:
        raise Invalid({"key": f"请给出短信的唯一编号，不超过{KEY_MAX}个字符"})
    if not text.strip() or len(text) > TEXT_MAX:
        raise Invalid({"text": f"短信内容须为1到{TEXT_MAX}字"})
    index = blind_index(phone, "phone")
    earlier = Inbound.objects.filter(key=key).first()
    if earlier is not None:
        return _again(earlier, index, text)
    limited = _too_many(index)
    with transaction.atomic():
        row, fresh = Inbound.objects.get_or_create(
            key=key,
            defaults={
                "phone_sealed": seal_text(phone, _PHONE),
                "phone_index": index,
                "text_sealed": seal_text(text, _TEXT),
                "at": at or now(),
                "received_at": now(),
            },
        )
        if not fresh:
            return _again(row, index, text)
        word, reply = ("limited", "") if limited else _answer(phone, index, normal(text), row)
        row.word, row.reply_sealed = word, seal_text(reply, _TEXT)
        row.save(update_fields=["word", "reply_sealed"])
        if reply:
            notify(account_id=None, title=reply, key=f"inbound:{key}", channels=(SMS,), addresses={SMS: phone})
    return reply


def _again(row: Inbound, index: str, text: str) -> str:
    if row.phone_index != index or open_text(row.text_sealed, _TEXT) != text:
        raise Conflict("key-reused", "这个短信编号已用于另一条短信", "this key came with another message")
    return open_text(row.reply_sealed, _TEXT)


def _too_many(index: str) -> bool:
    try:
        count_attempt(key=f"sms-in:{index}", limit=PER_HOUR, minutes=60)
    except Problem:
        return True
    return False


def _answer(phone: str, index: str, text: str, row: Inbound) -> tuple[str, str]:
    for entry in ordered():
        match = entry.pattern.fullmatch(text)
        if match is None:
            continue
        try:
            with transaction.atomic():
                reply = entry.handler(Incoming(phone, index, text, match, row.at, row.key))
        except Problem as problem:
            return entry.pattern.pattern[:60], problem.zh
        if reply is not None:
            return entry.pattern.pattern[:60], reply
    return "unknown", help_text()


def help_text() -> str:
    """What to send: one line for every word that is answered."""
    return "【政务服务】没有看懂这条短信。" + "；".join(e.help for e in ordered() if e.help) + "。"


def _unsubscribe(message: Incoming) -> str:
    OptOut.objects.get_or_create(phone_index=message.phone_index, defaults={"at": message.at})
    return "已退订资讯短信。与您的办件有关的法定通知仍会发给您。回复DY可以恢复。"


def _subscribe(message: Incoming) -> str:
    OptOut.objects.filter(phone_index=message.phone_index).delete()
    return "已恢复资讯短信。"


def opted_out(phone: str) -> bool:
    """Whether this number wants no news (lawful notices are sent all the same)."""
    return OptOut.objects.filter(phone_index=blind_index(phone, "phone")).exists()


def recent(limit: int = 50) -> list[dict[str, str | datetime]]:
    """The last messages for the simulator's page; codes of six digits are covered."""
    return [
        {
            "at": row.received_at,
            "phone": open_text(row.phone_sealed, _PHONE),
            "text": re.sub(r"(?<!\d)\d{6}(?!\d)", "••••••", open_text(row.text_sealed, _TEXT)),
            "reply": open_text(row.reply_sealed, _TEXT),
        }
        for row in Inbound.objects.order_by("-id")[:limit]
    ]


@every(seconds=86400, name="notifications.inbound")
def forget() -> int:
    """Removes messages older than ``KEEP`` (个人信息保护法 §19)."""
    gone, _ = Inbound.objects.filter(received_at__lt=now() - KEEP).delete()
    return gone


def register_words() -> None:
    """The two words of this package itself."""
    on(r"TD|T|退订", _unsubscribe, help="发TD退订资讯短信", order=90)
    on(r"DY|订阅|恢复", _subscribe, order=91)
