"""`./zw manage …`: Django's own commands, on the running instance's database or on one started for the moment."""

import argparse
import subprocess
import sys

from zhengwu.project.supervisor.instance import Instance, PostgresError, UpError, database_of, default_data

PASS_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own: everything goes to Django."""


def run(options: argparse.Namespace, rest: list[str]) -> int:
    """Exit code of the Django command; 1 when there is no database."""
    return on_instance(["-m", "django", *rest])


def on_instance(arguments: list[str]) -> int:
    """Runs ``python arguments…`` with this installation's settings and a reachable database."""
    instance = Instance(default_data())
    try:
        with database_of(instance) as url:
            return subprocess.run([sys.executable, *arguments], env=instance.environment(url), check=False).returncode
    except (UpError, PostgresError) as error:
        print(f"zw: {error}", file=sys.stderr)
        return 1
