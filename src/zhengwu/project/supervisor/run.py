"""`./zw up`: database, preparation, web and worker, in this order; back down in the other one."""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from zhengwu.lib.postgres import PostgresError, Server
from zhengwu.lib.processes import die_with_parent
from zhengwu.project.supervisor.child import Child, shorten
from zhengwu.project.supervisor.instance import ROOT, Instance, UpError
from zhengwu.project.supervisor.welcome import welcome

_TICK = 0.1
_HOUSEKEEPING_SECONDS = 30.0
_STOP_SECONDS = 3.0
_WEB_START_SECONDS = 60.0


def say(text: str) -> None:
    """One line to the terminal. A closed terminal must not end the service."""
    try:
        print(f"zw: {text}", flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - lives as long as the process


class Stopped(Exception):
    """The user asked to stop while something was being started."""


class Supervisor:
    """Runs one instance until it is told to stop. Single thread: death signals are tied to the starting thread."""

    def __init__(self, instance: Instance, host: str, port: int, workers: int, threads: int) -> None:
        self.instance, self.host, self.port = instance, host, port
        self.workers, self.threads = workers, threads
        self.server: Server | None = None
        self.children: list[Child] = []
        self.stop_asked = False
        self._database_failures = 0
        self._database_not_before = 0.0

    def run(self) -> int:
        """Blocks until Ctrl-C, SIGTERM or SIGHUP; 0 after an orderly end. Raises UpError or PostgresError."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)
        began = time.monotonic()
        self.instance.prepare_folders()
        self.instance.lock()
        try:
            self.port = free_port(self.host, self.port, patience=5.0 if self.instance.state() else 0.0)
            url = self._start_database()
            self._prepare(url)
            self._start_children(url)
            self._wait_for_web()
            welcome(self.instance, self.address, time.monotonic() - began, say)
            self._watch()
        except Stopped:
            pass
        finally:
            self._stop_all()
        say("已停止（stopped）")
        return 0

    @property
    def address(self) -> str:
        """Where a browser finds the web server."""
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - only shown
        return f"http://{shown}:{self.port}/"

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self.stop_asked = True

    def _pause(self, seconds: float) -> None:
        time.sleep(seconds)
        if self.stop_asked:
            raise Stopped

    def _start_database(self) -> str:
        if given := os.environ.get("DATABASE_URL"):
            say("使用 DATABASE_URL 指定的数据库（using the given database）")
            return given
        began = time.monotonic()
        self.server = self.instance.server()
        self.server.start()
        say(f"数据库已启动（embedded PostgreSQL ready），{time.monotonic() - began:.1f} 秒")
        return self.server.url

    def _prepare(self, url: str) -> None:
        """Migrations, static files, calendar and demo city, in a process of its own so that we stay free of Django.

        Left out when neither the code nor the embedded database is another one than at the last complete preparation.
        """
        password = self.instance.demo_password()
        stamp = self.instance.data / "run" / "prepared"
        digest = fingerprint(self.server.data) if self.server else ""
        if digest and password == self.instance.kept_password() and stamp.exists() and stamp.read_text() == digest:
            return
        env = self.instance.environment(url) | {"ZHENGWU_DEMO_PASSWORD": password}
        if password != self.instance.kept_password():
            env["ZW_RESET_DEMO"] = "1"
        parent = os.getpid()
        process = subprocess.Popen([sys.executable, "-m", "zhengwu.project.prepare"], env=env, start_new_session=True,
                                   stdin=subprocess.DEVNULL,
                                   preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent))  # noqa: PLW1509
        try:
            while process.poll() is None:
                self._pause(0.05)
        except Stopped:
            process.terminate()
            process.wait()
            raise
        if process.returncode:
            raise UpError("准备工作没有完成（preparation failed），原因见上。已完成的部分保留，修正后再次运行即可")
        self.instance.keep_password(password)
        stamp.write_text(digest)

    def _start_children(self, url: str) -> None:
        env = {"ZW_PUBLIC_URL": self.address.rstrip("/")} | self.instance.environment(url)
        if self.host not in ("127.0.0.1", "localhost", "::1") and "ZW_ALLOWED_HOSTS" not in env:
            names = {"127.0.0.1", "localhost", "[::1]", socket.gethostname(), self.host} - {"0.0.0.0", "::"}  # noqa: S104
            env["ZW_ALLOWED_HOSTS"] = ",".join(sorted(names))
        web = [sys.executable, "-m", "zhengwu.project.web", "--host", self.host, "--port", str(self.port),
               "--workers", str(self.workers), "--threads", str(self.threads)]
        worker = [sys.executable, "-m", "zhengwu.project.worker"]
        self.children = [Child("web", web, env, self.instance.logs / "web.log", say),
                         # asked politely it would wait for a database that goes down at the same moment
                         Child("worker", worker, env, self.instance.logs / "worker.log", say, signal.SIGKILL)]
        for child in self.children:
            child.start()
        self._write_state()

    def _write_state(self) -> None:
        pids = {c.name: c.process.pid for c in self.children if c.process}
        if self.server and self.server.process:
            pids["database"] = self.server.process.pid
        url = self.server.url if self.server else os.environ.get("DATABASE_URL", "")
        self.instance.write_state(pid=os.getpid(), url=self.address, port=self.port, database=url, children=pids)

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + _WEB_START_SECONDS
        web = self.children[0]
        while not answers(self.host, self.port):
            self._tend()
            if web.failures >= 3 or time.monotonic() > deadline:
                raise UpError(f"网站没有启动（the web server did not start）：\n{tail(web.log_path)}")
            self._pause(_TICK)

    def _watch(self) -> None:
        next_housekeeping = 0.0
        while True:
            self._tend()
            if time.monotonic() >= next_housekeeping:
                next_housekeeping = time.monotonic() + _HOUSEKEEPING_SECONDS
                for child in self.children:
                    child.shorten_log()
                if self.server:
                    shorten(self.server.log_path)
            self._pause(_TICK)

    def _tend(self) -> None:
        changed = self._tend_database()
        for child in self.children:
            changed = child.tend() or changed
        if changed:
            self._write_state()

    def _tend_database(self) -> bool:
        server = self.server
        if server is None or (server.process and server.process.poll() is None):
            return False
        if time.monotonic() < self._database_not_before:
            return False
        if server.process:
            say(f"数据库意外退出（code {server.process.returncode}），正在重启（database restarting）")
        try:
            server.start()
        except PostgresError as error:
            self._database_failures += 1
            self._database_not_before = time.monotonic() + min(30.0, 0.5 * 2 ** self._database_failures)
            say(f"数据库没有启动：{error}")
            server.process = None
            return False
        self._database_failures = 0
        say("数据库已恢复（database is back）")
        return True

    def _stop_all(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline and not all(child.stopped() for child in self.children):
            time.sleep(0.02)
        for child in self.children:
            child.kill_group()
        if self.server:
            self.server.stop()
        self.instance.forget_state()
        self.instance.unlock()


def fingerprint(database: Path) -> str:
    """Changes with every file of the code, the packages, and with a database made anew."""
    digest = hashlib.sha256(f"{ROOT}\0{database.stat().st_ino}\0{os.environ.get('ZW_DEMO', '')}".encode())
    for path in sorted([ROOT / "requirements.lock", *(ROOT / "src").rglob("*")]):
        if path.suffix != ".pyc" and path.is_file():
            found = path.stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def free_port(host: str, port: int, patience: float) -> int:
    """The port itself when it can be bound (0: any free one). Waits ``patience`` seconds for a dying predecessor."""
    deadline = time.monotonic() + patience
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except OSError as error:
                if time.monotonic() > deadline:
                    raise UpError(f"不能监听 {host}:{port}（cannot listen there）：{error.strerror}；"
                                  f"请用 --port 换一个端口，例如 ./zw up --port {port + 1}") from error
        time.sleep(0.1)


def answers(host: str, port: int) -> bool:
    """Whether the web server says it is alive."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only asked
    connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def tail(path: Path, lines: int = 25) -> str:
    """The last lines of a log."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
