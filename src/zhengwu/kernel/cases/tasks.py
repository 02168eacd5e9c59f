"""Periodic work of cases; every job may run twice or late without harm."""

from zhengwu.kernel.cases.services.archive import archive_due
from zhengwu.kernel.cases.services.attach import forget_unused
from zhengwu.kernel.cases.services.lights import sweep_lights
from zhengwu.kernel.cases.services.timers import fire_due
from zhengwu.lib.periodic import every


@every(seconds=30, name="cases.lights")
def lights() -> None:
    sweep_lights()


@every(seconds=30, name="cases.timers")
def timers() -> None:
    fire_due()


@every(seconds=3600, name="cases.archive")
def archiving() -> None:
    archive_due()


@every(seconds=24 * 3600, name="cases.uploads")
def uploads() -> None:
    forget_unused()
