"""Work that repeats: packages name it here, the worker of the installation runs it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

log = logging.getLogger(__name__)
Function = TypeVar("Function", bound=Callable[..., Any])
Row = TypeVar("Row")


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


def each(rows: Iterable[Row], work: Callable[[Row], Any], *, name: str) -> int:
    """Does ``work`` for every row; returns for how many it succeeded.

    A row that cannot be done must not keep those behind it waiting, today and at every later sweep: it is logged with
    its traceback and left for the next time.
    """
    done = 0
    for row in rows:
        try:
            work(row)
        except Exception:
            log.exception("%s: %r failed and is left for the next round", name, row)
        else:
            done += 1
    return done
