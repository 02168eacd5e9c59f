"""The public face of the flow floor."""

from zhengwu.kernel.flow.chart import Action, Chart, Flow, Limit, Node, Process, Suspends, Timer
from zhengwu.kernel.flow.conformance import Fitness, conformance
from zhengwu.kernel.flow.diagram import with_diagram
from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.extensions import own_duration
from zhengwu.kernel.flow.linter import lint
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.picture import draw
from zhengwu.kernel.flow.problems import ChartError, Finding, FlowError, Obstacle
from zhengwu.kernel.flow.scenarios import Rehearsal, rehearse
from zhengwu.kernel.flow.selectors import chart_of, published
from zhengwu.kernel.flow.services.publish import publish
from zhengwu.kernel.flow.state import Happened
from zhengwu.kernel.flow.vocabulary import add_words
from zhengwu.kernel.flow.xes import xes

__all__ = [
    "Action",
    "Chart",
    "ChartError",
    "Finding",
    "Fitness",
    "Flow",
    "FlowError",
    "Happened",
    "Limit",
    "Node",
    "Obstacle",
    "Process",
    "Rehearsal",
    "Run",
    "Suspends",
    "Timer",
    "add_words",
    "chart_of",
    "conformance",
    "draw",
    "lint",
    "own_duration",
    "parse",
    "publish",
    "published",
    "rehearse",
    "with_diagram",
    "xes",
]
