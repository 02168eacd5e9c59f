"""Empties the outbox. Any number of workers may run it at once; a message is handed over once in effect.

A claim is written and committed before anything is sent: the row counts the attempt and becomes due again only after
``LEASE``. A worker that dies between sending and noting leaves a row that is due later with ``attempts`` above zero;
the driver is then told that it may have carried this key before.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from zhengwu.kernel.directory.api import open_text, phone_of
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.notifications.drivers import Parcel, driver_of
from zhengwu.kernel.notifications.models import Outbox
from zhengwu.lib.now import now
from zhengwu.lib.periodic import every
from zhengwu.lib.problem import Conflict

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=5)
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 30, 120, 720)]
"""Waits after the first, second … failure; after the last the message stands as failed until somebody retries it."""

_CLAIM = """
UPDATE notifications_outbox SET attempts = attempts + 1, next_at = %s
WHERE id IN (SELECT id FROM notifications_outbox WHERE state = 'pending' AND next_at <= %s
             ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, channel, account_id, address_sealed, text, key, attempts"""


@every(seconds=5, name="notifications.outbox")
def sweep_outbox() -> int:
    """Sends everything due, in batches; returns how many were handed over. Call it outside of transactions:
    the claim must be committed before anything is sent."""
    handed_over = 0
    while rows := _claim():
        accounts = Account.objects.in_bulk({row[2] for row in rows if row[2] is not None})
        handed_over += sum(_send(row, accounts) for row in rows)
    return handed_over


def retry(outbox_id: int) -> None:
    """Lets a failed message be tried again from the start. ``Conflict`` when it is not in the state failed."""
    changed = Outbox.objects.filter(pk=outbox_id, state=Outbox.State.FAILED).update(
        state=Outbox.State.PENDING, next_at=now(), last_error=""
    )
    if not changed:
        raise Conflict("not-failed", "只有发送失败的消息才能重新发送。", "only failed messages can be retried")


def _claim() -> Sequence[tuple[Any, ...]]:
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [moment + LEASE, moment, BATCH])
        return cursor.fetchall()


def _send(row: tuple[Any, ...], accounts: dict[int, Account]) -> bool:
    """Hands one claimed message over and notes how it went. A failure concerns this message only."""
    key, channel, account_id, sealed, text, name, attempts = row
    try:
        address = open_text(sealed, "outbox") if sealed else phone_of(accounts[account_id])
        if not address:
            _fail(key, attempts, "没有可用的号码或地址", for_good=True)
            return False
        driver_of(channel).send(Parcel(name, channel, address, text, again=attempts > 1))
    except Exception as error:  # noqa: BLE001 - whatever a driver raises concerns its message only
        log.warning("%s was not handed over: %s", name, type(error).__name__)
        _fail(key, attempts, type(error).__name__, for_good=attempts > len(BACK_OFF))
        return False
    Outbox.objects.filter(pk=key).update(
        state=Outbox.State.SENT, sent_at=now(), last_error="", address_sealed=""
    )
    return True


def _fail(key: int, attempts: int, reason: str, *, for_good: bool) -> None:
    if for_good:
        Outbox.objects.filter(pk=key).update(state=Outbox.State.FAILED, last_error=reason)
        return
    wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    Outbox.objects.filter(pk=key).update(next_at=now() + wait, last_error=reason)
