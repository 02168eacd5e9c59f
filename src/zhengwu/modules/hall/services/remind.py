"""Reminding applicants of what they must answer before it is too late; each limit once."""

from datetime import timedelta

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import local, now

AHEAD = timedelta(days=2)
BATCH = 500


def remind(limit: int = BATCH) -> int:
    """Tells everybody whose open step ends within AHEAD, on the platform and by SMS. Returns how many were told."""
    told = Notice.objects.filter(key=Concat(Value("remind:"), Cast(OuterRef("pk"), CharField())))
    steps = (
        Step.objects.open()
        .filter(~Exists(told), unit=None, account__isnull=False, due_at__gt=now(), due_at__lte=now() + AHEAD)
        .select_related("case", "account")
        .order_by("due_at", "id")[:limit]
    )
    found = list(steps)
    notify_many(_message(step) for step in found)
    return len(found)


def _message(step: Step) -> Message:
    assert step.due_at is not None and isinstance(step.account, Account)
    last = local(step.due_at - timedelta(microseconds=1))
    return Message(
        step.account.pk,
        f"请尽快{step.name}，{last:%-m月%-d日}截止：{step.case.title}，{step.case.number}",
        f"remind:{step.pk}",
        url=f"{reverse('hall:case', args=[step.case.number])}#todo",
        channels=("in_app", "sms") if step.account.phone_sealed else ("in_app",),
    )
