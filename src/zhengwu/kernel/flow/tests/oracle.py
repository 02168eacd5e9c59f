"""SpiffWorkflow as the second opinion: the same chart and the same acts must give the same open steps.

It must be told what it does not know by itself: conditions are CEL, timers fire when the test says so.
"""

from collections import Counter
from typing import Any

import cel
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

PAST = "2000-01-01T00:00:00+00:00"
WHO = ["甲", "乙", "丙"]


class Engine(PythonScriptEngine):
    """CEL on the variables of the current act; nothing is ever executed."""

    variables: dict[str, Any] = {}

    def validate(self, expression):
        pass

    def evaluate(self, task, expression, external_context=None):
        if expression.startswith("PT"):
            return expression
        # A signing step in a loop finds the answers of its earlier round and refuses: forget them at each gateway.
        for name in [n for n in task.data if n.startswith("answers_")]:
            del task.data[name]
        return cel.compile(expression).execute(self.variables)

    def execute(self, task, script, external_context=None):
        raise AssertionError("no scripts")


class Oracle:
    """One case on SpiffWorkflow."""

    def __init__(self, xml: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(xml.encode())
        self.engine = Engine()
        self.flow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"), script_engine=self.engine)
        self.engine.variables = {"outcome": ""}
        self.flow.task_tree.data["who"] = list(WHO)
        self.settle()

    def settle(self) -> None:
        self.flow.do_engine_steps()

    def ready(self):
        return self.flow.get_tasks(state=TaskState.READY, manual=True)

    def open(self) -> Counter:
        """(node, signer or "") of each open step."""
        return Counter(self.label(task) for task in self.ready())

    def label(self, task) -> tuple[str, str]:
        own = task.task_spec.bpmn_id
        signs = task.task_spec.name.endswith("[child]")
        return own, task.data[f"person_{own}"] if signs else ""

    def complete(self, label: tuple[str, str], outcome: str) -> None:
        task = next(t for t in self.ready() if self.label(t) == label)
        if label[1]:
            task.data[f"answer_{label[0]}"] = "yes"
        self.engine.variables = {"outcome": outcome}
        task.run()
        self.settle()

    def timers(self) -> Counter:
        return Counter(t.task_spec.bpmn_id for t in self.waiting_timers())

    def waiting_timers(self):
        return [
            t for t in self.flow.get_tasks(state=TaskState.WAITING) if type(t.task_spec).__name__ == "BoundaryEvent"
        ]

    def fire(self, timer: str, outcome: str) -> None:
        task = next(t for t in self.waiting_timers() if t.task_spec.bpmn_id == timer)
        self.engine.variables = {"outcome": outcome}
        task.internal_data["event_value"] = PAST
        self.flow.refresh_timers()
        self.settle()

    @property
    def finished(self) -> bool:
        return self.flow.completed
