"""A run in which some conditions cannot be decided: their answers follow a script, so that all ways can
be tried."""

from collections.abc import Collection, Mapping
from typing import Any

from zhengwu.kernel.flow.conditions import Condition
from zhengwu.kernel.flow.executor import Run


class Trial(Run):
    """Call ``follow`` before the act; afterwards ``others`` gives the scripts that lead to the ways not
    yet tried."""

    known: frozenset[str] = frozenset()
    script: list[bool]
    asked = 0

    def follow(self, known: Collection[str], script: list[bool]) -> None:
        """Conditions on ``known`` names only are evaluated; the others answer as in ``script``, then no."""
        self.known, self.script, self.asked = frozenset(known), list(script), 0

    def others(self, fixed: list[bool]) -> list[list[bool]]:
        """Scripts that differ from this run in one answer that was not in ``fixed``."""
        return [[*self.script[:i], True] for i in range(len(fixed), len(self.script))]

    def decide(self, condition: Condition, more: Mapping[str, Any] | None = None) -> bool:
        if condition.names <= self.known:
            return super().decide(condition, more)
        self.asked += 1
        if self.asked > len(self.script):
            self.script.append(False)
        return self.script[self.asked - 1]
