"""A calendar of one's own dates for any calendar program (iCalendar, RFC 5545), behind a secret address."""

import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from icalendar import Alarm, Calendar, Event

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import Actor, actor_of, blind_index, open_text, seal_text
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import local, now
from zhengwu.lib.problem import Denied, NotFound
from zhengwu.modules.hall.models import CalendarFeed
from zhengwu.modules.hall.selectors import own_cases, own_steps

_CONTEXT = "calendar-feed"
CASES_MAX = 200


@transaction.atomic
def make_feed(*, by: Actor) -> CalendarFeed:
    """A new secret address for the actor's calendar; the former one is dead from this moment."""
    if by.account_id is None:
        raise Denied("sign-in-needed", "请先登录", "sign in first")
    secret = secrets.token_urlsafe(24)
    facts = {
        "index": blind_index(secret, _CONTEXT),
        "secret_sealed": seal_text(secret, _CONTEXT),
        "made_at": now(),
        "revoked_at": None,
    }
    feed, _ = CalendarFeed.objects.update_or_create(account_id=by.account_id, defaults=facts)
    append(f"calendar:{by.account_id}", by.by(), [Entry("calendar.made", {})])
    return feed


@transaction.atomic
def revoke_feed(*, by: Actor) -> None:
    """The address answers no more. None there, or revoked already: nothing changes."""
    rows = CalendarFeed.objects.filter(account_id=by.account_id or 0, revoked_at=None)
    if rows.update(revoked_at=now()):
        append(f"calendar:{by.account_id}", by.by(), [Entry("calendar.revoked", {})])


def secret_of(by: Actor) -> str:
    """The secret in the actor's address; "" when there is none in force."""
    feed = CalendarFeed.objects.filter(account_id=by.account_id or 0, revoked_at=None).first()
    return open_text(feed.secret_sealed, _CONTEXT) if feed else ""


def feed_of(secret: str) -> bytes:
    """The calendar behind a secret. Raises NotFound for one that is unknown, revoked, or of a closed account."""
    row = CalendarFeed.objects.select_related("account").filter(
        index=blind_index(secret, _CONTEXT), revoked_at=None, account__is_active=True).first()
    if row is None:
        raise NotFound("no-such-calendar", "没有这个日历，或者已经停用", "no such calendar")
    return calendar_of(actor_of(row.account))


def calendar_of(actor: Actor) -> bytes:
    """What the actor must answer until when, and by when the office must. No names and no numbers of persons."""
    made = Calendar()
    made.add("prodid", "-//zhengwu//my affairs//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", "我的办事")
    for step in own_steps(actor).exclude(due_at=None)[:CASES_MAX]:
        made.add_component(_answer(step))
    for case in own_cases(actor).filter(closed_at=None, due_at__isnull=False).order_by("due_at")[:CASES_MAX]:
        made.add_component(_decision(case))
    return bytes(made.to_ical())


def _last_day(due_at: datetime) -> date:
    """A limit ends at midnight: its last day is the one before."""
    return local(due_at - timedelta(microseconds=1)).date()


def _event(uid: str, title: str, day: date, case: Case, about: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@zhengwu")
    event.add("dtstamp", now())
    event.add("summary", title)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("description", f"{about}\n办件编号 {case.number}")
    if settings.PUBLIC_URL:
        event.add("url", f"{settings.PUBLIC_URL.rstrip('/')}/my/cases/{case.number}/")
    event.add("transp", "TRANSPARENT")
    return event


def _answer(step: Step) -> Event:
    assert step.due_at is not None
    event = _event(
        f"step-{step.pk}", f"{step.name}：{step.case.title}", _last_day(step.due_at), step.case, "请在这一天之前提交"
    )
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"还有一天：{step.name}")
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event


def _decision(case: Case) -> Event:
    assert case.due_at is not None
    return _event(f"case-{case.pk}", f"最迟办结：{case.title}", _last_day(case.due_at), case, "承诺的办结时限")
