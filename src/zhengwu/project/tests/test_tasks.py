"""Periodic work: intervals as cron lines, one task a job."""

import pytest
from croniter import croniter
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from zhengwu.lib import periodic
from zhengwu.project import tasks


@pytest.mark.parametrize("seconds", [1, 5, 30, 60, 300, 900, 3600, 7200, 86400])
def test_the_line_comes_round_in_its_interval(seconds):
    turns = croniter(tasks.cron(seconds), 1_700_000_000)
    first, second, third = (turns.get_next() for _ in range(3))
    assert second - first == third - second == seconds


@pytest.mark.parametrize("seconds", [7, 45, 61, 5400, 100_000])
def test_what_cron_cannot_say_is_refused(seconds):
    with pytest.raises(ValueError, match="does not divide"):
        tasks.cron(seconds)


def test_every_named_job_becomes_a_locked_periodic_task(monkeypatch):
    ran = []
    monkeypatch.setattr(periodic, "jobs", [periodic.Job("probe.one", 60, lambda: ran.append(1))])
    app = App(connector=InMemoryConnector())
    tasks.register(app)
    assert {"zhengwu.probe.one", "zhengwu.rescue"} <= set(app.tasks)
    task = app.tasks["zhengwu.probe.one"]
    assert task.lock == task.queueing_lock == "zhengwu.probe.one"
    task.func(timestamp=0)
    assert ran == [1]
    assert {key[0] for key in app.periodic_registry.periodic_tasks} == {"zhengwu.probe.one", "zhengwu.rescue"}


def test_the_installations_own_jobs_can_be_said_by_cron():
    assert [tasks.cron(job.seconds) for job in periodic.jobs]
    assert "ledger.seal" in {job.name for job in periodic.jobs}
