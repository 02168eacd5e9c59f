"""`./zw bench flow`: one step of a flow with its PostgreSQL row, on charts of 6, 50 and 200 tasks and with 20 signers.

Each step is a transaction: the row is locked and read, the flow goes on by one act, the row is written. Beside it the
same steps on SpiffWorkflow with its own serializer and one jsonb row, in turn on the same connection; with ``--viewflow
PYTHON`` (an interpreter that has django-viewflow and psycopg; its licence, AGPL, keeps it out of ours) on that as well.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from zhengwu.lib.postgres import Server

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'targetNamespace="https://zhengwu.example/bench"><process id="p" name="p" isExecutable="true">'
)
SIGNERS = [f"unit:{n}" for n in range(1, 21)]
MULTI = (
    '<multiInstanceLoopCharacteristics isSequential="false"><loopDataInputRef>who</loopDataInputRef>'
    '<inputDataItem id="person"/></multiInstanceLoopCharacteristics>'
)
Step = Callable[[psycopg.Connection[Any], int], bool]


def chain(tasks: int, inner: str = "") -> str:
    """A chart of ``tasks`` tasks in a row; the second carries ``inner``."""
    names = ["s", *(f"t{n}" for n in range(tasks)), "e"]
    body = '<startEvent id="s"/><endEvent id="e"/>' + "".join(
        f'<userTask id="{n}" name="{n}">{inner if n == "t1" else ""}</userTask>' for n in names[1:-1]
    )
    flows = "".join(
        f'<sequenceFlow id="f{k}" sourceRef="{a}" targetRef="{b}"/>'
        for k, (a, b) in enumerate(pairwise(names))
    )
    return f"{HEAD}{body}{flows}</process></definitions>"


def ours(xml: str) -> tuple[dict[str, Any], Step]:
    """The state a case begins with, and one step of it."""
    from zhengwu.kernel.flow.executor import Run
    from zhengwu.kernel.flow.parser import parse

    chart = parse(xml)
    who = {node.id: SIGNERS for node in chart.tasks() if node.multi}

    def step(db: psycopg.Connection[Any], pk: int) -> bool:
        with db.transaction():
            (state,) = db.execute("select state from flow_ours where id = %s for update", [pk]).fetchone() or ({},)
            run = Run(chart, state, {"outcome": "pass"}, who)
            token, mine = next((t, x) for t, x in run.tokens.items() if "in" not in x)
            run.complete(token, mine["mi"]["o"][0] if "mi" in mine else None)
            db.execute("update flow_ours set state = %s where id = %s", [Jsonb(run.state), pk])
        return run.finished

    return Run(chart, None, {"outcome": ""}, who).start().state, step


def spiff(xml: str) -> tuple[dict[str, Any], Step]:
    """The same on SpiffWorkflow."""
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_str(xml.encode())
    flow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    flow.task_tree.data["who"] = list(SIGNERS)
    flow.do_engine_steps()
    serializer, several = BpmnWorkflowSerializer(), "multiInstance" in xml

    def step(db: psycopg.Connection[Any], pk: int) -> bool:
        with db.transaction():
            (state,) = db.execute("select state from flow_spiff where id = %s for update", [pk]).fetchone() or ({},)
            case = serializer.deserialize_json(json.dumps(state))
            task = next(iter(case.get_tasks(state=TaskState.READY, manual=True)))
            if several:
                task.data.setdefault("who", list(SIGNERS))
            task.run()
            case.do_engine_steps()
            db.execute("update flow_spiff set state = %s where id = %s",
                       [Jsonb(json.loads(serializer.serialize_json(case))), pk])
        return bool(case.completed)

    return json.loads(serializer.serialize_json(flow)), step


def measure(
    db: psycopg.Connection[Any], made: dict[str, tuple[dict[str, Any], Step]], rounds: int
) -> dict[str, tuple[float, float, int]]:
    """Engine → median milliseconds and processor milliseconds of a step, most bytes of state; engines by turns."""
    took: dict[str, list[float]] = {name: [] for name in made}
    used: dict[str, list[float]] = {name: [] for name in made}
    size: dict[str, int] = dict.fromkeys(made, 0)
    for _ in range(rounds):
        rows = {}
        for name, (state, _) in made.items():
            found = db.execute(f"insert into flow_{name} (state) values (%s) returning id", [Jsonb(state)])  # noqa: S608
            rows[name] = (found.fetchone() or (0,))[0]
        going = set(made)
        while going:
            for name in sorted(going):
                begun, cpu = time.perf_counter(), time.process_time()
                done = made[name][1](db, rows[name])
                took[name].append((time.perf_counter() - begun) * 1000)
                used[name].append((time.process_time() - cpu) * 1000)
                (length,) = db.execute(
                    f"select length(state::text) from flow_{name} where id = %s", [rows[name]]  # noqa: S608
                ).fetchone() or (0,)
                size[name] = max(size[name], length)
                if done:
                    going.remove(name)
    return {n: (statistics.median(took[n]), statistics.median(used[n]), size[n]) for n in made}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./zw bench flow", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="cases of each chart (20)")
    parser.add_argument("--viewflow", metavar="PYTHON", help="an interpreter with django-viewflow and psycopg")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.test")
    charts = {"6 tasks": chain(6), "50 tasks": chain(50), "200 tasks": chain(200), "20 signers": chain(3, MULTI)}
    with tempfile.TemporaryDirectory(prefix="zw-flow-") as folder:
        os.chmod(folder, 0o711)  # noqa: S103 - the server's own user walks through
        server = Server(Path(folder) / "pg")
        server.start()
        try:
            with psycopg.connect(server.url, autocommit=True) as db:
                for name in ("ours", "spiff"):
                    db.execute(f"create table flow_{name} (id bigserial primary key, state jsonb not null)")
                report(db, charts, options.rounds)
            if options.viewflow:
                script = str(Path(__file__).with_name("_viewflow.py"))
                subprocess.run([options.viewflow, script, server.url, str(options.rounds)], check=True)
        finally:
            server.stop()
    return 0


def report(db: psycopg.Connection[Any], charts: dict[str, str], rounds: int) -> None:
    columns = ("ours ms", "cpu ms", "bytes", "spiff ms", "cpu ms", "bytes", "ratio", "by cpu", "× 6 tasks")
    print(f"{'chart':<12}" + "".join(f"{c:>10}" for c in columns))
    first = 0.0
    for name, xml in charts.items():
        few = max(2, rounds // 10) if name in ("50 tasks", "200 tasks") else rounds  # their cases have more steps
        found = measure(db, {"ours": ours(xml), "spiff": spiff(xml)}, few)
        (ms, cpu, size), (ms2, cpu2, size2) = found["ours"], found["spiff"]
        first = first or ms
        row = (f"{ms:.2f}", f"{cpu:.2f}", size, f"{ms2:.2f}", f"{cpu2:.2f}", size2, f"{ms2 / ms:.1f}",
               f"{cpu2 / cpu:.1f}", f"{ms / first:.2f}")
        print(f"{name:<12}" + "".join(f"{value:>10}" for value in row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
