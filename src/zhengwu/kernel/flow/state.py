"""The state of a running chart: open tokens only, plain JSON.

``{"n": counter, "t": {token: {"at", "p", "s", "in"?, "mi"?}}}``

- ``at``: the node the token stands at.
- ``p``: its fork path, ``["<fork number>:<flow>", …]``: the parallel branches it is in, outermost first.
- ``s``: the token (at a sub-process or call) in whose inner process it lives; "" = the main process.
- ``in``: set on an arrival that waits at a join: the flow it came by.
- ``mi``: on a multi-instance task: ``o`` asked now, ``w`` still to be asked, ``d`` answered, ``y`` of
  these with yes.
"""

from typing import Any, NamedTuple

State = dict[str, Any]
Token = dict[str, Any]
Path = list[str]


class Happened(NamedTuple):
    """One consequence of an act.

    ``what``: open (a step opens; ``data`` True for a multi-instance one), done, cancel (both close
    everything still asked at this token), timer (``node`` is the timer, ``token`` its step, ``data`` the
    duration text), ask, signed, unask (``data`` is the signer), end (an end event was reached; no
    token). ``path`` is the fork path: keep it with the step, ``Run.move`` wants it back.
    """

    what: str
    token: str | None
    node: str
    path: Path
    data: Any = None


def blank() -> State:
    return {"n": 0, "t": {}}


def copied(state: State) -> State:
    """A copy that may be changed. Fork paths are never changed in place and are shared."""
    tokens = {}
    for key, token in state["t"].items():
        mi = token.get("mi")
        tokens[key] = {**token, "mi": {**mi, "o": list(mi["o"]), "w": list(mi["w"])}} if mi else {**token}
    return {"n": state["n"], "t": tokens}


def fork_of(entry: str) -> str:
    """The number of the fork, with its colon: entries of one fork share it."""
    return entry[: entry.index(":") + 1]


def branch_of(entry: str) -> str:
    """The first flow (or timer) of the branch; a half-joined token carries several, joined by ``+``."""
    return entry[entry.index(":") + 1 :].split("+", 1)[0]
