"""The public face of the flow floor."""

from zhengwu.kernel.flow.chart import Action, Chart, Flow, Limit, Node, Process, Suspends, Timer
from zhengwu.kernel.flow.executor import Run
from zhengwu.kernel.flow.extensions import own_duration
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.problems import ChartError, Finding, FlowError, Obstacle
from zhengwu.kernel.flow.state import Happened

__all__ = [
    "Action",
    "Chart",
    "ChartError",
    "Finding",
    "Flow",
    "FlowError",
    "Happened",
    "Limit",
    "Node",
    "Obstacle",
    "Process",
    "Run",
    "Suspends",
    "Timer",
    "own_duration",
    "parse",
]
