"""An import from upload to the running list: checked first, then taken as a whole or not at all.

The worker does both long parts; how far it is stands in the job's row, written outside the import's transaction.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Account, Division
from zhengwu.kernel.files.api import keep, open_file
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem
from zhengwu.modules.powers.importing.checking import Checker
from zhengwu.modules.powers.importing.reading import check_file, table
from zhengwu.modules.powers.importing.writing import Writer
from zhengwu.modules.powers.models import ImportJob
from zhengwu.modules.powers.policies import staffing_divisions

log = logging.getLogger(__name__)
State = ImportJob.State
PURPOSE = "powers.import"
FAULTS_KEPT = 1000
"""Faults shown; all are counted."""
EVERY = 50
STALLED = timedelta(minutes=10)
IMPORTERS = (Role.CENTRE, Role.STAFFING)


def import_divisions(actor: Actor) -> list[str]:
    """Divisions whose list ``actor`` may bring in: those of their posts at the centre or the staffing office."""
    return sorted({p.division for p in actor.posts if p.role in IMPORTERS})


def jobs_of(actor: Actor) -> QuerySet[ImportJob]:
    """Imports of the actor's divisions, newest first."""
    return ImportJob.objects.filter(division_id__in=import_divisions(actor)).select_related("division", "file", "by")


@transaction.atomic
def upload(*, name: str, data: bytes, division: str, create_units: bool, ignore_division: bool,
           by: Actor) -> ImportJob:
    """Takes a file in to be checked by the worker. Raises Denied, Invalid, Problem (what kind of file)."""
    if division not in import_divisions(by) or by.account_id is None:
        raise Denied("not-your-list", "只能导入本地区的事项，由政务中心或编办办理", "only your own division's list")
    checked = check_file(name, data, settings.UPLOAD_MAX_BYTES)
    account = Account.objects.get(pk=by.account_id)
    stored = keep(name=checked.name, media_type=checked.media_type, data=data, owner=by, purpose=PURPOSE)
    moment = now.now()
    job = ImportJob.objects.create(
        division=Division.objects.get(pk=division), file=stored, by=account, by_unit=by.by().unit,
        create_units=create_units, ignore_division=ignore_division, created_at=moment, touched_at=moment)
    append(_stream(job), by.by(), [Entry("import.uploaded", {"file_sm3": stored.sm3, "division": division})])
    return job


@transaction.atomic
def confirm(*, job_id: int, publish: bool, by: Actor) -> ImportJob:
    """Has a checked list written. ``publish`` puts it into force today and is the staffing office's choice alone;
    otherwise matters and powers are drafts that run through no door. Raises NotFound, Denied, Conflict."""
    job = jobs_of(by).select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None:
        raise NotFound("no-such-import", "没有这次导入，或者您无权查看", "no such import for you")
    if job.state != State.READY:
        raise Conflict("not-ready", f"现为“{job.get_state_display()}”，不能确认导入", "it is not ready")
    if publish and job.division_id not in staffing_divisions(by):
        raise Denied("staffing-needed", "导入后立即公布由编办决定；您可以先导入为草稿", "the staffing office publishes")
    job.state, job.publish, job.touched_at, job.done = State.QUEUED, publish, now.now(), 0
    job.save(update_fields=["state", "publish", "touched_at", "done"])
    append(_stream(job), by.by(), [Entry("import.confirmed", {"publish": publish, "rows": job.total})])
    return job


def work_off() -> int:
    """Checks and writes what waits; returns how many jobs were done. What a dead worker left is taken up again."""
    done = 0
    while (job := _claim()) is not None:
        try:
            (_check if job.state == State.CHECKING else _write)(job)
        except Problem as problem:
            errors = problem.extra.get("errors", {})
            _fail(job, next(iter(errors.values()), problem.zh))
        except Exception:
            log.exception("import %s failed", job.pk)
            _fail(job, "程序出错，没有导入任何内容，请联系系统管理员")
        done += 1
    return done


@transaction.atomic
def _claim() -> ImportJob | None:
    moment = now.now()
    waits = Q(state__in=[State.WAITING, State.QUEUED]) | Q(state__in=[State.CHECKING, State.WRITING],
                                                           touched_at__lt=moment - STALLED)
    job = (ImportJob.objects.select_for_update(of=("self",), skip_locked=True).select_related("division", "file", "by")
           .filter(waits).order_by("pk").first())
    if job is None:
        return None
    job.state = State.CHECKING if job.state in (State.WAITING, State.CHECKING) else State.WRITING
    job.touched_at = moment
    job.save(update_fields=["state", "touched_at"])
    return job


def _checker(job: ImportJob, tell: Callable[[int], None]) -> Checker:
    checker = Checker(job.division, job.create_units, job.ignore_division)
    with open_file(job.by.actor, job.file_id)[1] as stream:
        data = stream.read()
    extension = job.file.name.rpartition(".")[2].lower()
    for count in checker.run(table(extension, data)):
        if count % EVERY == 0:
            tell(count)
    return checker


def _check(job: ImportJob) -> None:
    checker = _checker(job, lambda done: _progress(job, done))
    job.total = job.done = len(checker.lines) + len({f.row for f in checker.faults})
    job.faults, job.fault_count = [f.as_json() for f in checker.faults[:FAULTS_KEPT]], len(checker.faults)
    job.summary = {"good": len(checker.lines), "new_units": checker.missing, "ignored": checker.strange[:40]}
    job.state, job.touched_at = State.FAULTY if checker.faults else State.READY, now.now()
    job.save()


def _write(job: ImportJob) -> None:
    actor = job.by.actor
    by = By(f"account:{job.by_id}", job.by_unit or "导入", job.by_unit)
    if job.division_id not in import_divisions(actor) or (job.publish and job.division_id not in
                                                          staffing_divisions(actor)):
        raise Denied("not-your-list", "确认导入的人已经不在这个岗位，没有导入", "the person left the post")
    with transaction.atomic():
        checker = _checker(job, lambda done: None)
        if checker.faults:
            first = checker.faults[0]
            raise Invalid({"file": f"检查以后情况有变：第{first.row}行{first.column}{first.wrong}。"
                                   "没有导入任何内容，请重新上传"})
        writer = Writer(job.division, job.publish, by, lambda done: _progress(job, done))
        summary = writer.write(checker)
        append(_stream(job), by, [Entry("matters.imported", {
            "file_sm3": job.file.sm3, "division": job.division_id, **summary})])
        job.summary, job.state, job.touched_at = summary, State.DONE, now.now()
        job.done = job.total
        job.save()


def _progress(job: ImportJob, done: int) -> None:
    """Seen by the page at once: written over a connection of its own, whatever transaction runs here."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("UPDATE powers_importjob SET done = %s, touched_at = %s WHERE id = %s",
                           [done, now.now(), job.pk])
    finally:
        own.close()


def _fail(job: ImportJob, words: str) -> None:
    ImportJob.objects.filter(pk=job.pk).update(state=State.FAILED, note=words[:300], touched_at=now.now())


def _stream(job: ImportJob) -> str:
    return f"import:{job.pk}"


def may_open(actor: Actor, stored: StoredFile) -> bool:
    """The uploaded list opens for the importers of its division."""
    return jobs_of(actor).filter(file=stored).exists()
