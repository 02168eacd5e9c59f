"""How the cases of a simulated year go: who asks for what, when, and what the hands at each step will do."""

import random
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from zhengwu.demo.live_hands import filled_form
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN

DAY = 8 * 60
"""Office minutes of a working day."""
_OPENS = time(9)
_WEEKDAYS = (1.25, 1.05, 1.0, 0.95, 0.85, 0.6, 0.6)
"""How busy a working day is, Monday first; the last two are made up for a holiday."""
_MONTHS = (0.9, 0.7, 1.15, 1.1, 1.05, 1.0, 1.0, 0.95, 1.05, 0.85, 1.05, 1.1)


class OfficeYear:
    """Office minutes as one line: minute 0 is 09:00 of the first working day of ``year``; it goes on into the next."""

    def __init__(self, year: int) -> None:
        calendar = book().calendar
        first = date(year, 1, 1)
        everyday = (first + timedelta(days=n) for n in range(600))
        self.days = [d for d in everyday if d.year <= year + 1 and calendar.is_working(d.toordinal())]
        self.length = sum(d.year == year for d in self.days)

    def moment(self, minute: int) -> datetime:
        """When office minute ``minute`` is."""
        day, rest = divmod(minute, DAY)
        return datetime.combine(self.days[day], _OPENS, CN) + timedelta(minutes=rest)

    def openings(self, cases: int, rng: random.Random) -> list[int]:
        """Minutes at which ``cases`` cases are opened over the year, in order; mornings and Mondays are busier."""
        weights = [_WEEKDAYS[d.weekday()] * _MONTHS[d.month - 1] for d in self.days[: self.length]]
        busy = rng.choices(range(self.length), weights, k=cases)
        return sorted(day * DAY + min(DAY - 1, int(rng.triangular(0, DAY, DAY * 0.3))) for day in busy)


@dataclass
class Journey:
    """One case under way. ``instead``: kind of step → action taken there the first time. Minutes are office minutes."""

    number: int
    opens: int
    matter: Matter
    applicant: int | None
    rng: random.Random
    instead: dict[str, str] = field(default_factory=dict)
    withdraws: int = 0
    stars: int = 0
    decides: int = 0
    case_number: str = ""
    over: bool = False

    @property
    def instant(self) -> bool:
        return self.matter.kind == Matter.Kind.INSTANT

    def form(self) -> dict[str, object]:
        return filled_form(self.matter.form_schema, self.rng)

    def wanted(self, kind: str) -> str:
        """What this case is to get at a step of this kind, "" for the usual; asked for once."""
        return self.instead.pop(kind, "")

    def accepted(self, minute: int) -> None:
        """Fixes when the decision will be: a share of the promised days, one in fifty only on the last of them."""
        days, rng = self.matter.promised_n, self.rng
        if self.instant:
            self.decides = minute + rng.randint(3, 25)
        elif rng.random() < 0.018:
            self.decides = (minute // DAY + days) * DAY + rng.randint(0, DAY - 60)
        else:
            wanted = minute + int(days * DAY * rng.betavariate(2.0, 3.5))
            self.decides = max(minute + 20, min(wanted, (minute // DAY + days) * DAY - rng.randint(1, 90)))

    def due(self, kind: str, now: int) -> int:
        """The minute at which somebody acts on a step of this kind that opened at ``now``."""
        rng = self.rng
        left = max(6, self.decides - now)
        match kind:
            case "precheck":
                wait = rng.randint(2, 20) if self.instant else rng.randint(5, DAY)
            case "correct":
                wait = rng.randint(DAY // 5, 4 * DAY)
            case "inspect":
                wait = rng.randint(DAY // 2, 3 * DAY)
                self.decides += wait
            case "decide":
                wait = left
            case "issue":
                wait = rng.randint(1, 5) if self.instant else rng.randint(20, DAY // 2)
            case "deliver":
                wait = rng.randint(1, 10) if self.instant else rng.randint(30, 2 * DAY)
            case _:
                wait = min(4 * DAY, int(left * rng.uniform(0.25, 0.5)))
        return now + max(1, wait)


@dataclass(frozen=True)
class Mix:
    """Shares of what happens; they make the year plausible, its figures are read from the record afterwards."""

    with_account: float = 0.85
    corrected: float = 0.06
    refused: float = 0.006
    denied: float = 0.012
    inspected: float = 0.6
    returned: float = 0.02
    withdrawn: float = 0.01
    rated: float = 0.45
    instant: float = 0.62


class Planner:
    """Draws journeys for one place; the same number always gives the same journey, whoever simulates it."""

    def __init__(self, matters: Sequence[Matter], applicants: Sequence[int], *, seed: str, legal: bool,
                 mix: Mix) -> None:
        self._applicants, self._seed, self._legal, self._mix = applicants, seed, legal, mix
        self._matters = sorted(matters, key=lambda m: m.code)
        weights = self._popularity()
        self._sums = list(accumulate(weights))

    def _popularity(self) -> list[float]:
        """Few matters are asked for often, most now and then; what is done on the spot is asked for most."""
        rng = random.Random(f"{self._seed}:popularity")  # noqa: S311 - a fictional city, not a secret
        drawn = [rng.paretovariate(1.2) + (12 if m.complete else 0) for m in self._matters]
        on_the_spot = [m.kind == Matter.Kind.INSTANT for m in self._matters]
        totals = {flag: sum(w for w, f in zip(drawn, on_the_spot, strict=True) if f == flag) for flag in (True, False)}
        share = {True: self._mix.instant, False: 1 - self._mix.instant}
        return [w / totals[f] * share[f] for w, f in zip(drawn, on_the_spot, strict=True)]

    def journey(self, number: int, opens: int) -> Journey:
        rng = random.Random(f"{self._seed}:{number}")  # noqa: S311
        mix = self._mix
        matter = self._matters[min(bisect_left(self._sums, rng.random() * self._sums[-1]), len(self._matters) - 1)]
        applicant = rng.choice(self._applicants) if rng.random() < mix.with_account else None
        made = Journey(number, opens, matter, applicant, rng)
        made.instead = dict(self._turns(matter, rng, applicant is not None))
        if applicant is not None:
            made.stars = rng.choices((1, 2, 3, 4), (70, 24, 5, 1))[0] if rng.random() < mix.rated else 0
            if not made.instant and rng.random() < mix.withdrawn:
                made.withdraws = opens + rng.randint(DAY // 4, 2 * DAY)
        return made

    def _turns(self, matter: Matter, rng: random.Random, account: bool) -> Mapping[str, str]:
        """At most one thing out of the ordinary before acceptance, and at most one after it."""
        mix, turns = self._mix, {}
        if rng.random() < mix.refused:
            return {"precheck": "refuse"}
        if account and rng.random() < mix.corrected:
            turns["precheck"] = "correct"
        chance = rng.random()
        if matter.kind == Matter.Kind.INSTANT:
            return turns | ({"decide": "deny"} if chance < mix.denied / 3 else {})
        if chance < mix.denied:
            return turns | ({"review": "fail", "summarise": "fail", "decide": "deny"} if self._legal else {})
        if matter.complete and matter.kind == Matter.Kind.PROMISED and chance < mix.inspected:
            return turns | {"review": "inspect"}
        return turns | ({"approve": "return"} if chance < mix.denied + mix.returned else {})
