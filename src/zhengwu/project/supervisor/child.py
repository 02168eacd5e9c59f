"""One process the supervisor keeps alive: its own session, its own log, restarted with growing patience."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zhengwu.lib.processes import die_with_parent

LOG_BYTES = 10 * 1024 * 1024
_STEADY_SECONDS = 60.0  # a child that lived this long starts again with fresh credit
_LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """``tend`` is called again and again; it starts the process when it is down and its pause is over.

    ``orphan_signal`` is what the process gets when the supervisor itself is killed.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log_path: Path
    say: Callable[[str], None]
    orphan_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    restarts: int = 0
    _started: float = field(default=0.0, repr=False)
    _not_before: float = field(default=0.0, repr=False)

    def start(self) -> None:
        """Starts the process in a session of its own, so that Ctrl-C reaches the supervisor only."""
        parent = os.getpid()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(self.env),
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(self.orphan_signal, parent))  # noqa: PLW1509 - one thread only
        self._started = time.monotonic()

    def tend(self) -> bool:
        """Starts the process again when it has died; True when it was (re)started just now."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return False
            self._bury(code)
        if time.monotonic() < self._not_before:
            return False
        self.restarts += 1
        self.start()
        return True

    def _bury(self, code: int) -> None:
        self.kill_group()  # processes it started itself and left behind would keep the port
        self.process = None
        lived = time.monotonic() - self._started
        self.failures = 1 if lived > _STEADY_SECONDS else self.failures + 1
        pause = min(_LONGEST_PAUSE, 0.25 * 2 ** (self.failures - 1))
        self._not_before = time.monotonic() + pause
        self.say(f"{self.name} 意外退出（code {code}），{pause:g} 秒后重启；日志 {self.log_path}")

    def ask_to_stop(self) -> None:
        """SIGTERM to the process."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stopped(self) -> bool:
        """Whether nothing of it runs any more."""
        return self.process is None or self.process.poll() is not None

    def kill_group(self) -> None:
        """SIGKILL to everything in the session the process leads."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()

    def shorten_log(self) -> None:
        """Keeps one older log: the process writes in append mode, so its file may be copied and emptied."""
        shorten(self.log_path)


def shorten(path: Path, limit: int = LOG_BYTES) -> None:
    """Moves what ``path`` holds to ``path.1`` when it is larger than ``limit`` bytes; writers keep their handle."""
    if not path.exists() or path.stat().st_size <= limit:
        return
    with path.open("rb") as full, path.with_name(path.name + ".1").open("wb") as older:
        while block := full.read(1 << 20):
            older.write(block)
    os.truncate(path, 0)
