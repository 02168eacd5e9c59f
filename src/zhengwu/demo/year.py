"""A whole year of a service centre through the platform's own doors, by a clock that is set, not waited for."""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Protocol, TypeVar

from zhengwu.demo.live_hands import Staff, choose_action, form_for, opinion_for, papers
from zhengwu.demo.people import Names
from zhengwu.demo.year_plans import DAY, Journey, Mix, OfficeYear, Planner
from zhengwu.kernel.cases.api import act, archive_due, fire_due, open_case, sweep_lights, withdraw
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Account, Appointment
from zhengwu.kernel.flow.api import chart_of
from zhengwu.kernel.ledger.api import seal
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Problem
from zhengwu.modules.hall.application import KIND
from zhengwu.modules.hall.services.rate import rate

T = TypeVar("T")
_ARCHIVE_BATCH = 500
CHORES = ("sweep_lights", "archive_due", "fire_due", "seal")
"""Names in a tally that are no action of a person."""
_RETURNED = "请补充说明审查情况后再报。"


class Meeting(Protocol):
    """Where the processes of a simulation wait for each other (a ``multiprocessing.Barrier`` is one)."""

    def wait(self) -> int: ...


@dataclass(frozen=True)
class Plan:
    """What is to be simulated: ``cases`` a place and year; the same plan gives the same cases."""

    year: int
    cases: int
    places: tuple[str, ...]
    applicants: tuple[int, ...]
    seed: int = 5199
    mix: Mix = field(default_factory=Mix)


