"""Counter-signing: several people or units at one task, at once or one after another; more and fewer on
the way."""

from typing import TYPE_CHECKING, Any

from zhengwu.kernel.flow.chart import SEQUENTIAL, Node
from zhengwu.kernel.flow.problems import FlowError

if TYPE_CHECKING:
    from zhengwu.kernel.flow.executor import Run


def begin(run: "Run", token: str, node: Node) -> None:
    """Ask the first signers. A step nobody is to sign must not pass in silence: FlowError ``flow-nobody``."""
    signers = list(run.who.get(node.id, ()))
    if not signers:
        raise FlowError("nobody", f"会签环节“{node.name}”没有可办理的人员或单位", element=node.id)
    if len(set(signers)) < len(signers):
        raise FlowError("asked-twice", f"会签环节“{node.name}”的名单有重复", element=node.id)
    run.tokens[token]["mi"] = {"o": [], "w": signers, "d": 0, "y": 0}
    ask_next(run, token)


def sign(run: "Run", token: str, who: str | None, yes: bool) -> None:
    mine, mi, node = _at(run, token)
    if who not in mi["o"]:
        raise FlowError("not-asked", f"会签环节“{node.name}”没有请您办理，或已经办过", element=node.id)
    mi["o"].remove(who)
    mi["d"] += 1
    mi["y"] += bool(yes)
    run.tell("signed", token, node.id, mine["p"], who)
    ask_next(run, token)


def add(run: "Run", token: str, who: str, first: bool) -> None:
    _, mi, node = _at(run, token)
    if who in mi["o"] or who in mi["w"]:
        raise FlowError("asked-twice", f"会签环节“{node.name}”已有此人（单位）", element=node.id)
    mi["w"].insert(0 if first else len(mi["w"]), who)
    ask_next(run, token)


def remove(run: "Run", token: str, who: str) -> None:
    mine, mi, node = _at(run, token)
    asked = who in mi["o"]
    if not asked and who not in mi["w"]:
        raise FlowError("not-asked", f"会签环节“{node.name}”没有此人（单位）待办", element=node.id)
    if len(mi["o"]) + len(mi["w"]) == 1 and not mi["d"]:
        raise FlowError("nobody", f"会签环节“{node.name}”只剩一人（单位）且无人办理，不能减去", element=node.id)
    mi["o" if asked else "w"].remove(who)
    run.tell("unask", token, node.id, mine["p"], who)
    ask_next(run, token)


def ask_next(run: "Run", token: str) -> None:
    """Ask whoever is due; close the step when nobody is left or its completion condition holds."""
    mine, mi, node = _at(run, token)
    if not (mi["d"] and node.completion is not None and _enough(run, mi, node)):
        while mi["w"] and not (node.multi == SEQUENTIAL and mi["o"]):
            who = mi["w"].pop(0)
            mi["o"].append(who)
            run.tell("ask", token, node.id, mine["p"], who)
        if mi["o"]:
            return
    run.finish(token)


def _enough(run: "Run", mi: dict[str, Any], node: Node) -> bool:
    counts = {
        "done": mi["d"],
        "yes": mi["y"],
        "open": len(mi["o"]),
        "total": mi["d"] + len(mi["o"]) + len(mi["w"]),
    }
    return node.completion is not None and run.decide(node.completion, counts)


def _at(run: "Run", token: str) -> tuple[dict[str, Any], dict[str, Any], Node]:
    mine = run.open_token(token)
    node = run.chart.node(mine["at"])
    if "mi" not in mine:
        raise FlowError("not-multi", f"“{node.name}”不是会签环节，不能增减人员", element=node.id)
    return mine, mine["mi"], node
