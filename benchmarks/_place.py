"""A place to measure in: a temporary installation with its own PostgreSQL (defaults as in production, fsync on)."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from zhengwu.lib.postgres import Server
from zhengwu.project.supervisor.instance import Instance

PASSWORD = "bench-jinxiao-1"  # noqa: S105 - of a city that lives for some minutes


@dataclass(frozen=True)
class Place:
    """What a benchmark works on."""

    instance: Instance
    server: Server

    def database_cpu(self) -> float:
        """Processor seconds of the whole database so far."""
        return cpu_of_tree(self.server.process.pid) if self.server.process else 0.0


@contextmanager
def installation(*, on: date, keep: bool = False) -> Iterator["Place"]:
    """A migrated database with the demo city in a new folder, Django set up in this process to use it.

    The folder goes when the block ends, unless ``keep``. The server stops with the block in any case.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder goes then, too
    folder = Path(tempfile.mkdtemp(prefix="zw-bench-"))
    folder.chmod(0o711)
    instance = Instance(folder)
    instance.prepare_folders()
    server = instance.server()
    server.start()
    try:
        os.environ.update(instance.environment(server.url) | {"ZHENGWU_DEMO_PASSWORD": PASSWORD})
        _load(on)
        yield Place(instance, server)
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
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo_load", on=on.isoformat(), stdout=StringIO())


def _close() -> None:
    from django.db import connections

    connections.close_all()


def cpu_of_tree(pid: int) -> float:
    """Processor seconds used so far by a process, its children alive and those it has buried; unlike a clock on the
    wall they hardly depend on who else uses the machine."""
    ticks, tree = 0, _processes()
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        ticks += sum(tree[parent][1:]) if parent in tree else 0
        waiting += [child for child, row in tree.items() if row[0] == parent]
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes() -> dict[int, tuple[int, int]]:
    """Process → (parent, ticks used by itself and its buried children)."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    return found
