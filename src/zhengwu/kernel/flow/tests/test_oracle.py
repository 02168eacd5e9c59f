"""The same random charts, the same random acts, the same open steps as SpiffWorkflow."""

from collections import Counter
from random import Random

import pytest

from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.tests.charts import Grower
from zhengwu.kernel.flow.tests.oracle import WHO, Oracle

MIXES = {
    "gateways": "ttxaol",
    "parallel": "ttaal",
    "inclusive": "ttool",
    "processes": "ttxascl",
    "ends": "ttxxasc!",
    "signing": "tmmxasl",
    "timers": "tbbxasl",
    "all": "tmbxaosclxao",
}


def stand(run: Run) -> Counter:
    """Our open steps in the oracle's words."""
    found: Counter = Counter()
    for token, node in run.steps():
        for who in run.tokens[token]["mi"]["o"] if node.multi else [""]:
            found[node.id, who] += 1
    return found


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("part", range(3))
def test_same_open_steps_as_spiff(mix, part):
    compared = 0
    for seed in range(part * 8, part * 8 + 8):
        grower = Grower(seed, MIXES[mix], joins_in_loops=False)
        xml = grower.xml()
        compared += walk(xml, grower.multi, Random(seed))
    assert compared > 30


def walk(xml: str, multi: list[str], random: Random) -> int:
    """Random acts on both until the end or 40 acts; the number of situations compared."""
    oracle = Oracle(xml)
    chart = parse(xml)
    who = dict.fromkeys(multi, WHO)
    run = Run(chart, None, {"outcome": ""}, who).start()
    for n in range(40):
        assert stand(run) == oracle.open(), f"after {n} acts: {xml}"
        assert run.finished == oracle.finished
        if run.finished:
            return n + 1
        outcome = "".join(c for c in "abcdz" if random.random() < (0.25 if c == "z" else 0.5))
        # Each act works on the saved state alone, as it will between two requests.
        run = Run(chart, run.state, {"outcome": outcome}, who)
        timers = [
            (token, timer.node)
            for token, node in run.steps()
            for timer in node.timers
            if oracle.timers()[timer.node] == 1
        ]
        if timers and random.random() < 0.4:
            token, timer = random.choice(sorted(timers))
            oracle.fire(timer, outcome)
            run.fire(token, timer)
            continue
        label = random.choice(sorted(stand(run)))
        token = next(
            i
            for i, node in run.steps()
            if node.id == label[0] and (not node.multi or label[1] in run.tokens[i]["mi"]["o"])
        )
        oracle.complete(label, outcome)
        run.complete(token, label[1] or None)
    return 40
