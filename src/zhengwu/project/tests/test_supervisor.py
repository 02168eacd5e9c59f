"""The supervisor's parts; the whole is killed for real in tests/faults."""

import os
import signal
import socket
import sys
import time

import pytest

from zhengwu.lib.processes import alive
from zhengwu.project.supervisor import instance as instance_module
from zhengwu.project.supervisor.child import Child, shorten
from zhengwu.project.supervisor.instance import Instance, UpError, database_of, default_data
from zhengwu.project.supervisor.run import fingerprint, free_port
from zhengwu.project.supervisor.welcome import DEMO_ACCOUNTS, welcome


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def child(tmp_path):
    said = []
    script = "import os, time; os.fork() or print(os.getpid(), flush=True); time.sleep(60)"
    one = Child("probe", [sys.executable, "-c", script], os.environ, tmp_path / "probe.log", said.append)
    one.said = said
    one.start()
    yield one
    one.kill_group()


def test_a_dead_child_is_started_again_after_a_pause(child):
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    until(child.tend)
    assert child.process.pid != first and child.restarts == 1
    assert "意外退出" in child.said[0]


def test_pauses_grow(child):
    for _ in range(2):
        os.kill(child.process.pid, signal.SIGKILL)
        until(child.tend)
    assert child.failures == 2
    assert "0.25 秒" in child.said[0] and "0.5 秒" in child.said[1]


def test_what_a_child_left_behind_is_ended_too(child):
    until(lambda: child.log_path.read_text().endswith("\n"))
    left = int(child.log_path.read_text())
    os.kill(child.process.pid, signal.SIGKILL)
    until(child.tend)
    until(lambda: not alive(left))


def test_logs_are_shortened_in_place(tmp_path):
    log = tmp_path / "web.log"
    with log.open("ab") as writer:
        writer.write(b"x" * 3000)
        writer.flush()
        shorten(log, limit=2000)
        writer.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "web.log.1").stat().st_size == 3000


def test_one_instance_a_data_folder(tmp_path):
    first, second = Instance(tmp_path / "data"), Instance(tmp_path / "data")
    first.prepare_folders()
    first.lock()
    first.write_state(pid=os.getpid(), url="http://127.0.0.1:8000/")
    with pytest.raises(UpError, match=r"8000"):
        second.lock()
    first.unlock()
    second.lock()
    second.unlock()


def test_secrets_are_for_their_owner_only(tmp_path):
    one = Instance(tmp_path / "data")
    one.prepare_folders()
    one.keep_password("geheim-1")
    assert one.password_file.stat().st_mode & 0o077 == 0
    assert one.keys.stat().st_mode & 0o077 == 0
    assert one.kept_password() == "geheim-1"


def test_the_password_given_wins_then_the_kept_one(tmp_path, monkeypatch):
    one = Instance(tmp_path / "data")
    one.prepare_folders()
    monkeypatch.delenv("ZHENGWU_DEMO_PASSWORD", raising=False)
    assert one.demo_password() != one.demo_password()
    one.keep_password("kept-password")
    assert one.demo_password() == "kept-password"
    monkeypatch.setenv("ZHENGWU_DEMO_PASSWORD", "given-password")
    assert one.demo_password() == "given-password"


def test_a_taken_port_is_refused_with_advice():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UpError, match=f"--port {port + 1}"):
            free_port("127.0.0.1", port, patience=0)
    assert free_port("127.0.0.1", port, patience=0) == port
    assert free_port("127.0.0.1", 0, patience=0) > 0


def test_a_command_uses_the_running_instances_database(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    one = Instance(tmp_path / "data")
    one.prepare_folders()
    one.write_state(pid=os.getpid(), database="postgresql://running/it")
    with database_of(one) as url:
        assert url == "postgresql://running/it"
    monkeypatch.setenv("DATABASE_URL", "postgresql://given/it")
    with database_of(one) as url:
        assert url == "postgresql://given/it"


def test_the_data_folder_of_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("ZW_DATA", str(tmp_path / "here"))
    assert default_data() == tmp_path / "here"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the database to another account")
def test_root_in_a_closed_home_keeps_its_data_elsewhere(tmp_path, monkeypatch):
    monkeypatch.delenv("ZW_DATA", raising=False)
    closed = tmp_path / "home"
    (closed / "zhengwu").mkdir(parents=True)
    closed.chmod(0o700)
    monkeypatch.setattr(instance_module, "ROOT", closed / "zhengwu")
    assert str(default_data()).startswith("/var/lib/zhengwu-")


def test_a_database_made_anew_is_prepared_anew(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "a") != fingerprint(tmp_path / "b")


def test_the_welcome_names_every_account(tmp_path):
    one = Instance(tmp_path / "data")
    one.prepare_folders()
    one.keep_password("jinxiao-test")
    promised = "citizen enterprise clerk officer head leader legal inspector editor duty sysadmin secadmin auditor"
    assert set(promised.split()) <= set(DEMO_ACCOUNTS)
    one.demo_file.write_text("\n".join(DEMO_ACCOUNTS))
    text = printed(one)
    assert all(account in text for account in DEMO_ACCOUNTS) and "jinxiao-test" in text


def test_accounts_the_database_does_not_have_are_not_promised(tmp_path):
    one = Instance(tmp_path / "data")
    one.prepare_folders()
    one.keep_password("jinxiao-test")
    one.demo_file.write_text("")
    assert "jinxiao-test" not in printed(one) and "clerk" not in printed(one)


def printed(instance):
    lines = []
    welcome(instance, "http://127.0.0.1:8000/", 3.2, lines.append)
    return "\n".join(lines)


def test_a_zombie_counts_as_gone():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    until(lambda: not alive(pid))
    os.waitpid(pid, 0)
    assert alive(os.getpid())
