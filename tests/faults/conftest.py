"""A real `./zw up` on a free port with data of its own, to be killed in every way."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Faults-2026-pass"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a fault test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


def until(condition: Callable[[], Any], seconds: float = 60.0, what: str = "") -> Any:
    """Waits until ``condition`` gives something true and returns it."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.1)
    return found


class Up:
    """One running product and the means to hurt it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None
        self.output = data.parent / "up.txt"

    def start(self, *options: str) -> None:
        """Starts `./zw up` and waits until it says it is ready."""
        before = self.output.read_text() if self.output.exists() else ""
        mine = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZW_DATA", "ZW_TEST_DIR", "ZW_DEMO"}
        env = {name: value for name, value in os.environ.items() if name not in mine}
        env |= {"PYTHONPATH": str(ROOT / "src"), "ZHENGWU_DEMO_PASSWORD": PASSWORD, "ZW_ROOT": str(ROOT)}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zhengwu.project.cli", "up", "--port", "0", "--data", str(self.data), *options],
                cwd="/", env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        until(lambda: "已就绪" in self.said()[len(before):] or self.process.poll() is not None, 300, "up")
        assert self.process.poll() is None, self.said()[-3000:]
        self.until_ready()

    def said(self) -> str:
        """Everything the terminal would show."""
        return self.output.read_text(errors="replace")

    def state(self) -> dict[str, Any]:
        """pid, url, database, children."""
        return json.loads((self.data / "run" / "instance.json").read_text())

    def pid(self, name: str) -> int:
        """Process id of ``web``, ``worker``, ``database`` or ``supervisor``."""
        return self.process.pid if name == "supervisor" else int(self.state()["children"][name])

    def kill(self, name: str) -> int:
        """kill -9; returns the process id that is no more."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        if name == "supervisor":
            self.process.wait()
        return pid

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.state()["url"].rstrip("/") + path, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except (OSError, ValueError):
            return 0, b""

    def ready(self) -> bool:
        """Whether /readyz says so."""
        return self.get("/readyz")[0] == 200

    def until_ready(self, seconds: float = 60.0) -> None:
        """Waits for /readyz."""
        until(self.ready, seconds, "readyz")

    def until_replaced(self, name: str, pid: int) -> None:
        """Waits until the supervisor runs another process in place of ``pid``."""
        until(lambda: self.pid(name) != pid, 60, f"{name} again")
        self.until_ready()

    def processes(self) -> list[str]:
        """Every process that has this data folder in its command line or environment."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if str(self.data).encode() in about and state != "Z":
                found.append((entry / "comm").read_text().strip() + f" {entry.name}")
        return found

    def stop(self) -> None:
        """SIGTERM and wait; whatever is left is killed."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def running() -> Iterator[Up]:
    """One product for all fault tests of the session; each must leave it running."""
    with tempfile.TemporaryDirectory(prefix="zw-faults-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        up = Up(Path(folder) / "data")
        try:
            up.start()
            yield up
        finally:
            up.stop()


@pytest.fixture
def up(running: Up) -> Up:
    """The product, ready."""
    if running.process is None or running.process.poll() is not None:
        running.start()
    running.until_ready()
    return running
