"""The hall's last weeks: who sat where, numbers called, what people thought of it, complaints, two months of sheets."""

import random
from datetime import date, datetime, timedelta

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.centre import hall
from zhengwu.demo.live_hands import Staff
from zhengwu.kernel.cases.api import act
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.api import book as clock_book
from zhengwu.kernel.directory.api import ANONYMOUS, Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import ServicePoint, Window
from zhengwu.lib.now import CN, local, travel
from zhengwu.lib.problem import Conflict
from zhengwu.modules.centre.models import Booking, Lane, Sheet, Sitting, Slot, Ticket
from zhengwu.modules.centre.services import sheet as sheets
from zhengwu.modules.centre.services import ticket as queue
from zhengwu.modules.centre.services.attend import sign_in
from zhengwu.modules.centre.services.book import book, days_ahead
from zhengwu.modules.centre.services.complain import reply, set_rota, take_down
from zhengwu.modules.evaluation.models import Evaluation
from zhengwu.modules.evaluation.services.evaluate import evaluate
from zhengwu.modules.evaluation.visiting import KIND, visit_of

_CLERKS = 24
_GOOD = ("办得快，一次就办好了", "窗口耐心，讲得清楚", "网上交材料很方便", "", "", "", "工作人员帮我填表，谢谢")
_BAD = ("排队一个多小时，叫号没人解释", "材料说了三遍不一样，来回跑了两趟", "窗口态度生硬，问一句答半句")
_CHANNELS = ("page", "sms", "qr", "device", "device", "slip")
_COMPLAINTS = (
    ("何桂兰", "oral", "oral", "上午十一点半窗口没有人，等了四十分钟也没有人来说明"),
    ("吴建平", "written", "written", "两次来办同一件事，两次要求的材料不一样，要求书面说明依据"),
    ("罗小军", "oral", "oral", "打印材料被要求到指定的打印店，价格贵"),
    ("唐秀英", "oral", "oral", "取号机没有语音，老人不会用，旁边没有人帮"),
)


