"""Carriers: where a parcel is booked and asked after. The simulated one stands in for the post."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from zhengwu.lib import now
from zhengwu.modules.delivery.models import Parcel


@dataclass(frozen=True)
class Event:
    """``end``: "" under way, "signed" or "returned"."""

    at: datetime
    words: str
    end: str = ""


class Carrier(Protocol):
    """``book`` gives a tracking number, the same for the same parcel; ``track`` everything known up to now."""

    label: str

    def book(self, parcel: Parcel) -> str: ...

    def track(self, parcel: Parcel) -> list[Event]: ...


class Simulated:
    """Collected after two hours, under way the next day, signed for on the third: computed from when it was sent."""

    label = "模拟邮政（演示）"
    _COURSE = ((timedelta(hours=2), "邮政揽投员已收寄", ""), (timedelta(hours=20), "已离开临溪县处理中心", ""),
               (timedelta(days=1, hours=6), "已到达投递部，安排投递", ""), (timedelta(days=2), "本人签收", "signed"))

    def book(self, parcel: Parcel) -> str:
        return f"MN{parcel.pk:09d}CN"

    def track(self, parcel: Parcel) -> list[Event]:
        if parcel.sent_at is None:
            return []
        moment = now.now()
        return [Event(parcel.sent_at + after, words, end) for after, words, end in self._COURSE
                if parcel.sent_at + after <= moment]


_carriers: dict[str, Carrier] = {"simulated": Simulated()}


def use(code: str, carrier: Carrier) -> None:
    """Registers a carrier; the newest registered is the one that is booked."""
    _carriers[code] = carrier


def get(code: str) -> Carrier:
    """Raises KeyError for a code nobody registered."""
    return _carriers[code]


def current() -> str:
    """Code of the carrier that is booked."""
    return next(reversed(_carriers))
