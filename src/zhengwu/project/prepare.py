"""Brings an installation to the state its code expects: tables, static files, calendar, demo city.

Run by `./zw up` before web and worker start, each time; what is done already costs next to nothing. Every part is
all-or-nothing, so an interrupted preparation is simply run again.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def say(text: str) -> None:
    """One line to the terminal."""
    print(f"zw: {text}", flush=True)


@contextmanager
def part(title: str) -> Iterator[None]:
    """Announces a piece of work and says how long it took."""
    say(f"{title} …")
    began = time.monotonic()
    yield
    say(f"  完成（done），{time.monotonic() - began:.1f} 秒")


def migrate() -> None:
    """Applies what is missing."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        with part(f"更新数据库结构（{len(plan)} migrations）"):
            call_command("migrate", interactive=False, verbosity=0)


def _static_digest() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            found = os.stat(storage.path(path))
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Compresses and fingerprints the static files when one of them changed."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with part("整理静态文件（static files）"):
        call_command("collectstatic", interactive=False, clear=Path(settings.STATIC_ROOT).exists(), verbosity=0)
        stamp.write_text(digest)


def load_demo() -> None:
    """The demo city with its calendar, when there is nobody in the database yet (``ZW_DEMO=off``: never)."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import transaction

    if os.environ.get("ZW_DEMO", "on") == "off" or get_user_model().objects.exists():
        return
    with transaction.atomic():  # both or nothing: a city interrupted half-way is made again
        with part("建立演示城市金效市（demo city）"):
            call_command("demo_load")
        with part("办理一批演示办件（some life in it）"):
            call_command("demo_live")


def set_demo_passwords() -> None:
    """Gives the demo accounts the password the supervisor prints."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from zhengwu.project.supervisor.welcome import DEMO_ACCOUNTS

    password = os.environ.get("ZHENGWU_DEMO_PASSWORD", "")
    if password:
        accounts = get_user_model().objects.filter(username__in=DEMO_ACCOUNTS)
        accounts.update(password=make_password(password))


def note_demo_accounts() -> None:
    """Leaves the names of the demo accounts this database really has, for the supervisor to print."""
    from django.contrib.auth import get_user_model

    from zhengwu.project.supervisor.instance import Instance, default_data
    from zhengwu.project.supervisor.welcome import DEMO_ACCOUNTS

    found = get_user_model().objects.filter(username__in=DEMO_ACCOUNTS).values_list("username", flat=True)
    Instance(default_data()).demo_file.write_text("\n".join(found))


def main() -> int:
    """0 when everything is in place; 1 with a message otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.embedded")
    import django
    from django.core.management import CommandError
    from django.db import DatabaseError

    django.setup()
    steps: list[Callable[[], None]] = [migrate, collect_static, load_demo]
    if os.environ.get("ZW_RESET_DEMO"):
        steps.append(set_demo_passwords)
    steps.append(note_demo_accounts)
    try:
        for step in steps:
            step()
    except (CommandError, DatabaseError) as error:
        say(f"失败（failed）：{error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
