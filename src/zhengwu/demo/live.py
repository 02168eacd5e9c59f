"""A little life: cases opened and moved through the one write path, with a clock that runs through the last weeks."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.live_hands import Staff, choose_action, filled_form, form_for, opinion_for, papers
from zhengwu.demo.live_plans import Plan, plans
from zhengwu.demo.people import Names
from zhengwu.kernel.cases.api import act, archive_due, fire_due, open_case, sweep_lights
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN, travel
from zhengwu.modules.hall.application import KIND
from zhengwu.modules.hall.services.rate import rate

_OPENS = time(9)
_DAY = 8 * 60
"""Office minutes of a working day."""
_HORIZON = 45
_ACTS_MAX = 40
_ONCE = frozenset({"inspect", "correct"})

Say = Callable[[str], None]


class OfficeTime:
    """Office minutes as one line: minute 0 is 09:00 of the first working day looked at, ``end`` is ``until``."""

    def __init__(self, until: datetime) -> None:
        local = until.astimezone(CN)
        calendar = book().calendar
        days = (local.date() - timedelta(days=n) for n in range(3 * _HORIZON))
        self._days = sorted([d for d in days if calendar.is_working(d.toordinal())][:_HORIZON])
        worked = (local.hour - _OPENS.hour) * 60 + local.minute if local.date() == self._days[-1] else _DAY
        self.end = (len(self._days) - 1) * _DAY + max(0, min(_DAY, worked))

    def moment(self, minute: int) -> datetime:
        """When office minute ``minute`` was."""
        day, rest = divmod(max(0, minute), _DAY)
        return datetime.combine(self._days[min(day, len(self._days) - 1)], _OPENS, CN) + timedelta(minutes=rest)

    def day(self, minute: int) -> int:
        return minute // _DAY


@dataclass(order=True)
class Turn:
    """The next thing in a case, at an office minute; without ``case`` it is opened. ``used``: kinds of step done."""

    minute: int
    number: int
    plan: Plan = field(compare=False)
    case: Case | None = field(compare=False, default=None)
    acts: int = field(compare=False, default=0)
    used: frozenset[str] = field(compare=False, default=frozenset())


@dataclass
class Life:
    """The simulation: turns in order of time, each done by somebody who holds the post."""

    line: OfficeTime
    rng: random.Random
    staff: Staff
    names: Names
    turns: list[Turn] = field(default_factory=list)
    opened: int = 0
    acted: int = 0

    def run(self) -> None:
        today = -1
        while self.turns:
            turn = heapq.heappop(self.turns)
            if turn.minute > self.line.end:
                continue
            with travel(self.line.moment(turn.minute)):
                if self.line.day(turn.minute) != today:
                    today = self.line.day(turn.minute)
                    _every_day()
                following = self._open(turn) if turn.case is None else self._move(turn, turn.case)
            if following is not None:
                heapq.heappush(self.turns, following)

    def _after(self, turn: Turn) -> int:
        """When the next hand is laid on the case; never the same minute, never exactly the same pace."""
        return turn.minute + max(2, round(turn.plan.pace * _DAY * self.rng.uniform(0.7, 1.2)))

    def _open(self, turn: Turn) -> Turn:
        plan = turn.plan
        matter = Matter.objects.with_guide().get(division=COUNTY, name=plan.matter)
        applicant = Account.objects.get(username=plan.by) if plan.by else None
        by = applicant.actor if applicant else self.staff.clerk(matter.point.unit_id)
        case = open_case(kind=KIND, matter=matter, by=by, applicant=applicant,
                         applicant_name=applicant.name if applicant else self.names.next(),
                         form=filled_form(matter.form_schema, self.rng), materials=papers(matter))
        self.opened += 1
        return Turn(self._after(turn), turn.number, plan, case)

    def _move(self, turn: Turn, case: Case) -> Turn | None:
        """One step of the case, if it does not rest here; afterwards it is rated if the plan says so."""
        for step in self._open_steps(case):
            if step.kind == turn.plan.until:
                continue
            wanted = turn.plan.instead.get(step.kind, "")
            if wanted in _ONCE and step.kind in turn.used:
                wanted = ""
            node = chart_of(case.version_id).node(step.node)
            action, actor = choose_action(node, wanted), self.staff.at(step)
            if action is None or actor is None or turn.acts >= _ACTS_MAX:
                continue
            done = act(step_id=step.pk, action=action, by=actor, form=form_for(action, case),
                       opinion=opinion_for(action))
            self.acted += 1
            return Turn(self._after(turn), turn.number, turn.plan, done.case, turn.acts + 1, turn.used | {step.kind})
        self._rate(turn.plan, case)
        return None

    def _open_steps(self, case: Case) -> Iterator[Step]:
        yield from Step.objects.filter(case=case).open().order_by("id")

    def _rate(self, plan: Plan, case: Case) -> None:
        case.refresh_from_db()
        if plan.stars and case.closed_at is not None and case.applicant is not None:
            rate(number=case.number, by=case.applicant.actor, level=plan.stars)


def _every_day() -> None:
    """What the worker does besides: timers that are due, lights, files to be closed."""
    while fire_due():
        pass
    sweep_lights()
    archive_due()


def live(*, now: datetime, seed: int, say: Say = lambda _: None) -> int | None:
    """Opens and moves about sixty cases of the full county up to ``now``; None, nothing done, when there are cases.

    Needs the loaded demo city. Returns how many were opened.
    """
    if Case.objects.exists():
        return None
    rng = random.Random(f"{seed}:life")  # noqa: S311 - a fictional city, not a secret
    life = Life(OfficeTime(now), rng, Staff(rng), Names(seed + 1))
    for number, plan in enumerate(plans(rng)):
        heapq.heappush(life.turns, Turn(life.line.end - round(plan.opened * _DAY), number, plan))
    life.run()
    with travel(now):
        _every_day()
    say(f"办件 {life.opened} 件，办理 {life.acted} 步")
    return life.opened
