"""kill -9 of each process: what was promised comes back, nothing stays behind, nothing lies meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import ROOT, Up, until


def children_of(pid: int) -> set[int]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.add(int(entry.name))
    return found


@pytest.mark.parametrize("name", ["web", "worker", "database"])
def test_a_killed_child_comes_back(up: Up, name: str):
    killed = up.kill(name)
    up.until_replaced(name, killed)
    assert up.get("/healthz") == (200, b"ok\n")


def test_a_killed_web_process_is_replaced_and_the_others_serve_on(up: Up):
    before = children_of(up.pid("web"))
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(children_of(up.pid("web")) - {min(before)}) == len(before), 30, "web process")
    assert all(up.get("/healthz")[0] == 200 for _ in range(10))


def test_readyz_tells_that_the_database_is_gone(up: Up):
    up.process.send_signal(signal.SIGSTOP)  # so that nobody brings it back
    try:
        killed = up.kill("database")
        body = until(lambda: (got := up.get("/readyz"))[0] == 503 and got, 20, "503")[1]
        assert json.loads(body)["checks"]["database"] is False
        assert up.get("/healthz")[0] == 200
    finally:
        up.process.send_signal(signal.SIGCONT)
    up.until_replaced("database", killed)


def test_committed_rows_survive_the_kill_of_the_database(up: Up):
    with psycopg.connect(up.state()["database"], autocommit=True) as connection:
        connection.execute("create table if not exists fault_probe (n int)")
        connection.execute("insert into fault_probe select generate_series(1, 1000)")
    killed = up.kill("database")
    up.until_replaced("database", killed)
    with psycopg.connect(up.state()["database"], autocommit=True) as connection:
        assert connection.execute("select count(*) from fault_probe").fetchone() == (1000,)
        connection.execute("drop table fault_probe")


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(up: Up):
    up.kill("supervisor")
    until(lambda: not up.processes(), 20, f"left: {up.processes()}")
    up.start()
    assert up.ready()


def test_a_start_right_after_the_kill_waits_for_the_dying(up: Up):
    up.kill("supervisor")
    up.start()
    assert up.ready()


def test_everything_killed_at_once(up: Up):
    victims = [up.pid(name) for name in ("database", "web", "worker", "supervisor")]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    up.process.wait()
    up.start()
    assert up.ready()


def test_a_second_instance_on_the_same_data_is_refused(up: Up):
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    env.pop("DATABASE_URL", None)
    second = subprocess.run([sys.executable, "-m", "zhengwu.project.cli", "up", "--port", "0", "--data", str(up.data)],
                            env=env, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1 and str(up.process.pid) in second.stderr
    assert up.ready()


def test_a_taken_port_is_refused(up: Up, tmp_path):
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    env.pop("DATABASE_URL", None)
    port = str(up.state()["port"])
    other = up.data.parent / "other"
    second = subprocess.run([sys.executable, "-m", "zhengwu.project.cli", "up", "--port", port, "--data", str(other)],
                            env=env, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1 and "--port" in second.stderr
    assert not (other / "pg").exists()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_orderly_stop_is_quick_and_complete(up: Up, signum: signal.Signals):
    began = time.monotonic()
    up.process.send_signal(signum)
    assert up.process.wait(timeout=15) == 0
    assert time.monotonic() - began < 5
    assert up.processes() == []
    assert not (up.data / "run" / "instance.json").exists()
    up.start()


def test_a_job_cut_short_runs_again(up: Up):
    """A worker killed in the middle of a job leaves it `doing`; the rescue lets it run to its end."""
    with psycopg.connect(up.state()["database"], autocommit=True) as connection:
        connection.execute("insert into procrastinate_jobs (queue_name, task_name, status, args, worker_id) "
                           "select 'default', 'zhengwu.notifications.outbox', 'doing', '{\"timestamp\": 0}', "
                           "max(id) from procrastinate_workers")
        job = connection.execute("select max(id) from procrastinate_jobs where status = 'doing'").fetchone()[0]
        killed = up.kill("worker")
        up.until_replaced("worker", killed)
        query = "select status from procrastinate_jobs where id = %s"
        until(lambda: connection.execute(query, [job]).fetchone() is None, 120, "the job is done and gone")
