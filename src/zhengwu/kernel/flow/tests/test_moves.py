"""Return, take back, jump: hand-written cases, and random ones by what must always hold."""

from collections import Counter
from random import Random

import pytest

from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.flow.tests.charts import END, START, Grower, chart, line, task
from zhengwu.kernel.flow.tests.test_executor import open_nodes, refused, token

# a → (b1 b2 | c) → d
BLOCK = chart(
    START + '<parallelGateway id="g"/><parallelGateway id="j"/>' + "".join(map(task, ("a", "b1", "b2", "c", "d"))) + END
    + line("s", "a", "g", "b1", "b2", "j", "d", "e") + line("g", "c", "j")
)  # fmt: skip


def at(*done: str) -> tuple[Run, dict[str, list[str]]]:
    """A run with these steps done, and the path each step had."""
    run = Run(parse(BLOCK)).start()
    for node in done:
        run.complete(token(run, node))
    return run, {e.node: e.path for e in run.events if e.what == "open"}


def finish(run: Run) -> list[str]:
    """Complete everything; what was done, in order."""
    done = []
    while not run.finished:
        step, node = run.steps()[0]
        done.append(node.id)
        run.complete(step)
    return done


def test_return_within_a_branch_leaves_the_other_alone():
    run, paths = at("a", "b1")
    run.move(token(run, "b2"), "b1", paths["b1"])
    assert open_nodes(run) == ["b1", "c"]
    assert sorted(finish(run)) == ["b1", "b2", "c", "d"]


def test_return_before_the_split_takes_both_branches_back():
    run, paths = at("a", "b1")
    run.move(token(run, "c"), "a", paths["a"])
    assert open_nodes(run) == ["a"]
    assert sorted(finish(run)) == ["a", "b1", "b2", "c", "d"]


@pytest.mark.parametrize("order", [("a", "b1", "b2", "c"), ("a", "c", "b1", "b2")])
@pytest.mark.parametrize("target", ["b1", "b2", "c"])
def test_return_into_a_closed_block_keeps_the_other_branch_done(order, target):
    run, paths = at(*order)
    run.move(token(run, "d"), target, paths[target])
    assert open_nodes(run) == [target]
    assert finish(run) == {"b1": ["b1", "b2", "d"], "b2": ["b2", "d"], "c": ["c", "d"]}[target]


def test_return_into_a_branch_whose_sibling_is_still_open():
    run, paths = at("a", "b1", "b2")
    run.move(token(run, "c"), "b2", paths["b2"])
    assert open_nodes(run) == ["b2", "c"]
    assert sorted(finish(run)) == ["b2", "c", "d"]


def test_jump_forward():
    run, _ = at("a")
    run.move(token(run, "b1"), "d", [])
    assert open_nodes(run) == ["d"] and finish(run) == ["d"]


def test_paths_of_an_earlier_round_still_serve():
    run, paths = at("a", "b1")
    run.move(token(run, "c"), "a", paths["a"])
    run.complete(token(run, "a")).complete(token(run, "b1"))
    run.move(token(run, "b2"), "b1", paths["b1"])
    assert open_nodes(run) == ["b1", "c"]


def test_out_of_a_subprocess_but_not_into_one():
    inner = '<startEvent id="is"/>' + task("i") + '<endEvent id="ie"/>' + line("is", "i", "ie")
    body = (
        START + task("a") + f'<subProcess id="u">{inner}</subProcess>' + task("d") + END + line("s", "a", "u", "d", "e")
    )
    run = Run(parse(chart(body))).start()
    run.complete(token(run, "a"))
    run.move(token(run, "i"), "a", [])
    assert open_nodes(run) == ["a"] and list(run.tokens) == [token(run, "a")]
    error = refused(run, "bad-target", lambda: run.move(token(run, "a"), "i", []))
    assert "子流程" in error.zh
    run.move(token(run, "a"), "u", [])
    assert open_nodes(run) == ["i"]


def test_gateways_and_unknown_steps_are_no_targets():
    run, _ = at("a")
    refused(run, "bad-target", lambda: run.move(token(run, "c"), "g", []))
    refused(run, "no-such-node", lambda: run.move(token(run, "c"), "nowhere", []))


@pytest.mark.parametrize("part", range(6))
def test_random_moves_lose_and_double_nothing(part):
    """No step twice at the same time, never stuck, and every situation can still be driven to its end."""
    moved = 0
    for seed in range(part * 20, part * 20 + 20):
        chart_ = parse(Grower(seed, "ttaaxsc", size=8).xml())
        random = Random(seed)
        run = Run(chart_, None, {"outcome": ""}).start()
        paths: dict[str, list[str]] = {}
        for _ in range(25):
            paths.update((e.node, e.path) for e in run.events if e.what == "open" and e.node in chart_)
            if run.finished:
                break
            run = Run(chart_, run.state, {"outcome": random.choice(("", "a", "b", "ab"))})
            step, node = random.choice(run.steps())
            targets = [n for n in paths if chart_.node(n).process == node.process and chart_.node(n).kind == "task"]
            if targets and random.random() < 0.4:
                target = random.choice(sorted(targets))
                run.move(step, target, paths[target])
                moved += 1
                assert target in open_nodes(run)
            else:
                run.complete(step)
            sound(run)
        end(run)
    assert moved > 30


@pytest.mark.parametrize("part", range(4))
def test_random_charts_with_joins_inside_loops_stay_sound(part):
    """Where SpiffWorkflow is no judge: rounds of a loop must not mix at the joins inside it."""
    rounds = 0
    for seed in range(part * 20, part * 20 + 20):
        chart_ = parse(Grower(seed, "taoll", size=10).xml())
        random = Random(seed)
        run = Run(chart_, None, {"outcome": ""}).start()
        for _ in range(60):
            if run.finished:
                break
            outcome = "".join(c for c in "abz" if random.random() < 0.5)
            rounds += "z" in outcome
            run = Run(chart_, run.state, {"outcome": outcome})
            run.complete(random.choice(run.steps())[0])
            sound(run)
        end(Run(chart_, run.state, {"outcome": ""}))
    assert rounds > 100


def sound(run: Run) -> None:
    stand = Counter((x["s"], x["at"], x.get("in", "")) for x in run.tokens.values())
    assert max(stand.values(), default=1) == 1, stand
    assert run.finished or run.steps()


def end(run: Run) -> None:
    for _ in range(500):
        if run.finished:
            return
        run.complete(run.steps()[0][0])
    raise AssertionError("does not come to its end")


def test_errors_leave_the_state_alone_after_a_move():
    run, paths = at("a", "b1")
    with pytest.raises(FlowError):
        run.move("99", "a", paths["a"])
    assert open_nodes(run) == ["b2", "c"]
