"""Conditions on flows: CEL, an expression language without loops, assignments or side effects. Compiled
once a version."""

import re
from typing import Any

import cel

from zhengwu.kernel.flow.problems import ChartError, FlowError

KNOWN = frozenset({"outcome", "steps", "form", "matter"})
COUNTS = frozenset({"done", "yes", "open", "total"})
MATTER = frozenset({"kind", "type"})
MAX_LENGTH = 1000
MAX_DEPTH = 40

_TEXT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_MEMBER = re.compile(r"\b(form|steps|matter)\s*\.\s*([A-Za-z_]\w*)")
# What cel raises: a missing name is a RuntimeError, a missing key a KeyError, unlike types a TypeError.
_EXECUTION = (RuntimeError, ValueError, TypeError, LookupError, ArithmeticError)


class Condition:
    """One compiled condition. ``owner`` is the flow or step it stands at, for messages."""

    __slots__ = ("_program", "functions", "members", "names", "owner", "text", "where")

    def __init__(self, text: str, owner: str, where: str = "") -> None:
        self.text, self.owner, self.where = text.strip(), owner, where or f"流程线“{owner}”"
        if len(self.text) > MAX_LENGTH or _depth(self.text) > MAX_DEPTH:
            raise ChartError("condition-too-long", f"{self.where}的条件太长或嵌套太深，请拆成几个网关", element=owner)
        try:
            self._program = cel.compile(self.text)
        except ValueError as error:
            raise ChartError(
                "condition-syntax",
                f"{self.where}的条件写法有误：{self.text or '（空）'}",
                element=owner,
                extra={"detail": str(error)[:500]},
            ) from error
        self.names = frozenset(self._program.variables())
        self.functions = frozenset(self._program.functions())
        bare = _TEXT.sub('""', self.text)
        self.members: dict[str, frozenset[str]] = {}
        for name, member in _MEMBER.findall(bare):
            self.members[name] = self.members.get(name, frozenset()) | {member}

    def holds(self, variables: dict[str, Any]) -> bool:
        """True or false; FlowError when it cannot be decided with these variables."""
        try:
            result = self._program.execute(variables)
        except _EXECUTION as error:
            raise FlowError(
                "condition-failed",
                f"{self.where}的条件“{self.text}”无法判断，缺少所需的数据或数据类型不符",
                element=self.owner,
                extra={"detail": str(error)[:500]},
            ) from error
        if not isinstance(result, bool):
            raise FlowError(
                "condition-not-bool",
                f"{self.where}的条件“{self.text}”得出的不是“是”或“否”",
                element=self.owner,
            )
        return result

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in text:
        if sign in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ")]}":
            depth -= 1
    return deepest
