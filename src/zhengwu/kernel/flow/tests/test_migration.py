"""A running case changes over to another version, or the obstacles are named and nothing changes."""

from copy import deepcopy

from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.tests.charts import END, MULTI, START, chart, flow, line, task
from zhengwu.kernel.flow.tests.test_executor import open_nodes, token

GATES = '<parallelGateway id="g"/><parallelGateway id="j" name="汇合"/>'
OLD = chart(START + GATES + "".join(map(task, "abc")) + END + line("s", "g", "a", "j", "c", "e") + line("g", "b", "j"))


def run_at(*done: str, xml: str = OLD) -> Run:
    run = Run(parse(xml)).start()
    for node in done:
        run.complete(token(run, node))
    return run


def obstacles(run: Run, xml: str, mapping: dict | None = None) -> list[tuple[str, str]]:
    before, chart_ = deepcopy(run.state), run.chart
    found = run.migrate(parse(xml), mapping)
    if found:
        assert (run.state, run.chart) == (before, chart_), "with obstacles nothing changes"
    return [(o.node, o.message) for o in found]


def test_a_step_added_ahead_is_met():
    new = OLD.replace(line("j", "c"), task("n") + line("j", "n", "c"))
    run = run_at("a")
    assert obstacles(run, new) == []
    run.complete(token(run, "b"))
    assert open_nodes(run) == ["n"]


def test_the_current_step_removed_needs_a_mapping():
    new = chart(START + task("x") + task("c") + END + line("s", "x", "c", "e"))
    run = Run(parse(chart(START + task("a") + END + line("s", "a", "e")))).start()
    assert [(n, "指定对应" in m) for n, m in obstacles(run, new)] == [("a", True)]
    assert obstacles(run, new, {"a": "x"}) == []
    assert open_nodes(run) == ["x"]


def test_a_branch_added_to_a_block_already_entered_would_starve_it():
    new = OLD.replace("</process>", task("n") + line("g", "n", "j") + "</process>")
    found = obstacles(run_at("a"), new)
    assert found == [("j", "汇合“汇合”会一直等待来自“环节n”的支路")]
    assert obstacles(run_at("a", "b"), new) == []


def test_an_arrival_whose_way_is_gone_is_an_obstacle_unless_its_step_was_renamed():
    new = OLD.replace('"a"', '"aa"').replace("g.a", "g.aa").replace("a.j", "aa.j")
    assert "不再通到这里" in obstacles(run_at("a"), new)[0][1]
    run = run_at("a")
    assert obstacles(run, new, {"a": "aa"}) == []
    assert not run.complete(token(run, "b")).finished and open_nodes(run) == ["c"]


def test_kind_and_place_must_agree():
    signed = OLD.replace(task("b"), task("b", inner=MULTI.format(own="b", seq="false")))
    assert "不是同一类环节" in obstacles(run_at(), signed)[0][1]
    inner = '<startEvent id="is"/>' + task("b") + '<endEvent id="ie"/>' + line("is", "b", "ie")
    moved = chart(START + f'<subProcess id="u">{inner}</subProcess>' + task("a") + END + line("s", "u", "a", "e"))
    run = Run(parse(chart(START + task("b") + END + line("s", "b", "e")))).start()
    assert "另一个子流程" in obstacles(run, moved)[0][1]


def test_a_starvation_hidden_by_a_loop_is_found_by_trying():
    """From b one may go back before the split, so the new branch seems still to come; but one may also
    go on."""
    loop = '<exclusiveGateway id="y" default="y.j"/><exclusiveGateway id="m"/>'
    new = chart(
        START + GATES + loop + "".join(map(task, "abcn")) + END + line("s", "m", "g", "a", "j", "c", "e")
        + line("g", "b", "y", "j") + line("g", "n", "j") + flow("again", "y", "m", 'outcome == "back"')
    )  # fmt: skip
    found = obstacles(run_at("a"), new, {"b": "b"})
    assert [(node, "走不完" in message) for node, message in found] == [("j", True)]


def test_inside_a_subprocess():
    inner = '<startEvent id="is"/>' + task("i") + '<endEvent id="ie"/>' + line("is", "i", "ie")
    old = chart(START + f'<subProcess id="u">{inner}</subProcess>' + END + line("s", "u", "e"))
    new = (
        old.replace(line("s", "u"), task("before") + line("s", "before", "u"))
        .replace('"u"', '"v"')
        .replace(".u", ".v")
        .replace("u.", "v.")
    )
    run = Run(parse(old)).start()
    assert obstacles(run, new) != []
    assert obstacles(run, new, {"u": "v"}) == []
    assert run.complete(token(run, "i")).finished
