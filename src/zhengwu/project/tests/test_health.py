"""/readyz tells the truth about each thing it asks."""

import pytest
from django.db import OperationalError, connection

from zhengwu.project import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def beat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_workers")
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now() - %s * interval '1 second')",
                       [seconds_ago])


def test_ready_when_everything_is(client):
    beat(5)
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["ready"] is True and answer.json()["reasons"] == []


@pytest.mark.parametrize("seconds", [61, 3600])
def test_a_silent_worker(client, seconds):
    beat(seconds)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "没有心跳" in answer.json()["reasons"][0]
    assert answer.json()["checks"] == {"database": True, "migrations": True, "worker": False, "disk": True}


def test_no_worker_at_all(client):
    assert "没有运行" in client.get("/readyz").json()["reasons"][0]


def test_missing_migrations(client):
    beat(1)
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'ledger'")
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "数据库结构更新" in answer.json()["reasons"][0]


def test_no_database(client, monkeypatch):
    def refuse():
        raise OperationalError("down")

    monkeypatch.setattr(health.connection, "cursor", refuse, raising=False)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["checks"]["database"] is False
    assert answer.json()["reasons"] == ["数据库不可用：OperationalError"]


def test_no_place_to_write(client, settings, tmp_path):
    beat(1)
    (tmp_path / "plain").write_text("a file, not a folder")
    settings.FILES_DIR = tmp_path / "plain"
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["checks"]["disk"] is False


def test_alive_without_touching_anything(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_ready_costs_four_queries(client, django_assert_max_num_queries):
    beat(1)
    health._expected()
    with django_assert_max_num_queries(4):
        client.get("/readyz")
