"""The one source of the present moment, so that tests and the year simulator can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CN = ZoneInfo("Asia/Shanghai")
_travelled: ContextVar[datetime | None] = ContextVar("now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _travelled.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return now().astimezone(CN).date()


def local(moment: datetime) -> datetime:
    """``moment`` as a wall clock in China shows it."""
    return moment.astimezone(CN)


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Makes ``now()`` answer ``to`` (aware) inside the block."""
    if to.tzinfo is None:
        raise ValueError("travel() needs an aware datetime")
    token = _travelled.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _travelled.reset(token)
