"""Periodic work of the centre."""

from zhengwu.lib.periodic import every
from zhengwu.modules.centre.services.attend import close_forgotten
from zhengwu.modules.centre.services.book import mark_missed, remind
from zhengwu.modules.centre.services.sheet import finalise_due


@every(seconds=300, name="centre.missed")
def missed() -> int:
    """Bookings nobody came to."""
    return mark_missed()


@every(seconds=3600, name="centre.remind")
def reminders() -> int:
    """Tells people of tomorrow's and today's appointments."""
    return remind()


@every(seconds=3600, name="centre.sittings")
def sittings() -> int:
    """Signs out who forgot to."""
    return close_forgotten()


@every(seconds=3600, name="centre.sheets")
def sheets() -> int:
    """Sheets nobody objected to in time."""
    return finalise_due()
