"""Does what happened agree with the published chart? Replays a case's recorded acts and compares the
consequences."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from zhengwu.kernel.flow.chart import TIMER, Chart
from zhengwu.kernel.flow.conditions import COUNTS
from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.flow.state import Path, State
from zhengwu.kernel.flow.trial import Trial

MAX_WAYS = 64
_Events = Counter[tuple[str, str | None, str]]


class Fitness(NamedTuple):
    """``value`` is the share of acts that agree, 0..1 (1 for an empty trace); ``moves`` the number of acts
    replayed.

    ``first_deviation`` is "" or a Chinese sentence naming the first act that the chart does not allow or
    whose recorded consequences differ.
    """

    value: float
    moves: int
    first_deviation: str


def conformance(chart: Chart, trace: Iterable[Mapping[str, Any]]) -> Fitness:
    """Replay ``trace``, the acts of one case in order, on the chart version the case ran on.

    Each act is the ``data`` of a ledger event. Needed is ``flow``, the recorded events ``[[what, token,
    node], …]`` (a fourth item, the signer of ask, signed and unask, may be there). What was done:

    - ``what``: start, complete, fire, move, add, remove or none (nothing was done to the chart). Without it
      the first act with a ``flow`` is the start, one with ``target`` a move, one whose ``node`` or
      ``boundary`` is a timer fires it, any other completes; one without ``flow`` does nothing.
    - ``token`` and ``node``: where; ``target``: the step moved to, ``path`` its fork path (else that of the
      last time it was open); ``who`` (or ``signer``) and ``yes`` at multi-instance steps, ``first`` when
      adding.
    - ``variables``: what conditions saw. ``outcome`` or ``action`` stands in for ``variables["outcome"]``,
      ``outcomes`` for ``variables["steps"]``. Conditions on anything that is not recorded (a form holds
      personal data and stays out of the ledger) are taken as they must have been, if any answer explains
      the record.

    After a deviation the replay goes on; an act that cannot be repeated leaves the chart where it was.
    """
    acts = list(trace)
    replay = _Replay(chart, acts)
    agreed, deviation = 0, ""
    for number, act in enumerate(acts, 1):
        wrong = replay.act(act)
        agreed += not wrong
        deviation = deviation or (f"第 {number} 步{wrong}" if wrong else "")
    return Fitness(agreed / len(acts) if acts else 1.0, len(acts), deviation)


class _Replay:
    def __init__(self, chart: Chart, acts: list[Mapping[str, Any]]) -> None:
        self.chart = chart
        self.state: State | None = None
        self.paths: dict[str, Path] = {}
        self.signers = _asked(acts)

    def act(self, act: Mapping[str, Any]) -> str:
        """Empty if the act gives what was recorded, else what is wrong."""
        recorded = Counter((what, token or None, node) for what, token, node, *_ in act.get("flow", ()))
        action = str(act.get("outcome", act.get("action", "")))
        best, error = self._best(act, action, recorded)
        where = f"在“{self._name(str(act.get('node') or ''))}”办理“{act.get('label') or action}”"
        if best is None:
            return f"{where}，流程图不允许：{error}"
        self.state = best.state
        self.paths.update((e.node, e.path) for e in best.events if e.what == "open")
        happened = _counted(best)
        return "" if happened == recorded else f"{where}，{self._difference(happened, recorded)}"

    def _best(self, act: Mapping[str, Any], action: str, recorded: _Events) -> tuple[Trial | None, str]:
        """The run that agrees with the record, else the first that was possible; with none, why not."""
        variables = {"outcome": action, **({"steps": act["outcomes"]} if "outcomes" in act else {})}
        variables |= act.get("variables") or {}
        answers = [bool(act["yes"])] if "yes" in act else [True, False]
        scripts: list[tuple[bool, list[bool]]] = [(yes, []) for yes in answers]
        first, problem = None, ""
        for _ in range(MAX_WAYS):
            if not scripts:
                break
            yes, fixed = scripts.pop(0)
            run = Trial(self.chart, self.state, variables, self._who(act))
            run.follow(COUNTS | variables.keys(), fixed)
            try:
                self._do(run, act, yes)
            except FlowError as error:
                problem = problem or error.zh
            else:
                if _counted(run) == recorded:
                    return run, ""
                first = first or run
            scripts += [(yes, script) for script in run.others(fixed)]
        return first, problem

    def _do(self, run: Run, act: Mapping[str, Any], yes: bool) -> None:
        token, what = str(act.get("token") or ""), act.get("what") or self._guess(act)
        who = str(act.get("who") or act.get("signer") or "")
        if what == "start":
            run.start()
        elif what == "fire":
            run.fire(token, act.get("boundary") or act["node"])
        elif what == "move":
            run.move(token, act["target"], act.get("path", self.paths.get(act["target"], [])))
        elif what == "add":
            run.add(token, who, bool(act.get("first")))
        elif what == "remove":
            run.remove(token, self._signer(token, who) or who)
        elif what == "complete":
            run.complete(token, self._signer(token, who), yes)

    def _guess(self, act: Mapping[str, Any]) -> str:
        if not act.get("flow"):
            return "none"
        if self.state is None:
            return "start"
        if act.get("target"):
            return "move"
        node = self.chart.find(str(act.get("node") or ""))
        timer = act.get("boundary") or (node is not None and node.kind == TIMER)
        return "fire" if timer else "complete"

    def _who(self, act: Mapping[str, Any]) -> dict[str, list[str]]:
        """Signers of the multi-instance steps that this act opened."""
        return {node: self.signers.get(token, []) for what, token, node, *_ in act.get("flow", ()) if what == "open"}

    def _signer(self, token: str, who: str) -> str | None:
        """The one asked, or any one asked where the record did not name them."""
        asked = ((self.state or {}).get("t", {}).get(token) or {}).get("mi", {}).get("o", [])
        return who if who in asked else next(iter(asked), None)

    def _name(self, node_id: str) -> str:
        node = self.chart.find(node_id)
        return node.name if node else node_id or "开始"

    def _difference(self, ours: _Events, theirs: _Events) -> str:
        opened = [self._name(node) for what, _, node in ours - theirs if what == "open"]
        instead = [self._name(node) for what, _, node in theirs - ours if what == "open"]
        if opened and instead:
            return f"按流程图应到“{'、'.join(opened)}”，记录为“{'、'.join(instead)}”"
        if opened:
            return f"按流程图应到“{'、'.join(opened)}”，记录中没有"
        if instead:
            return f"记录到了“{'、'.join(instead)}”，流程图不会到这里"
        return "记录的结果与流程图推演的不一致"


def _counted(run: Run) -> _Events:
    return Counter((e.what, e.token, e.node) for e in run.events)


def _asked(acts: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Who was ever asked at each token without having been added, in order; numbers stand for names not
    recorded."""
    asked: dict[str, list[str]] = {}
    for act in acts:
        for event in act.get("flow", ()):
            if event[0] == "ask" and act.get("what") != "add":
                names = asked.setdefault(event[1], [])
                names.append(str(event[3]) if len(event) > 3 else f"#{len(names)}")
    return asked
