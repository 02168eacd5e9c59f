"""A dry run: walk a chart through every outcome that people and timers could bring, within bounds, and see
where it gets stuck.

Conditions that ask only for outcomes are evaluated; those that ask for form or matter are taken both
ways.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zhengwu.kernel.flow.chart import TASK, Chart
from zhengwu.kernel.flow.conditions import COUNTS
from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.flow.state import State, branch_of
from zhengwu.kernel.flow.trial import Trial

MAX_SITUATIONS = 1500
MAX_WAYS = 64
MAX_TOKENS = 200
SIGNERS = ("甲", "乙")
DECIDABLE = COUNTS | {"outcome", "steps"}

Key = tuple[Any, ...]
Act = Callable[[Run], object]


class Choice(NamedTuple):
    """Something that may happen next: its words, the outcome it sets, and the act."""

    label: str
    node: str
    outcome: str
    act: Act


@dataclass
class Situation:
    """A state reached, with the last outcomes that conditions may ask for, and how we came here."""

    state: State
    steps: dict[str, str]
    before: "Situation | None" = None
    label: str = ""
    after: list[Key] = field(default_factory=list)
    expanded: bool = False

    def trail(self) -> str:
        words: list[str] = []
        here: Situation | None = self
        while here is not None and here.label:
            words.append(here.label)
            here = here.before
        words.reverse()
        shown = words if len(words) <= 6 else [*words[:2], "……", *words[-3:]]
        return " → ".join(shown)


class Fault(NamedTuple):
    """Where the dry run failed: the element, a stable code, what to tell, and the way there."""

    element: str
    code: str
    message: str
    trail: str


class Explored:
    """What the dry run saw."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.situations: dict[Key, Situation] = {}
        self.faults: dict[tuple[str, str], Fault] = {}
        self.visited: set[str] = set()
        self.complete = True

    def dead_ends(self) -> list[tuple[str, str]]:
        """Elements at which the chart can get stuck, with a message; empty if it can always come to its
        end."""
        return [(f.element, f.message) for f in self.all_faults() if f.code != "doubled"]

    def all_faults(self) -> list[Fault]:
        return [*self.faults.values()] or self._endless()

    def _endless(self) -> list[Fault]:
        """Situations from which no way leads to the end."""
        before: dict[Key, list[Key]] = {}
        for key, situation in self.situations.items():
            for after in situation.after:
                before.setdefault(after, []).append(key)
        good = {k for k, s in self.situations.items() if not s.state["t"] or not s.expanded}
        todo = list(good)
        while todo:
            for key in before.get(todo.pop(), ()):
                if key not in good:
                    good.add(key)
                    todo.append(key)
        for key, situation in self.situations.items():
            if key not in good:
                at = next(x["at"] for x in situation.state["t"].values() if "in" not in x)
                name = self.chart.node(at).name
                return [Fault(at, "never-ends", f"到“{name}”之后，流程永远走不到结束", situation.trail())]
        return []


def explore(chart: Chart, state: State | None = None, steps: Mapping[str, str] | None = None) -> Explored:
    """Walk on from ``state`` (default: the start). At most MAX_SITUATIONS different situations are
    looked into."""
    found = Explored(chart)
    todo: deque[Situation] = deque()
    if state is None:
        begin = Choice("", "", "", lambda run: run.start())
        _advance(found, Situation({"n": 0, "t": {}}, dict(steps or {})), begin, todo)
    else:
        first = Situation(state, dict(steps or {}))
        found.situations[_key(chart, first)] = first
        todo.append(first)
    while todo:
        if len(found.situations) > MAX_SITUATIONS:
            found.complete = False
            break
        here = todo.popleft()
        here.expanded = True
        for choice in _choices(chart, here.state):
            _advance(found, here, choice, todo)
    return found


def _advance(found: Explored, here: Situation, choice: Choice, todo: deque[Situation]) -> None:
    """Take one choice in all ways its undecidable conditions allow."""
    asked = found.chart.condition_steps
    steps = {**here.steps, choice.node: choice.outcome} if choice.node in asked else here.steps
    who = {task.id: SIGNERS for task in found.chart.tasks() if task.multi}
    scripts: list[list[bool]] = [[]]
    for _ in range(MAX_WAYS):
        if not scripts:
            return
        fixed = scripts.pop()
        run = Trial(found.chart, here.state, {"outcome": choice.outcome, "steps": steps}, who)
        run.follow(DECIDABLE, fixed)
        try:
            choice.act(run)
        except FlowError as error:
            code = error.code.removeprefix("flow-")
            trail = Situation(here.state, {}, here, choice.label).trail()
            found.faults.setdefault((error.element, code), Fault(error.element, code, error.zh, trail))
        else:
            _arrive(found, here, choice, Situation(run.state, dict(steps), here, choice.label), todo)
            found.visited.update(e.node for e in run.events if e.what in ("open", "end"))
        scripts += run.others(fixed)


def _arrive(found: Explored, here: Situation, choice: Choice, there: Situation, todo: deque[Situation]) -> None:
    key = _key(found.chart, there)
    if here.label or choice.label:
        here.after.append(key)
    if key in found.situations:
        return
    found.situations[key] = there
    stand = [(x["s"], x["at"]) for x in there.state["t"].values() if "in" not in x]
    twice = next((pair[1] for pair in stand if stand.count(pair) > 1), None)
    if twice is not None:
        name = found.chart.node(twice).name
        message = f"“{name}”会同时打开两次：并行的支路没有先汇合"
        found.faults.setdefault((twice, "doubled"), Fault(twice, "doubled", message, there.trail()))
    elif len(there.state["t"]) <= MAX_TOKENS:
        todo.append(there)


def _key(chart: Chart, situation: Situation) -> Key:
    """Equal for situations with the same future: fork numbers and history do not matter."""
    tokens = situation.state["t"]

    def scope(token: str) -> tuple[str, ...]:
        return (*scope(tokens[token]["s"]), tokens[token]["at"]) if token else ()

    stand = []
    for mine in tokens.values():
        mi = mine.get("mi")
        counts = (len(mi["o"]), len(mi["w"]), mi["d"], mi["y"]) if mi else ()
        timed = tuple(sorted({b for e in mine["p"] if (b := branch_of(e)) in chart}))
        stand.append((scope(mine["s"]), mine["at"], mine.get("in", ""), counts, timed))
    return (tuple(sorted(stand)), tuple(sorted(situation.steps.items())))


def _choices(chart: Chart, state: State) -> Iterator[Choice]:
    for token, mine in state["t"].items():
        if "in" in mine:
            continue
        node = chart.node(mine["at"])
        for timer in node.timers:
            if timer.interrupting or not _fired(state, timer.node):
                name = chart.node(timer.node).name
                yield Choice(f"{node.name}超时（{name}）", "", "", _fire(token, timer.node))
        if node.kind != TASK:
            continue
        signer = mine["mi"]["o"][0] if "mi" in mine else None
        for code, label in [(a.code, a.label) for a in node.actions] or [("", "办结")]:
            answers = (True, False) if node.completion is not None else (True,)
            for yes in answers:
                yield Choice(f"{node.name}：{label}", node.id, code, _complete(token, signer, yes))


def _fired(state: State, timer: str) -> bool:
    """One reminder at a time is enough to look at."""
    return any(branch_of(entry) == timer for x in state["t"].values() for entry in x["p"])


def _fire(token: str, timer: str) -> Act:
    return lambda run: run.fire(token, timer)


def _complete(token: str, who: str | None, yes: bool) -> Act:
    return lambda run: run.complete(token, who, yes)
