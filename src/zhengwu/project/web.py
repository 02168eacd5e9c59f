"""The web server: loads the product once, then serves it from several processes.

Granian's own command line lets every process load the product again; loading first and forking then starts faster,
shares memory, and brings a killed process back at once.
"""

import argparse
import os
import signal

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from zhengwu.lib.processes import die_with_parent


def main() -> None:
    """``--host --port --workers --threads``; serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="zhengwu.project.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()

    load()
    parent = os.getpid()
    # When this process is killed, those it forked would live on and keep the port.
    os.register_at_fork(after_in_child=lambda: die_with_parent(signal.SIGKILL, parent))
    Granian(
        "zhengwu.project.wsgi:application", address=options.host, port=options.port, interface=Interfaces.WSGI,
        workers=options.workers, blocking_threads=options.threads, websockets=False, log_level=LogLevels.warning,
        respawn_failed_workers=True, respawn_interval=0.2, workers_kill_timeout=2,
    ).serve()


def load() -> None:
    """Imports everything a first request would have to wait for. Opens no database connection."""
    from django.urls import get_resolver

    import zhengwu.project.wsgi  # noqa: F401

    if not get_resolver().url_patterns:
        raise RuntimeError("no addresses to serve")


if __name__ == "__main__":
    main()