@dataclass
class Tally:
    """What one process did: seconds of every call by its name; by simulated month how many and in how many seconds;
    processor seconds it used."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    months: dict[int, tuple[int, float]] = field(default_factory=dict)
    cpu: float = 0.0

    def count(self, *names: str) -> int:
        return sum(len(self.seconds.get(n, ())) for n in names or self.seconds)


@dataclass(order=True)
class Turn:
    """Something to do at an office minute: open (no step), act on a step, "withdraw" or "rate"."""

    minute: int
    order: int
    what: str = field(compare=False)
    journey: Journey = field(compare=False)
    step: Step | None = field(compare=False, default=None)


class Year:
    """One process's part of the year: every ``parts``-th case. All processes go from day to day together.

    ``meet`` is waited at twice a day; in between the first process turns the lights and the last one files, seals and
    fires timers. ``left(n)`` adds n to the number of cases still under way in all processes and returns it.
    ``progress(1)`` is called for every case that needs nothing any more.
    """

    def __init__(self, plan: Plan, *, part: int = 0, parts: int = 1, meet: Meeting | None = None,
                 left: Callable[[int], int] | None = None, progress: Callable[[int], object] = lambda _: None) -> None:
        self.plan, self.part, self.parts, self.meet, self.progress = plan, part, parts, meet, progress
        self.line = OfficeYear(plan.year)
        self.tally = Tally()
        self._left = left or _Counter()
        rng = random.Random(f"{plan.seed}:year:{part}")  # noqa: S311 - a fictional city, not a secret
        self._rng, self._staff, self._names = rng, Staff(rng), Names(plan.seed + part)
        self._accounts = Account.objects.in_bulk(plan.applicants)
        self._actors: dict[int, Actor] = {}
        self._turns: list[Turn] = []
        self._order = 0

    def run(self) -> Tally:
        """Lives the year and as many days of the next as the last cases need."""
        started = process_time()
        openings = self._openings()
        self._left(len(openings))
        self._wait()
        for day in range(len(self.line.days)):
            if self._left(0) == 0:
                break
            began, acts = perf_counter(), self.tally.count()
            self._wait()
            with travel(self.line.moment(day * DAY)):
                self._chores()
            self._wait()
            while openings and openings[-1].opens < (day + 1) * DAY:
                journey = openings.pop()
                self._push(journey.opens, "open", journey)
            self._live((day + 1) * DAY)
            self._record_month(day, acts, began)
            self._wait()
        self.tally.cpu = process_time() - started
        return self.tally

    def _openings(self) -> list[Journey]:
        """This process's cases of all places, the first one last."""
        made: list[Journey] = []
        for place in self.plan.places:
            matters = list(Matter.objects.with_guide().filter(division=place).prefetch_related("materials"))
            legal = Appointment.objects.filter(role=Role.LEGAL, unit__in={m.unit_id for m in matters}).exists()
            planner = Planner(matters, self.plan.applicants, seed=f"{self.plan.seed}:{place}", legal=legal,
                              mix=self.plan.mix)
            minutes = self.line.openings(self.plan.cases, random.Random(f"{self.plan.seed}:{place}"))  # noqa: S311
            made += [planner.journey(n, minute) for n, minute in enumerate(minutes) if n % self.parts == self.part]
        return sorted(made, key=lambda j: (-j.opens, j.number))

    def _wait(self) -> None:
        if self.meet is not None:
            self.meet.wait()

    def _chores(self) -> None:
        """What the worker does besides; shared out so that both processes have something to do."""
        if self.part == 0:
            self._timed("sweep_lights", sweep_lights)
        if self.part == self.parts - 1:
            while self._timed("archive_due", lambda: archive_due(_ARCHIVE_BATCH)) == _ARCHIVE_BATCH:
                pass
            self._timed("fire_due", fire_due)
            self._timed("seal", seal)

    def _live(self, until: int) -> None:
        while self._turns and self._turns[0].minute < until:
            turn = heapq.heappop(self._turns)
            if turn.journey.over and turn.what != "rate":
                continue
            with travel(self.line.moment(turn.minute)):
                getattr(self, f"_{turn.what}")(turn)

    def _push(self, minute: int, what: str, journey: Journey, step: Step | None = None) -> None:
        self._order += 1
        heapq.heappush(self._turns, Turn(minute, self._order, what, journey, step))

    def _timed(self, name: str, call: Callable[[], T]) -> T:
        began = perf_counter()
        found = call()
        self.tally.seconds.setdefault(name, []).append(perf_counter() - began)
        return found

    def _actor(self, account_id: int) -> Actor:
        if account_id not in self._actors:
            self._actors[account_id] = self._accounts[account_id].actor
        return self._actors[account_id]

    def _open(self, turn: Turn) -> None:
        journey, matter = turn.journey, turn.journey.matter
        applicant = self._accounts[journey.applicant] if journey.applicant else None
        by = self._actor(journey.applicant) if journey.applicant else self._staff.clerk(matter.point.unit_id)
        name = applicant.name if applicant else self._names.next()
        form, handed = journey.form(), list(papers(matter))
        case = self._timed("open", lambda: open_case(kind=KIND, matter=matter, by=by, applicant=applicant,
                                                     applicant_name=name, form=form, materials=handed))
        journey.case_number = case.number
        self._schedule(turn, case, list(case.steps.all()))
        if journey.withdraws:
            self._push(journey.withdraws, "withdraw", journey)

    def _schedule(self, turn: Turn, case: Case, opened: Sequence[Step]) -> None:
        for step in opened:
            self._push(turn.journey.due(step.kind, turn.minute), "act", turn.journey, step)
        if case.closed_at is not None:
            self._end(turn)

    def _end(self, turn: Turn) -> None:
        turn.journey.over = True
        if turn.journey.stars:
            self._push(turn.minute + turn.journey.rng.randint(5, 8 * DAY), "rate", turn.journey)
        else:
            self._gone()

    def _gone(self) -> None:
        self._left(-1)
        self.progress(1)

    def _act(self, turn: Turn) -> None:
        journey, step = turn.journey, turn.step
        assert step is not None
        node = chart_of(step.case.version_id).node(step.node)
        action, actor = choose_action(node, journey.wanted(step.kind)), self._staff.at(step)
        if action is None or actor is None:
            raise RuntimeError(f"nobody can act on {step} ({step.kind})")
        form = form_for(action, step.case)
        done = self._timed(f"{step.kind}.{action}", lambda: act(
            step_id=step.pk, action=action, by=actor, form=form,
            opinion=opinion_for(action) or (_RETURNED if action == "return" else "")))
        if action == "accept":
            journey.accepted(turn.minute)
        self._schedule(turn, done.case, done.opened)

    def _withdraw(self, turn: Turn) -> None:
        """The applicant changes their mind; after the decision it is too late, and the case goes on."""
        journey = turn.journey
        assert journey.applicant is not None
        actor = self._actor(journey.applicant)
        try:
            self._timed("withdraw", lambda: withdraw(number=journey.case_number, by=actor, reason="不再办理"))
        except Problem as problem:
            if problem.code != "too-late-to-withdraw":
                raise
        else:
            self._end(turn)

    def _rate(self, turn: Turn) -> None:
        journey = turn.journey
        assert journey.applicant is not None
        actor = self._actor(journey.applicant)
        self._timed("rate", lambda: rate(number=journey.case_number, by=actor, level=journey.stars))
        self._gone()

    def _record_month(self, day: int, acts: int, began: float) -> None:
        month = (self.line.days[day].year - self.plan.year) * 12 + self.line.days[day].month
        done, seconds = self.tally.months.get(month, (0, 0.0))
        self.tally.months[month] = (done + self.tally.count() - acts, seconds + perf_counter() - began)


class _Counter:
    """Cases under way, where there is one process only."""

    def __init__(self) -> None:
        self.value = 0

    def __call__(self, more: int) -> int:
        self.value += more
        return self.value
