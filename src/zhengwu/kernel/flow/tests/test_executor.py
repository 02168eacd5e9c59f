"""The executor's own rules: what Spiff does not know, refusals that change nothing, paths, units."""

import json
from copy import deepcopy

import pytest

from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.problems import FlowError
from zhengwu.kernel.flow.tests.charts import END, MULTI, START, chart, flow, line, task

FORK = (
    START + '<parallelGateway id="g"/><parallelGateway id="j" name="汇合"/>' + task("a") + task("b") + task("c") + END
    + line("s", "g", "a", "j", "c", "e") + line("g", "b", "j")
)  # fmt: skip


def started(xml: str, **more) -> Run:
    return Run(parse(xml), **more).start()


def token(run: Run, node: str) -> str:
    return next(i for i, n in run.steps() if n.id == node)


def open_nodes(run: Run) -> list[str]:
    return sorted(n.id for _, n in run.steps())


def refused(run: Run, code: str, act) -> FlowError:
    """The act is refused with this code and nothing has changed."""
    state, events = deepcopy(run.state), list(run.events)
    with pytest.raises(FlowError) as caught:
        act()
    assert caught.value.code == f"flow-{code}"
    assert (run.state, run.events) == (state, events)
    return caught.value


def test_events_and_state_of_one_step():
    run = started(chart(START + task("a") + END + line("s", "a", "e")))
    assert [(e.what, e.node) for e in run.events] == [("open", "a")]
    before = run.state
    run.complete(token(run, "a"))
    assert [(e.what, e.node) for e in run.events[1:]] == [("done", "a"), ("end", "e")]
    assert run.finished and before["t"], "the caller's state is never changed in place"


def test_start_happens_once():
    run = started(chart(START + task("a") + END + line("s", "a", "e")))
    refused(run, "already-started", run.start)


def test_join_waits_for_all_branches():
    run = started(chart(FORK))
    run.complete(token(run, "a"))
    assert open_nodes(run) == ["b"]
    run.complete(token(run, "b"))
    assert open_nodes(run) == ["c"] and run.tokens[token(run, "c")]["p"] == []


def test_state_is_small_json_and_does_not_grow_with_loops():
    again = '<exclusiveGateway id="x" default="x.e"/>'
    body = START + task("a") + again + END + line("s", "a", "x", "e") + flow("back", "x", "a", 'outcome == "z"')
    run = started(chart(body), variables={"outcome": "z"})
    for _ in range(50):
        run.complete(token(run, "a"))
    assert len(json.dumps(run.state)) < 80
    assert Run(run.chart, json.loads(json.dumps(run.state)), {"outcome": ""}).complete(token(run, "a")).finished


def test_paths_do_not_grow_when_a_branch_loops_back_to_its_split():
    body = START + '<exclusiveGateway id="m"/><parallelGateway id="g"/>' + task("a") + task("b")
    body += '<endEvent id="e1"/>' + line("s", "m", "g", "a", "e1") + line("g", "b", "m")
    run = started(chart(body))
    for _ in range(20):
        run.complete(token(run, "b"))
        run.complete(token(run, "a"))
    assert max(len(x["p"]) for x in run.tokens.values()) == 1


def test_unknown_or_closed_tokens_are_refused():
    run = started(chart(FORK))
    mine = token(run, "a")
    run.complete(mine)
    refused(run, "no-such-token", lambda: run.complete(mine))
    refused(run, "no-such-token", lambda: run.complete("99"))


def test_a_subprocess_is_not_completed_by_hand():
    inner = '<startEvent id="is"/>' + task("i") + '<endEvent id="ie"/>' + line("is", "i", "ie")
    run = started(chart(START + f'<subProcess id="u" name="子">{inner}</subProcess>' + END + line("s", "u", "e")))
    host = next(i for i, x in run.tokens.items() if x["at"] == "u")
    refused(run, "not-a-task", lambda: run.complete(host))
    run.complete(token(run, "i"))
    assert run.finished


