"""The embedded database: starts, survives kills, leaves nothing behind, falls into no trap."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from zhengwu.lib.postgres import PostgresError, Server, own_folder, server_user
from zhengwu.lib.processes import alive

FAST = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture(scope="module")
def data():
    with tempfile.TemporaryDirectory(prefix="zw pg ") as folder:  # a space on purpose
        os.chmod(folder, 0o755)
        yield Path(folder) / ("long-" * 24) / "pg"


def ask(server, query="select 1"):
    import psycopg

    with psycopg.connect(server.url) as connection:
        cursor = connection.execute(query)
        while cursor.nextset():
            pass
        return cursor.fetchone()[0]


def test_start_kill_start(data):
    server = Server(data, options=FAST)
    server.start()
    try:
        ask(server, "create table kept as select 7 as n; select 1")
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        server.start()
        assert ask(server, "select n from kept") == 7
    finally:
        server.stop()
    assert not server.socket_dir.exists()


def test_a_killed_parent_takes_the_server_along(data):
    script = ("import sys, time; from pathlib import Path; from zhengwu.lib.postgres import Server\n"
              "s = Server(Path(sys.argv[1])); s.start(); print(s.process.pid, flush=True); time.sleep(60)")
    parent = subprocess.Popen([sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True,
                              env=os.environ | {"PYTHONPATH": "src"}, cwd=Path(__file__).parents[4])
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    server = Server(data, options=FAST)
    server.start()  # waits for the one that is going down
    try:
        assert ask(server) == 1
        deadline = time.monotonic() + 10
        while alive(pid):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        server.stop()


def test_a_link_laid_by_somebody_is_refused(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "laid").symlink_to(tmp_path / "target")
    with pytest.raises(PostgresError, match="belongs to another account"):
        own_folder(tmp_path / "laid", 0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand a folder to a stranger")
def test_a_folder_of_a_stranger_is_refused(tmp_path):
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 4242, 4242)
    with pytest.raises(PostgresError, match="belongs to another account"):
        own_folder(tmp_path / "theirs", 0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_does_not_run_the_server(data):
    server = Server(data, options=FAST)
    server.start()
    try:
        assert os.stat(f"/proc/{server.process.pid}").st_uid == server_user().pw_uid != 0
    finally:
        server.stop()
