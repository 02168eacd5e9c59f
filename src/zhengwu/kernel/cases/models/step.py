"""Steps are the to-do items; timers are what a boundary event of the chart waits for."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.cases.models.case import Case
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Unit


class StepQuerySet(models.QuerySet["Step"]):
    def open(self) -> "StepQuerySet":
        return self.filter(closed_at=None)

    def for_actor(self, actor: Actor) -> "StepQuerySet":
        """The steps ``actor`` may act on today: addressed to the account, or to a post (unit and role) they hold."""
        rule = Q(account_id=actor.account_id) if actor.account_id else Q(pk__in=[])
        for post in actor.posts:
            rule |= Q(unit_id=post.unit_id, role=post.role, account=None)
        return self.filter(rule)

    def after(self, due_at: datetime | None, pk: int) -> "StepQuerySet":
        """The rows behind a cursor in the order (due_at nulls last, id)."""
        if due_at is None:
            return self.filter(due_at=None, pk__gt=pk)
        return self.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk) | Q(due_at=None))


class Step(models.Model):
    """One piece of work of a case. ``token`` and ``path`` name it to the flow; ``signer`` is set in a 会签.

    Open while ``closed_at`` is null. ``outcome`` is the action taken, or "cancelled" when the flow withdrew it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    token = models.CharField(max_length=12)
    signer = models.CharField(max_length=40, default="")
    node = models.CharField(max_length=60)
    name = models.CharField("环节", max_length=60)
    kind = models.CharField(max_length=20)
    path = models.JSONField(default=list)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="steps")
    role = models.CharField("角色", max_length=12)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="steps")
    opened_at = models.DateTimeField("到达时间")
    due_at = models.DateTimeField("应完成时间", null=True)
    warn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField("完成时间", null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_label = models.CharField("办理人", max_length=160, default="")
    closed_key = models.CharField(max_length=80, default="")
    outcome = models.CharField("结果", max_length=20, default="")
    outcome_label = models.CharField(max_length=20, default="")
    opinion = models.TextField("意见", default="")
    form = models.JSONField(default=dict)

    objects = StepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "token", "signer"], name="step_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="step_closed_with_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "role", "due_at", "id"], name="step_todo_post", condition=Q(closed_at=None)),
            models.Index(fields=["account", "due_at", "id"], name="step_todo_account", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Timer(models.Model):
    """A boundary timer of an open step; a sweep fires it through the one write path."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="timers")
    token = models.CharField(max_length=12)
    boundary = models.CharField(max_length=60)
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "token", "boundary"], name="timer_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.boundary}"
