"""Jobs of the whole installation: the periodic work packages named, and the rescue of jobs a dead worker left.

Called by ``PROCRASTINATE_ON_APP_READY``. A job may run twice (its worker was killed half-way), so every function named
with ``zhengwu.lib.periodic.every`` is harmless when repeated.
"""

import logging

from procrastinate import App, JobContext

from zhengwu.lib import periodic

log = logging.getLogger(__name__)

STALLED_AFTER_SECONDS = 20.0
_FIELDS = ((60, "* * * * * */{}"), (3600, "*/{} * * * *"), (86400, "0 */{} * * *"))


def cron(seconds: int) -> str:
    """The cron line of an interval that divides a minute, an hour or a day; a day means 00:05 in China.

    Raises ValueError for any other interval: cron cannot say it.
    """
    if seconds == 86400:
        return "5 16 * * *"  # cron lines are read in UTC
    unit = 1
    for whole, line in _FIELDS:
        if seconds < whole:
            if seconds % unit or whole % seconds:
                break
            return line.format(seconds // unit)
        unit = whole
    if seconds in (60, 3600):
        return {60: "* * * * *", 3600: "0 * * * *"}[seconds]
    raise ValueError(f"{seconds} s does not divide a minute, an hour or a day")


def register(app: App) -> None:
    """Makes a periodic task of everything in ``periodic.jobs``; called once the app is ready."""
    for job in periodic.jobs:
        _register_one(app, job)
    _register_rescue(app)


def _register_one(app: App, job: periodic.Job) -> None:
    def run(timestamp: int) -> None:
        job.run()

    name = f"zhengwu.{job.name}"
    task = app.task(name=name, lock=name, queueing_lock=name)(run)
    app.periodic(cron=cron(job.seconds), periodic_id=job.name)(task)


def _register_rescue(app: App) -> None:
    @app.periodic(cron="* * * * * */15", periodic_id="rescue")
    @app.task(name="zhengwu.rescue", queueing_lock="zhengwu.rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job %s (%s) was left by a dead worker; it runs again", job.id, job.task_name)
            await app.job_manager.retry_job(job)
