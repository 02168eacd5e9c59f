"""Periodic work of the directory: what was kept for a while only is forgotten."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings

from zhengwu.kernel.directory.models import Attempt, RepeatedRequest
from zhengwu.lib.now import now
from zhengwu.lib.periodic import every

KEEP_ANSWERS = timedelta(days=7)
"""How long a repeated request gets its first answer again. Answers hold query codes and applications: no longer."""
KEEP_ATTEMPTS = timedelta(days=1)
"""Longer than any window within which attempts are counted."""


@every(seconds=24 * 3600, name="directory.forget")
def forget() -> int:
    """Removes old answers, counts of attempts and sessions that ran out; returns how many answers went."""
    gone, _ = RepeatedRequest.objects.filter(created_at__lt=now() - KEEP_ANSWERS).delete()
    Attempt.objects.filter(since__lt=now() - KEEP_ATTEMPTS).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return gone