class Hall:
    """What the scenes below share."""

    def __init__(self, now: datetime, seed: int) -> None:
        self.now, self.rng = now, random.Random(f"{seed}:hall")  # noqa: S311 - a fictional city, not a secret
        self.point: ServicePoint = hall()
        self.staff = Staff(self.rng)
        self.centre: Actor = Account.objects.get(username="centre").actor
        self.desk: Actor = Account.objects.get(username="reception").actor
        self.windows = list(Window.objects.filter(point=self.point).select_related("unit", "point").order_by("number"))
        self.clerks = list(Account.objects.filter(appointments__unit=self.point.unit, appointments__role="clerk")
                           .order_by("id").distinct()[:_CLERKS])

    def seats(self) -> list[tuple[Account, Window]]:
        """The clerks who come to work, each at a window of their own, spread over the hall."""
        step = max(1, len(self.windows) // max(1, len(self.clerks)))
        return list(zip(self.clerks, self.windows[::step], strict=False))


def live_hall(now: datetime, seed: int) -> int:
    """Fills the hall; returns how many numbers wait or were served today."""
    scene = Hall(now, seed)
    _said(scene)
    _complained(scene)
    months = _months(now)
    for month in months:
        _month(scene, month)
    _sheets(scene, months)
    _booked(scene)
    return _today(scene)


def _said(scene: Hall) -> None:
    """Most closed cases are evaluated within hours; three badly, and the rectifications stand at three stages."""
    rows = Case.objects.with_facts().filter(division_id=COUNTY, kind=KIND, closed_at__isnull=False, evaluation=None)
    visits = [visit_of(case) for case in rows.exclude(state="withdrawn").order_by("closed_at", "id")]
    recent = [visit.key for visit in visits if scene.now - visit.at < timedelta(days=12)][-3:]
    for number, visit in enumerate(visits):
        bad = visit.key in recent
        if not bad and number % 5 == 4:
            continue
        at = min(visit.at + timedelta(minutes=scene.rng.randint(1, 400)), scene.now)
        with travel(at):
            given = evaluate(
                visit=visit, channel=scene.rng.choice(_CHANNELS), by=ANONYMOUS,
                level=scene.rng.choice((1, 2)) if bad else scene.rng.choice((5, 5, 5, 5, 4, 4, 3)),
                comment=_BAD[recent.index(visit.key)] if bad else scene.rng.choice(_GOOD))
        if given.rectification is not None:
            stages = (("confirm", "fix", "reply", "pass"), ("confirm", "schedule"), ())
            _put_right(scene, given, at, stages[recent.index(visit.key)])


def _put_right(scene: Hall, given: Evaluation, at: datetime, actions: tuple[str, ...]) -> None:
    case = given.rectification
    assert case is not None
    words = {"confirm": "已电话回访，情况属实。", "fix": "已调整窗口排班，午间安排值班。",
             "schedule": "列入整改台账，限期完成。", "reply": "已将整改情况告知评价人。",
             "pass": "回访核查，整改到位。"}
    for number, action in enumerate(actions):
        step = Step.objects.filter(case=case, closed_at=None).order_by("id").first()
        who = scene.staff.at(step) if step is not None else None
        if step is None or who is None:
            return
        with travel(min(at + timedelta(hours=3 + 5 * number), scene.now)):
            act(step_id=step.pk, action=action, by=who, opinion=words[action])


def _complained(scene: Hall) -> None:
    """Four complaints: one just come, one looked into, one answered by voice, one in writing."""
    rng = scene.rng
    for number, (name, came, wanted, words) in enumerate(_COMPLAINTS):
        at = scene.now - timedelta(days=4 - number, hours=2)
        with travel(at):
            row = take_down(point=scene.point, by=scene.desk, name=name, phone=f"1380000{rng.randrange(1000, 9999)}",
                            came=came, wanted=wanted, words=words, about=None, window=scene.windows[number * 3])
        for node, action in (("assign", "forward"), ("check", "founded"))[:max(0, 3 - number)]:
            step = Step.objects.filter(case=row.case, node=node, closed_at=None).first()
            who = scene.staff.at(step) if step is not None else None
            if step is None or who is None:
                break
            with travel(min(at + timedelta(hours=5), scene.now)):
                act(step_id=step.pk, action=action, by=who, opinion="已调阅叫号记录、询问窗口人员，情况属实。")
        if number < 2 and Step.objects.filter(case=row.case, node="answer", closed_at=None).exists():
            told = local(at + timedelta(hours=6))
            with travel(min(at + timedelta(hours=7), scene.now)):
                reply(complaint=row, by=scene.desk, words="经核查情况属实，已责令改正，感谢您的监督。", way=wanted,
                      told="phone", person=scene.desk.name, day=f"{told:%Y-%m-%d}", clock=f"{told:%H:%M}")
    with travel(scene.now):
        for n in range(10):
            day = local(scene.now).date() + timedelta(days=n)
            if clock_book().calendar.is_working(day.toordinal()):
                for half, who in (("am", scene.desk), ("pm", scene.centre if n % 3 == 2 else scene.desk)):
                    set_rota(point=scene.point, by=scene.centre, day=day, half=half, account_id=who.account_id or 0)


def _months(now: datetime) -> list[date]:
    """The two months before this one, the older first."""
    last = (local(now).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    return [(last - timedelta(days=1)).replace(day=1), last]


def _month(scene: Hall, month: date) -> None:
    """Attendance and numbers served of a month that is over: history, written at once."""
    rng, calendar = scene.rng, clock_book().calendar
    lanes = {w.pk: lane for lane in Lane.objects.filter(point=scene.point) for w in lane.windows.all()}
    sittings, tickets = list[Sitting](), list[Ticket]()
    day = month
    while day.month == month.month:
        if calendar.is_working(day.toordinal()):
            for number, (clerk, window) in enumerate(scene.seats()):
                chance = rng.random()
                if chance < 0.012:
                    continue
                begun = _at(day, 8, 50) + timedelta(minutes=rng.randint(0, 9) + (25 if chance > 0.97 else 0))
                ended = _at(day, 17, rng.randint(0, 20)) - timedelta(hours=2 if 0.955 < chance < 0.965 else 0)
                sittings.append(Sitting(window=window, clerk=clerk, day=day, begun_at=begun, ended_at=ended,
                                        forgotten=0.965 < chance < 0.97))
                tickets += _served(scene, sittings[-1], lanes[window.pk], number)
        day += timedelta(days=1)
    Sitting.objects.bulk_create(sittings, batch_size=1000)
    Ticket.objects.bulk_create(tickets, batch_size=1000)


def _served(scene: Hall, sitting: Sitting, lane: Lane, number: int) -> list[Ticket]:
    made, day, window = [], sitting.day, sitting.window
    for n in range(scene.rng.randint(0, 4)):
        taken = _at(day, 9 + 2 * n, scene.rng.randint(0, 59))
        called = taken + timedelta(minutes=scene.rng.randint(1, 18))
        made.append(Ticket(
            point=scene.point, lane=lane, day=day, label=f"{lane.letter}{number * 10 + n + 1:03d}",
            code=f"{day:%y%m%d}-{number:02d}{n}", state=Ticket.State.SERVED, window=window, unit=window.unit,
            clerk=sitting.clerk, calls=1, taken_at=taken, called_at=called,
            closed_at=called + timedelta(minutes=scene.rng.randint(3, 25))))
    return made


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CN)


def _sheets(scene: Hall, months: list[date]) -> None:
    """The older month is final, one sheet after an objection; last month is shown, one objected to."""
    aspects = (("dress", "未穿工装上岗"), ("language", "使用“不知道、不归我管”等忌语"), ("manner", "岗位上看手机"))
    for month in months:
        with travel(_at(month.replace(day=26), 16, 0)):
            for (aspect, words), clerk in zip(aspects, scene.rng.sample(scene.clerks, 3), strict=True):
                sheets.note(point=scene.point, by=scene.centre, clerk_id=clerk.pk, day=month.replace(day=20),
                            aspect=aspect, words=words)
            sheets.merit(point=scene.point, by=scene.centre, clerk_id=scene.clerks[2].pk, day=month.replace(day=18),
                         kind="grievance", tenths=30, words="受到无理辱骂仍耐心解释，群众事后道歉")
            sheets.merit(point=scene.point, by=scene.centre, clerk_id=scene.clerks[5].pk, day=month.replace(day=22),
                         kind="praise", tenths=10, words="为行动不便老人上门代办，收到锦旗")
    for month in months:
        following = (month + timedelta(days=32)).replace(day=1)
        with travel(min(_at(following, 9, 0), scene.now) if month == months[0] else scene.now):
            sheets.compute(point=scene.point, month=month, by=scene.centre)
            sheets.show(point=scene.point, month=month, by=scene.centre)
            _objected(scene, month, decided=month == months[0])
    with travel(scene.now):
        sheets.finalise_due()


def _objected(scene: Hall, month: date, *, decided: bool) -> None:
    row = Sheet.objects.filter(month=month).exclude(clerk__username="clerk").order_by("tenths", "pk").first()
    if row is None:
        return
    sheets.object_to(pk=row.pk, by=row.clerk.actor, words="有一天是到县里开会，有会议通知，不应当计为缺勤或者迟到。")
    if decided:
        sheets.decide(pk=row.pk, by=scene.centre, words="经核对会议通知，情况属实，予以更正。", correction=20)


def _booked(scene: Hall) -> None:
    """Every applicant of the city has something booked."""
    people = list(Account.objects.filter(kind__in=("citizen", "enterprise"), is_active=True).order_by("id")[:12])
    slots = list(Slot.objects.filter(lane__point=scene.point).select_related("lane").order_by("lane__order", "begins"))
    with travel(scene.now):
        days = days_ahead()
        for number, account in enumerate(people):
            for nth in range(2):
                slot = slots[(number * 7 + nth * 13) % len(slots)]
                try:
                    book(slot_id=slot.pk, day=days[1 + (number + 3 * nth) % 5], by=account.actor)
                except Conflict:
                    continue
    for account in people[:4]:
        slot = next((s for s in reversed(slots) if s.lane.letter == "A"), slots[-1])
        Booking.objects.get_or_create(
            lane=slot.lane, day=local(scene.now).date(), account=account, state=Booking.State.BOOKED,
            defaults={"slot": slot, "code": f"{account.pk % 1000:03d}{account.pk % 7}35"[:6], "at": scene.now})


def _today(scene: Hall) -> int:
    """The last three hours in the hall: clerks sign in, numbers are taken and called one after another."""
    start = max(scene.now - timedelta(hours=3), datetime.combine(local(scene.now).date(), datetime.min.time(), CN))
    minutes = max(1, int((scene.now - start).total_seconds() // 60))
    lanes = list(Lane.objects.filter(point=scene.point).select_related("point"))
    seats = scene.seats()
    with travel(start):
        for clerk, window in seats:
            sign_in(window=window, by=clerk.actor)
    moments = sorted(start + timedelta(minutes=scene.rng.uniform(0, minutes)) for _ in range(90))
    for number, at in enumerate(moments):
        with travel(at):
            queue.take(lane=lanes[number % len(lanes)], source=scene.rng.choice(("kiosk", "kiosk", "phone", "desk")))
            if number > 12:
                clerk, window = seats[(number * 5) % len(seats)]
                _call(scene, clerk, window)
    return Ticket.objects.filter(point=scene.point, day=local(scene.now).date()).count()


def _call(scene: Hall, clerk: Account, window: Window) -> None:
    try:
        if scene.rng.random() < 0.08 and Ticket.objects.filter(window=window, state=Ticket.State.CALLED).exists():
            queue.skip(window=window, by=clerk.actor)
        queue.call_next(window=window, by=clerk.actor)
    except Conflict:
        return
