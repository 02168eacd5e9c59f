"""What a supervisor or load balancer asks: does the process live, and can it do its work?"""

import os
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from zhengwu.lib.now import now

WORKER_SILENT_AFTER = timedelta(seconds=60)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 ``{"ready": true}``; else 503 with ``reasons`` in Chinese and each check's result."""
    problems: dict[str, str] = {}
    if reason := _database():
        problems["database"] = reason
    else:
        for name, check in (("migrations", _migrations), ("worker", _worker)):
            if reason := check():
                problems[name] = reason
    if reason := _disk():
        problems["disk"] = reason
    checks = {name: name not in problems for name in ("database", "migrations", "worker", "disk")}
    if "database" in problems:
        checks["migrations"] = checks["worker"] = False  # cannot be known
    body = {"ready": not problems, "checks": checks, "reasons": list(problems.values())}
    return JsonResponse(body, status=503 if problems else 200, json_dumps_params={"ensure_ascii": False})


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError as error:
        return f"数据库不可用：{type(error).__name__}"
    return ""


@cache
def _expected() -> frozenset[tuple[str, str]]:
    """The migrations this code has, read from disk once a process; later squashes are none of its business."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _migrations() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select app, name from django_migrations")
            applied = {(str(app), str(name)) for app, name in cursor.fetchall()}
    except DatabaseError:
        return "数据库结构尚未建立"
    missing = _expected() - applied
    return f"有 {len(missing)} 项数据库结构更新尚未执行" if missing else ""


def _worker() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select max(last_heartbeat) from procrastinate_workers")
            last = cursor.fetchone()[0]
    except DatabaseError:
        return "后台任务的数据表尚未建立"
    if last is None:
        return "后台任务进程没有运行"
    silent = now() - last
    return f"后台任务进程已 {int(silent.total_seconds())} 秒没有心跳" if silent > WORKER_SILENT_AFTER else ""


def _disk() -> str:
    folder = Path(settings.FILES_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".ready-", dir=folder)
        os.write(handle, b"x")
        os.close(handle)
        os.unlink(name)
    except OSError as error:
        return f"文件目录不可写：{error.strerror}"
    return ""