def test_no_way_out_of_a_gateway_is_refused():
    body = (
        START
        + task("a")
        + '<exclusiveGateway id="x" name="如何"/>'
        + END
        + line("s", "a", "x")
        + flow("f", "x", "e", "outcome == 'y'")
    )
    run = started(chart(body), variables={"outcome": "n"})
    error = refused(run, "no-way", lambda: run.complete(token(run, "a")))
    assert error.element == "x" and "如何" in error.zh


@pytest.mark.parametrize(
    ("condition", "variables", "code"),
    [
        ("form.sum > 5", {"form": {}}, "condition-failed"),
        ("form.sum > 5", {}, "condition-failed"),
        ("form.sum > 5", {"form": {"sum": "x"}}, "condition-failed"),
        ("form.sum", {"form": {"sum": 1}}, "condition-not-bool"),
    ],
)
def test_condition_errors_name_the_flow(condition, variables, code):
    body = START + task("a") + '<exclusiveGateway id="x"/>' + END + line("s", "a", "x") + flow("f", "x", "e", condition)
    run = started(chart(body), variables=variables)
    error = refused(run, code, lambda: run.complete(token(run, "a")))
    assert error.element == "f" and "“f”" in error.zh


def test_variables_may_come_from_a_function_called_only_when_asked():
    calls = []
    body = (
        START + task("a") + task("b") + '<exclusiveGateway id="x" default="x.e"/>' + END + line("s", "a", "b", "x", "e")
    )
    run = started(chart(body), variables=lambda: calls.append(1) or {"outcome": ""})
    run.complete(token(run, "a"))
    assert not calls


def test_a_chart_that_never_rests_is_refused():
    body = (
        START + '<exclusiveGateway id="x"/><exclusiveGateway id="y"/>' + line("s", "x", "y") + flow("f", "y", "x") + END
    )
    with pytest.raises(FlowError, match="无休止"):
        started(chart(body))


def test_starvation_inside_a_subprocess_is_noticed():
    inner = (
        '<startEvent id="is"/><exclusiveGateway id="x" default="x.j"/><parallelGateway id="j"/><endEvent id="ie"/>'
        + task("i")
    )
    inner += line("is", "x", "j", "ie") + flow("f", "x", "i", "outcome == 'i'") + line("i", "j")
    body = START + task("a") + f'<subProcess id="u">{inner}</subProcess>' + END + line("s", "a", "u", "e")
    run = started(chart(body), variables={"outcome": ""})
    refused(run, "starved", lambda: run.complete(token(run, "a")))


SIGN = START + task("m", inner=MULTI.format(own="m", seq="{seq}")) + END + line("s", "m", "e")


def signing(seq: str, *who: str) -> Run:
    return started(chart(SIGN.replace("{seq}", seq)), who={"m": who})


def said(run: Run) -> list[tuple[str, str]]:
    return [(e.what, e.data) for e in run.events if e.what in ("ask", "signed", "unask")]


def test_signing_in_parallel():
    run = signing("false", "甲", "乙")
    assert said(run) == [("ask", "甲"), ("ask", "乙")]
    run.complete(token(run, "m"), "乙")
    refused(run, "not-asked", lambda: run.complete(token(run, "m"), "乙"))
    run.complete(token(run, "m"), "甲")
    assert run.finished


def test_signing_one_after_another_with_one_more_in_front():
    run = signing("true", "甲", "乙")
    run.add(token(run, "m"), "丙", first=True)
    assert said(run) == [("ask", "甲")]
    for who in "甲丙乙":
        run.complete(token(run, "m"), who)
    assert [w for what, w in said(run) if what == "ask"] == ["甲", "丙", "乙"] and run.finished


def test_removing_signers():
    run = signing("false", "甲", "乙")
    run.remove(token(run, "m"), "甲")
    assert ("unask", "甲") in said(run)
    refused(run, "nobody", lambda: run.remove(token(run, "m"), "乙"))
    refused(run, "not-asked", lambda: run.remove(token(run, "m"), "丁"))
    refused(run, "asked-twice", lambda: run.add(token(run, "m"), "乙", False))
    run.add(token(run, "m"), "丁")
    run.complete(token(run, "m"), "乙")
    run.remove(token(run, "m"), "丁")
    assert run.finished


