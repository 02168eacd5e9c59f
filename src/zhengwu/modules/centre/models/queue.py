"""The queue of a service point: lanes people take numbers for, tickets, slots to be booked, bookings."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.matters.models import Matter, ServicePoint, Window


class Lane(models.Model):
    """A kind of business one takes a number for (取号类别), served by some of the point's windows."""

    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="lanes")
    letter = models.CharField("字母", max_length=2)
    name = models.CharField("业务", max_length=40)
    windows = models.ManyToManyField(Window, related_name="lanes", verbose_name="窗口")
    order = models.SmallIntegerField(default=0)
    active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["point", "order", "letter"]
        constraints = [models.UniqueConstraint(fields=["point", "letter"], name="lane_letter_once")]

    def __str__(self) -> str:
        return f"{self.letter} {self.name}"


class LaneDay(models.Model):
    """The last number given out in a lane on a day."""

    lane = models.ForeignKey(Lane, models.CASCADE, related_name="+")
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "day"], name="lane_day_once")]

    def __str__(self) -> str:
        return f"{self.lane_id} {self.day} {self.last}"


class Ticket(models.Model):
    """One number of the queue. What happened to it is on the ledger stream ``ticket:<id>``; the columns say where it
    stands. ``code`` is on its paper and opens it, nothing else; ``front`` puts it before the others (booked, moved)."""

    class State(models.TextChoices):
        WAITING = "waiting", "等候"
        CALLED = "called", "正在办理"
        SERVED = "served", "已办理"
        SKIPPED = "skipped", "过号"
        LEFT = "left", "已取消"

    class Source(models.TextChoices):
        KIOSK = "kiosk", "取号机"
        PHONE = "phone", "手机"
        BOOKED = "booked", "预约"
        DESK = "desk", "导办台"

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="tickets")
    lane = models.ForeignKey(Lane, models.PROTECT, related_name="tickets")
    day = models.DateField()
    label = models.CharField("号码", max_length=8)
    code = models.CharField(max_length=16, unique=True)
    source = models.CharField("取号方式", max_length=8, choices=Source.choices, default=Source.KIOSK)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    front = models.BooleanField("优先", default=False)
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="tickets")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    calls = models.SmallIntegerField("呼叫次数", default=0)
    taken_at = models.DateTimeField("取号时间")
    called_at = models.DateTimeField("呼叫时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "day", "label"], name="ticket_label_once"),
            models.UniqueConstraint(fields=["window"], condition=Q(state="called"), name="ticket_one_at_window"),
            models.CheckConstraint(
                condition=~Q(state="called") | Q(window__isnull=False, clerk__isnull=False), name="ticket_called_where"
            ),
        ]
        indexes = [
            models.Index(fields=["lane", "day", "-front", "taken_at"], name="ticket_waiting",
                         condition=Q(state="waiting")),
            models.Index(fields=["point", "day", "state"]),
            models.Index(fields=["clerk", "day"]),
        ]

    def __str__(self) -> str:
        return self.label


class Slot(models.Model):
    """A time that can be booked in a lane on some weekdays (``days``: 1 Monday … 7 Sunday), for ``capacity`` people."""

    lane = models.ForeignKey(Lane, models.CASCADE, related_name="slots")
    days = models.CharField("星期", max_length=7, default="12345")
    begins = models.TimeField("开始")
    ends = models.TimeField("结束")
    capacity = models.SmallIntegerField("人数")
    active = models.BooleanField("开放", default=True)

    class Meta:
        ordering = ["lane", "begins"]
        constraints = [
            models.UniqueConstraint(fields=["lane", "begins"], name="slot_once"),
            models.CheckConstraint(condition=Q(capacity__gt=0, ends__gt=models.F("begins")), name="slot_range"),
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}—{self.ends:%H:%M}"


class Booking(models.Model):
    """An appointment (预约) of an account: checked in it becomes a ticket, else it is missed."""

    class State(models.TextChoices):
        BOOKED = "booked", "已预约"
        ARRIVED = "arrived", "已签到"
        CANCELLED = "cancelled", "已取消"
        MISSED = "missed", "未到"

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings")
    lane = models.ForeignKey(Lane, models.PROTECT, related_name="bookings")
    day = models.DateField("日期")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+", verbose_name="要办的事")
    code = models.CharField("签到码", max_length=6)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.BOOKED)
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="booking")
    at = models.DateTimeField("预约时间")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day", "slot__begins", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "day", "account"], condition=Q(state__in=["booked", "arrived"]), name="booking_once"
            ),
            models.UniqueConstraint(fields=["day", "code"], name="booking_code_once"),
        ]
        indexes = [models.Index(fields=["account", "-day"]), models.Index(fields=["slot", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.slot}"
