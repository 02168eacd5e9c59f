"""Life at the counters of the full county: walk-ins, papers promised, and the village agent of 李子坪村."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from zhengwu.demo.accounts import VILLAGE
from zhengwu.demo.live_hands import filled_form
from zhengwu.demo.places import EVERYDAY
from zhengwu.demo.samples import small_pdf
from zhengwu.kernel.cases.api import act, ask_mandate, give_mandate, revoke_mandate, todo
from zhengwu.kernel.cases.mandates import PAPER
from zhengwu.kernel.cases.models import Case, Mandate, Submission
from zhengwu.kernel.cases.services.mandates import consent_code
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.api import store
from zhengwu.kernel.matters.models import Matter, ServicePoint
from zhengwu.lib.identifiers import citizen_check_char
from zhengwu.lib.now import CN, travel
from zhengwu.modules.counter.people import Typed, checked
from zhengwu.modules.counter.points import Place, offered, place_of
from zhengwu.modules.counter.services.errand import collect, hand_over
from zhengwu.modules.counter.services.take_in import ACCEPT, FINISH, OPEN, Paper, far, take_in

_WALK_INS = ("冉桂英", "田永福", "向秀兰", "彭大发", "杨再兴", "石春梅", "龙海燕", "罗德胜")
_VILLAGERS = (("王桂芳", "19520304", "042", "13800000101"), ("陈德胜", "19680719", "315", "13800000102"),
              ("罗秀英", "19750112", "128", ""), ("谭志明", "19891223", "237", "13800000104"),
              ("冉光祥", "19470601", "113", ""))
_CORRECTION = {"items": [{"material": "申请人身份证件", "fault": "照片不清楚，看不清有效期限",
                          "wanted": "重新拍一张正反面清晰的照片"}]}


def number(born: str, serial: str) -> str:
    """A fictional citizen's number of the full county."""
    body = f"519921{born}{serial}"
    return body + citizen_check_char(body)


@dataclass
class Clock:
    """Mornings of office days, counted back from now."""

    now: datetime

    @contextmanager
    def back(self, days: int, hour: int, minute: int = 0) -> Iterator[datetime]:
        """The ``days``-th working day before today at that hour; never later than now."""
        calendar, day = book().calendar, self.now.astimezone(CN).date()
        left = days
        while left or not calendar.is_working(day.toordinal()):
            day -= timedelta(days=1)
            left -= calendar.is_working(day.toordinal()) and left > 0
        moment = min(datetime(day.year, day.month, day.day, hour, minute, tzinfo=CN), self.now)
        with travel(moment):
            yield moment


def live_counter(now: datetime, seed: int) -> int:
    """Some days of walk-ins and of the village agent, through the services; returns how many cases were opened."""
    point = ServicePoint.objects.filter(level=ServicePoint.Level.VILLAGE, division_id=VILLAGE).first()
    if point is None:
        return 0
    rng, clock = random.Random(f"{seed}:counter"), Clock(now)  # noqa: S311 - a fictional city, not a secret
    return _walk_ins(rng, clock) + _village(rng, clock, point)


def _papers(matter: Matter, late: int | None, now: datetime) -> list[Paper]:
    """Every required material on paper; the last one promised in ``late`` days where that is given."""
    rows = [m for m in matter.materials.all() if m.required]
    papers = [Paper(m, Submission.Way.PAPER) for m in rows]
    if late is not None and rows:
        papers[-1] = Paper(rows[-1], Submission.Way.LATER, due=now.astimezone(CN).date() + timedelta(days=late))
    return papers


