"""The token executor: one ``Run`` is one advance of one case. Knows no time, no people, no database."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from zhengwu.kernel.flow import migration, moves, signing
from zhengwu.kernel.flow.chart import (
    AND,
    END,
    HOSTS,
    OR,
    STEPS,
    TASK,
    TERMINATE,
    XOR,
    Chart,
    Flow,
    Node,
    Process,
)
from zhengwu.kernel.flow.conditions import Condition
from zhengwu.kernel.flow.problems import FlowError, Obstacle
from zhengwu.kernel.flow.state import Happened, Path, State, Token, blank, branch_of, copied, fork_of

MAX_ROUNDS = 10_000
Variables = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


class Run:
    """Advance a chart. Every act either succeeds (``state`` is a new dict, ``events`` grew) or raises
    FlowError and leaves both as they were. ``variables`` may be a function: it is called once an act,
    only if a condition asks. ``who`` gives the signers of each multi-instance task, in order."""

    def __init__(
        self,
        chart: Chart,
        state: State | None = None,
        variables: Variables | None = None,
        who: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.chart = chart
        self.state: State = state or blank()
        self.events: list[Happened] = []
        self.who = who or {}
        self._given: Variables = variables if variables is not None else {}
        self._variables: dict[str, Any] | None = None
        self._queue: deque[tuple[str, Path, str, str]] = deque()

    # What the outside does

    def start(self) -> "Run":
        """Enter the main process. FlowError ``flow-already-started`` on a second call."""
        with self.act():
            if self.state["n"]:
                raise FlowError("already-started", "流程已经开始，不能再次开始", element=self.chart.key)
            self.enqueue(self.chart.main.start, [], "")
        return self

    def complete(self, token: str, who: str | None = None, yes: bool = True) -> "Run":
        """A step is done. At a multi-instance task ``who`` answers ``yes`` or no; the last answer closes
        it."""
        with self.act():
            mine = self.open_step(token)
            if "mi" in mine:
                signing.sign(self, token, who, yes)
            else:
                self.finish(token)
        return self

    def fire(self, token: str, boundary: str) -> "Run":
        """A timer went off. Late or repeated calls for a step that is gone do nothing."""
        mine = self.state["t"].get(token)
        node = self.chart.find(mine["at"]) if mine and "in" not in mine else None
        timer = next((t for t in node.timers if t.node == boundary), None) if node else None
        if mine is None or timer is None:
            return self
        with self.act():
            after = self.chart.node(boundary)
            if timer.interrupting:
                self.kill(token)
                self.leave(after, mine["p"], mine["s"])
            else:
                self.leave(after, [*mine["p"], f"{self.number()}:{boundary}"], mine["s"])
        return self

    def move(self, token: str, target: str, path: Sequence[str]) -> "Run":
        """Return, take back or jump to the step ``target``; ``path`` is the fork path it had when it was
        open."""
        with self.act():
            moves.move(self, token, target, list(path))
        return self

    def add(self, token: str, who: str, first: bool = False) -> "Run":
        """One more signer (加签) at a multi-instance task; ``first`` puts them next in a sequence."""
        with self.act():
            signing.add(self, token, who, first)
        return self

    def remove(self, token: str, who: str) -> "Run":
        """One signer less (减签). The last one with nobody's answer yet cannot go."""
        with self.act():
            signing.remove(self, token, who)
        return self

    def migrate(self, chart: Chart, mapping: Mapping[str, str] | None = None) -> list[Obstacle]:
        """Change over to another version; ``mapping`` says where steps with other ids went. With
        obstacles nothing changes."""
        return migration.migrate(self, chart, mapping or {})

    # What may be asked

    @property
    def tokens(self) -> dict[str, Token]:
        return self.state["t"]

    @property
    def finished(self) -> bool:
        return bool(self.state["n"]) and not self.tokens

    def steps(self) -> list[tuple[str, Node]]:
        """Open tasks: token and node."""
        return [
            (i, node)
            for i, x in self.tokens.items()
            if "in" not in x and (node := self.chart.node(x["at"])).kind == TASK
        ]

    def unit_of(self, token: str) -> str:
        """Which unit acts at this token: the node's ``zw:unit``; ``branch`` means that of the nearest
        enclosing sub-process or call that has one. FlowError if there is none."""
        mine = self.open_token(token)
        node = self.chart.node(mine["at"])
        unit = node.unit
        while unit in ("", "branch") and mine["s"]:
            mine = self.tokens[mine["s"]]
            unit = self.chart.node(mine["at"]).unit
        if unit in ("", "branch"):
            raise FlowError("no-unit", f"“{node.name}”没有写明由哪个单位办理", element=node.id)
        return unit

    def process_of(self, scope: str) -> Process:
        """The process in which the tokens of this scope move."""
        return self.chart.processes[self.chart.node(self.tokens[scope]["at"]).calls] if scope else self.chart.main

    # The machinery, also used by signing, moves and migration

    @contextmanager
    def act(self) -> Iterator[None]:
        """All or nothing around one act."""
        before, mark = self.state, len(self.events)
        self.state, self._variables = copied(before), None
        try:
            yield
            self.settle()
        except BaseException:
            self.state = before
            del self.events[mark:]
            self._queue.clear()
            raise

    def number(self) -> int:
        self.state["n"] += 1
        return int(self.state["n"])

    def tell(self, what: str, token: str | None, node: str, path: Path, data: Any = None) -> None:
        self.events.append(Happened(what, token, node, path, data))

    def open_token(self, token: str) -> Token:
        mine = self.tokens.get(token)
        if mine is None or "in" in mine:
            raise FlowError("no-such-token", "这个环节已经办结或不存在", extra={"token": token})
        return mine

    def open_step(self, token: str) -> Token:
        mine = self.open_token(token)
        node = self.chart.node(mine["at"])
        if node.kind != TASK:
            raise FlowError("not-a-task", f"“{node.name}”由其中的环节办结，不能直接办结", element=node.id)
        return mine

    def enqueue(self, node: str, path: Path, scope: str, via: str = "") -> None:
        self._queue.append((node, path, scope, via))

    def put(self, node: str, path: Path, scope: str, **more: Any) -> str:
        token = str(self.number())
        self.tokens[token] = {"at": node, "p": path, "s": scope, **more}
        return token

    def settle(self) -> None:
        """Let everything move on until only people, timers or nobody are waited for."""
        for _ in range(MAX_ROUNDS):
            if self._queue:
                self.enter(*self._queue.popleft())
            elif not (self._join() or self._close()):
                self._not_stuck()
                return
        raise FlowError("no-rest", "流程图在网关之间无休止地循环，请检查回路", element=self.chart.key)

    def _not_stuck(self) -> None:
        moving = {x["s"] for x in self.tokens.values() if "in" not in x}
        at = sorted({x["at"] for x in self.tokens.values() if x["s"] not in moving})
        if at:
            names = "、".join(f"“{self.chart.node(a).name}”" for a in at)
            raise FlowError("starved", f"汇合{names}永远等不到另一条支路", element=at[0], extra={"elements": at})

    def enter(self, at: str, path: Path, scope: str, via: str) -> None:
        node = self.chart.node(at)
        if node.kind in STEPS:
            self._open(node, path, scope)
        elif node.joins:
            self.put(at, path, scope, **{"in": via})
        elif node.kind == END:
            self.tell("end", None, at, path)
        elif node.kind == TERMINATE:
            for token in [i for i, x in self.tokens.items() if x["s"] == scope]:
                self.kill(token)
            self._queue = deque(q for q in self._queue if q[2] != scope and (not q[2] or q[2] in self.tokens))
            self.tell("end", None, at, path)
        else:
            self.leave(node, path, scope)

    def _open(self, node: Node, path: Path, scope: str) -> None:
        token = self.put(node.id, path, scope)
        self.tell("open", token, node.id, path, True if node.multi else None)
        for timer in node.timers:
            self.tell("timer", token, timer.node, path, timer.text)
        if node.multi:
            signing.begin(self, token, node)
        elif node.kind in HOSTS:
            self.enqueue(self.chart.processes[node.calls].start, [], token)

    def decide(self, condition: Condition, more: Mapping[str, Any] | None = None) -> bool:
        """Evaluate a condition with the variables and ``more``; the dry run replaces this."""
        return condition.holds({**self.variables(), **more} if more else self.variables())

    def variables(self) -> dict[str, Any]:
        if self._variables is None:
            self._variables = dict(self._given() if callable(self._given) else self._given)
        return self._variables

    def leave(self, node: Node, path: Path, scope: str) -> None:
        """Send tokens out of a node: by its conditions if it is a gateway that asks, by all flows
        otherwise."""
        flows = self.chart.processes[node.process].flows
        out = [flows[f] for f in node.out]
        if node.kind in (XOR, OR):
            out = self._chosen(node, out)
        if len(out) == 1:
            self.enqueue(out[0].target, path, scope, out[0].id)
            return
        fork = self.number()
        outer = self._outside(node, path)
        for flow in out:
            self.enqueue(flow.target, [*outer, f"{fork}:{flow.id}"], scope, flow.id)

    def _chosen(self, node: Node, out: list[Flow]) -> list[Flow]:
        chosen = []
        for flow in out:
            if flow.id != node.default and (flow.condition is None or self.decide(flow.condition)):
                chosen.append(flow)
                if node.kind == XOR:
                    break
        chosen = chosen or [flow for flow in out if flow.id == node.default]
        if not chosen:
            raise FlowError("no-way", f"网关“{node.name}”的条件都不成立，又没有默认流向", element=node.id)
        return chosen

    def _outside(self, node: Node, path: Path) -> Path:
        """The path a split adds to. A branch that loops back to its own split leaves it: else paths grew
        with every round."""
        for level, entry in enumerate(path):
            if branch_of(entry) in node.out:
                return path[:level]
        return path

    def _join(self) -> bool:
        """Let one join go on for which everybody has arrived; False if there is none."""
        waiting: dict[tuple[str, str], dict[str, str]] = {}
        for token, mine in self.tokens.items():
            if "in" in mine:
                waiting.setdefault((mine["s"], mine["at"]), {}).setdefault(mine["in"], token)
        for (scope, at), arrived in waiting.items():
            node = self.chart.node(at)
            if node.kind == AND:
                ready = len(arrived) == len(node.inc)
            else:
                process = self.process_of(scope)
                ready = not any(
                    x["s"] == scope and x["at"] != at and process.awaits(at, arrived, x["at"])
                    for x in self.tokens.values()
                )
            if ready:
                paths = [self.tokens.pop(token)["p"] for token in arrived.values()]
                self.leave(node, self._joined(paths, scope), scope)
                return True
        return False

    def _joined(self, paths: list[Path], scope: str) -> Path:
        """The common beginning of the joined paths, and their common fork while other branches of it are
        still out."""
        common: Path = []
        for column in zip(*paths, strict=False):
            if len(set(column)) > 1:
                fork = fork_of(column[0])
                level = len(common)
                if all(entry.startswith(fork) for entry in column) and any(
                    x["s"] == scope and len(x["p"]) > level and x["p"][level].startswith(fork)
                    for x in self.tokens.values()
                ):
                    flows = sorted({f for entry in column for f in entry[len(fork) :].split("+")})
                    return [*common, fork + "+".join(flows)]
                break
            common.append(column[0])
        return common

    def _close(self) -> bool:
        """Finish one sub-process in which nothing is left to do; False if there is none."""
        inner = {x["s"] for x in self.tokens.values()}
        for token, mine in self.tokens.items():
            if token not in inner and "in" not in mine and self.chart.node(mine["at"]).kind in HOSTS:
                self.finish(token)
                return True
        return False

    def kill(self, token: str, what: str = "cancel") -> None:
        """Take a token away with everything inside it."""
        for inner in [i for i, x in self.tokens.items() if x["s"] == token]:
            self.kill(inner)
        mine = self.tokens.pop(token, None)
        if mine is not None and "in" not in mine:
            self.tell(what, token, mine["at"], mine["p"])

    def finish(self, token: str) -> None:
        mine = self.tokens[token]
        self.kill(token, "done")
        self.leave(self.chart.node(mine["at"]), mine["p"], mine["s"])
