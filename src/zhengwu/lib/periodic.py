"""Work that repeats: packages name it here, the worker of the installation runs it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` is called without arguments every ``seconds``; it must be harmless when two workers run it at once."""

    name: str
    seconds: int
    run: Callable[..., Any]


jobs: list[Job] = []


def every(*, seconds: int, name: str) -> Callable[[Function], Function]:
    """Decorator: adds the function to ``jobs``. Names are unique."""

    def add(function: Function) -> Function:
        if any(job.name == name for job in jobs):
            raise ValueError(f"periodic job {name!r} is named twice")
        jobs.append(Job(name, seconds, function))
        return function

    return add