def _walk_ins(rng: random.Random, clock: Clock) -> int:
    """The clerk's days at the centre's window."""
    clerk = Account.objects.get(username="clerk")
    place = place_of(clerk.actor, None)
    window = place.point.windows.order_by("number").first()
    place = Place(place.point, window)
    done = list(offered(place.point).filter(kind=Matter.Kind.INSTANT, complete=False).order_by("code")[:40])
    waiting = list(offered(place.point).filter(kind=Matter.Kind.PROMISED, complete=True).order_by("code")[:3])
    for n, name in enumerate(_WALK_INS):
        matter, late = rng.choice(done), None
        if n in (1, 4, 6):
            matter, late = (rng.choice(waiting) if waiting else matter), (1, 3, 9)[n % 3]
        with clock.back(max(0, 4 - n), 9 + n % 6, 10 + n) as at:
            typed = Typed(name, number(f"19{60 + n:02d}0{1 + n % 9}15", f"{110 + n}"), f"138000002{n:02d}")
            parties, _ = checked(typed)
            reach = far(matter)
            take_in(clerk=clerk, place=place, matter=matter, parties=parties, papers=_papers(matter, late, at),
                    form=filled_form(matter.form_schema, rng), until=reach if late is None else _no_further(reach),
                    key=f"demo-counter-{n}")
    return len(_WALK_INS)


def _no_further(reach: str) -> str:
    """With papers still to come the window accepts at most."""
    return ACCEPT if reach == FINISH else reach


def _consent(agent: Account, row: tuple[str, str, str, str]) -> Mandate:
    name, born, serial, phone = row
    way = "sms" if phone else "paper"
    mandate = ask_mandate(by=agent.actor, evidence=way, grantor_name=name, grantor_id=number(born, serial),
                          grantor_phone=phone)
    paper = None
    if not phone:
        paper = store(name="授权委托书.pdf", stream=BytesIO(small_pdf()), owner=agent.actor, purpose=PAPER)
    return give_mandate(mandate_id=mandate.pk, by=agent.actor, code=consent_code(mandate), paper=paper)


def _village(rng: random.Random, clock: Clock, point: ServicePoint) -> int:
    """The agent's weeks: consents by code and on paper, one taken back; cases done, waiting, to be corrected."""
    agent = Account.objects.get(username="agent")
    everyday = [m for m in offered(point).order_by("code") if any(word in m.name for word in EVERYDAY)]
    matters = everyday or list(offered(point).order_by("code")[:12])
    plans = ("deliver", "collect", "correct", "wait")
    cases: list[Case] = []
    for n, row in enumerate(_VILLAGERS):
        with clock.back(9 - 2 * n if n < 4 else 1, 10, 5 * n) as at:
            mandate = _consent(agent, row)
            if n == len(_VILLAGERS) - 1:
                continue
            matter = matters[5 * n % len(matters)]
            typed = Typed(row[0], number(row[1], row[2]), row[3])
            late = 20 if n == 3 else None
            cases.append(take_in(clerk=agent, place=Place(point), matter=matter, parties=checked(typed)[0],
                                 form=filled_form(matter.form_schema, rng), papers=_papers(matter, late, at),
                                 until=OPEN, key=f"demo-agent-{n}", mandate=mandate))
    for case, plan in zip(cases, plans, strict=True):
        _go_on(case, plan, agent, clock)
    with clock.back(0, 9, 30):
        last = Mandate.objects.filter(agent=agent).order_by("-id").first()
        if last is not None:
            revoke_mandate(mandate_id=last.pk, by=agent.actor)
        ask_mandate(by=agent.actor, evidence="sms", grantor_name="向秀兰", grantor_id=number("19620315", "112"),
                    grantor_phone="13800000105")
    return len(cases)


def _go_on(case: Case, plan: str, agent: Account, clock: Clock) -> None:
    """What the window does with it, and the agent afterwards."""
    clerk = Account.objects.get(username="clerk")
    actions = {"precheck": "accept", "decide": "grant", "issue": "issue", "deliver": "deliver"}
    with clock.back(2, 15):
        if plan == "correct":
            first = todo(clerk.actor).get(case=case)
            act(step_id=first.pk, action="correct", by=clerk.actor, form=_CORRECTION, opinion="请补正")
        while plan in ("deliver", "collect") and (step := todo(clerk.actor).filter(case=case).first()):
            form = {"way": "代办员代领"} if step.kind == "deliver" else {}
            act(step_id=step.pk, action=actions[step.kind], by=clerk.actor, form=form, opinion="材料齐全，符合条件。")
    if plan == "deliver":
        with clock.back(1, 10):
            collect(number=case.number, agent=agent)
            hand_over(number=case.number, agent=agent, receiver=case.applicant_name)