def test_nobody_to_sign_is_refused():
    with pytest.raises(FlowError, match="没有可办理"):
        signing("false")
    with pytest.raises(FlowError, match="重复"):
        signing("false", "甲", "甲")


def test_only_signing_steps_take_more_people():
    run = started(chart(FORK))
    refused(run, "not-multi", lambda: run.add(token(run, "a"), "甲"))


def test_completion_condition_ends_signing_early():
    when = "<completionCondition>yes * 2 &gt; total</completionCondition>"
    inner = f"<multiInstanceLoopCharacteristics>{when}</multiInstanceLoopCharacteristics>"
    run = started(chart(START + task("m", inner=inner) + END + line("s", "m", "e")), who={"m": ["甲", "乙", "丙"]})
    run.complete(token(run, "m"), "甲", yes=False).complete(token(run, "m"), "乙")
    assert not run.finished
    run.complete(token(run, "m"), "丙")
    assert run.finished


def timed(stops: str) -> str:
    when = "<timerEventDefinition><timeDuration>zw:WORKING_DAY:5</timeDuration></timerEventDefinition>"
    bound = f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="{stops}">{when}</boundaryEvent>'
    return chart(
        START
        + task("a")
        + task("late")
        + bound
        + END
        + '<endEvent id="e2"/>'
        + line("s", "a", "e")
        + line("t", "late", "e2")
    )


def test_timers_are_reported_and_fire_once():
    run = started(timed("true"))
    mine = token(run, "a")
    assert [(e.token, e.node, e.data) for e in run.events if e.what == "timer"] == [(mine, "t", "zw:WORKING_DAY:5")]
    run.fire(mine, "t")
    assert open_nodes(run) == ["late"]
    again = len(run.events)
    run.fire(mine, "t").fire("99", "t").fire(token(run, "late"), "t")
    assert len(run.events) == again and open_nodes(run) == ["late"]


def test_a_reminder_leaves_the_step_open():
    run = started(timed("false"))
    run.fire(token(run, "a"), "t")
    assert open_nodes(run) == ["a", "late"]


def test_terminate_ends_everything_in_its_process():
    body = (
        START
        + '<parallelGateway id="g"/>'
        + task("a")
        + task("b")
        + '<endEvent id="e"><terminateEventDefinition/></endEvent>'
    )
    run = started(chart(body + '<endEvent id="e2"/>' + line("s", "g", "a", "e") + line("g", "b", "e2")))
    run.complete(token(run, "a"))
    assert run.finished and ("cancel", "b") in [(e.what, e.node) for e in run.events]


def test_terminate_also_ends_what_was_just_about_to_begin():
    inner = '<startEvent id="is"/>' + task("i") + '<endEvent id="ie"/>' + line("is", "i", "ie")
    body = START + f'<parallelGateway id="g"/><subProcess id="u">{inner}</subProcess>' + task("b")
    body += '<endEvent id="e"><terminateEventDefinition/></endEvent><endEvent id="e2"/>' + line("s", "g", "u", "e2")
    run = started(chart(body + line("g", "e") + line("g", "b", "e2")))
    assert run.finished and "i" not in [e.node for e in run.events]


def test_unit_of_a_branch_is_that_of_the_nearest_host():
    inner = (
        '<startEvent id="is"/>'
        + task("i").replace('"owner"', '"branch"')
        + '<endEvent id="ie"/>'
        + line("is", "i", "ie")
    )
    called = f'<process id="q">{inner}</process>'
    body = START + '<callActivity id="u" calledElement="q" zw:unit="branch:2"/>' + END + line("s", "u", "e")
    run = started(chart(body, more=called))
    assert run.unit_of(token(run, "i")) == "branch:2"
    bare = started(chart(body.replace(' zw:unit="branch:2"', ""), more=called))
    with pytest.raises(FlowError, match="哪个单位"):
        bare.unit_of(token(bare, "i"))
