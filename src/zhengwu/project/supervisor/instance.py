"""One installation on this machine: where its data lies, who runs it now, how its database is reached."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhengwu.lib.postgres import PostgresError, Server, own_folder, reachable, server_user
from zhengwu.lib.processes import alive

ROOT = Path(os.environ.get("ZW_ROOT", Path(__file__).resolve().parents[4]))


class UpError(RuntimeError):
    """The installation cannot be used as asked; the message is for people."""


def default_data() -> Path:
    """``$ZW_DATA``, else ``.data`` beside the code, else (folder closed or read-only) a place of this account's own."""
    if given := os.environ.get("ZW_DATA"):
        return Path(given).absolute()
    beside = ROOT / ".data"
    if os.access(beside if beside.exists() else ROOT, os.W_OK) and (server_user() is None or reachable(beside)):
        return beside
    name = f"zhengwu-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
    if server_user() is not None:
        return Path("/var/lib") / name
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return (home if os.access(Path.home(), os.W_OK) else Path("/var/tmp")) / name  # noqa: S108 - owner is checked


@dataclass
class Instance:
    """The folders and files of one installation below ``data``."""

    data: Path
    _lock: int | None = field(default=None, repr=False)

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def state_file(self) -> Path:
        return self.data / "run" / "instance.json"

    @property
    def password_file(self) -> Path:
        return self.keys / "demo-password"

    @property
    def demo_file(self) -> Path:
        return self.data / "run" / "demo-accounts"

    def demo_accounts(self) -> set[str]:
        """Names of the demo accounts the database had at the last preparation."""
        return set(self.demo_file.read_text().split()) if self.demo_file.exists() else set()

    def prepare_folders(self) -> None:
        """Makes the folders. ``data`` itself may be passed through (the database may run as another account)."""
        try:
            own_folder(self.data, 0o711)
            if os.stat(self.data).st_uid == os.geteuid():
                self.data.chmod(0o711)
            for folder, mode in ((self.logs, 0o700), (self.keys, 0o700), (self.data / "run", 0o700)):
                own_folder(folder, mode)
        except PermissionError as error:
            raise UpError(f"不能写入数据目录 {self.data}（cannot write there）：{error.strerror}；"
                          "请用 --data 指定别的目录") from error

    def lock(self) -> None:
        """Takes the installation for this process until it ends. Raises ``UpError`` when another one has it."""
        handle = os.open(self.data / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            state = self.state()
            where = f"，进程 {state['pid']}，地址 {state['url']}" if state.get("url") else ""
            raise UpError(f"这份数据已有一个实例在运行（already running on this data）：{self.data}{where}") from None
        self._lock = handle

    def unlock(self) -> None:
        """Gives the installation back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def state(self) -> dict[str, Any]:
        """What the last ``up`` wrote: pid, url, database, children. Empty when it stopped in order."""
        try:
            found = json.loads(self.state_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_state(self, **facts: Any) -> None:
        """Replaces the state file in one step."""
        fresh = self.state_file.with_suffix(".new")
        fresh.write_text(json.dumps(facts, indent=1))
        fresh.replace(self.state_file)

    def forget_state(self) -> None:
        """Removes the state file."""
        self.state_file.unlink(missing_ok=True)

    def server(self) -> Server:
        """The embedded database of this installation (not started)."""
        return Server(self.data / "pg")

    def demo_password(self) -> str:
        """``ZHENGWU_DEMO_PASSWORD``, else the one kept from an earlier start, else a new one."""
        if given := os.environ.get("ZHENGWU_DEMO_PASSWORD"):
            return given
        if kept := self.kept_password():
            return kept
        return "jinxiao-" + secrets.token_hex(4)

    def kept_password(self) -> str:
        """The password the demo accounts of this installation have, "" when none was set yet."""
        return self.password_file.read_text().strip() if self.password_file.exists() else ""

    def keep_password(self, password: str) -> None:
        """Remembers the password once the accounts have it."""
        handle = os.open(self.password_file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(password + "\n")

    def environment(self, database_url: str) -> dict[str, str]:
        """The environment of every process of this installation."""
        settings = os.environ.get("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.embedded")
        return os.environ | {"ZW_DATA": str(self.data), "DATABASE_URL": database_url, "ZW_ROOT": str(ROOT),
                             "DJANGO_SETTINGS_MODULE": settings, "PYTHONUNBUFFERED": "1"}


@contextmanager
def database_of(instance: Instance) -> Iterator[str]:
    """The address of the installation's database for one command.

    ``$DATABASE_URL`` if set; the running instance's; else the embedded server is started for as long as the block
    lasts. Raises ``UpError`` or ``PostgresError``.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    state = instance.state()
    if state.get("database") and alive(int(state["pid"])):
        yield str(state["database"])
        return
    instance.prepare_folders()
    instance.lock()
    server = instance.server()
    try:
        server.start()
        yield server.url
    finally:
        server.stop()
        instance.unlock()


__all__ = ["ROOT", "Instance", "PostgresError", "UpError", "database_of", "default_data"]
