"""A place to measure in: a temporary installation with its own PostgreSQL (defaults as in production, fsync on)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path

from zhengwu.project.supervisor.instance import Instance

PASSWORD = "bench-jinxiao-1"  # noqa: S105 - of a city that lives for some minutes


@contextmanager
def installation(*, on: date, keep: bool = False) -> Iterator[Instance]:
    """A migrated database with the demo city in a new folder, Django set up in this process to use it.

    The folder goes when the block ends, unless ``keep``. The server stops with the block in any case.
    """
    folder = Path(tempfile.mkdtemp(prefix="zw-bench-"))
    folder.chmod(0o711)
    instance = Instance(folder)
    instance.prepare_folders()
    server = instance.server()
    server.start()
    try:
        os.environ.update(instance.environment(server.url) | {"ZHENGWU_DEMO_PASSWORD": PASSWORD})
        _load(on)
        yield instance
    finally:
        _close()
        server.stop()
        if keep:
            print(f"数据保留在 {folder}（kept）：ZW_DATA={folder} ./zw up")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _load(on: date) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("demo_load", on=on.isoformat(), stdout=StringIO())


def _close() -> None:
    from django.db import connections

    connections.close_all()
