"""A pytest plugin: one throw-away PostgreSQL for the run, started only when a test asks for the database."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhengwu.lib.postgres import Server

if "ZW_TEST_DIR" not in os.environ:
    _made = tempfile.mkdtemp(prefix="zw-test-")
    os.chmod(_made, 0o755)  # noqa: S103 - the database runs as another account when we are root
    os.environ["ZW_TEST_DIR"] = _made
    atexit.register(shutil.rmtree, _made, ignore_errors=True)

_RUN = Path(os.environ["ZW_TEST_DIR"])
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
_server = Server(_RUN / "pg", options=_FAST)
_given = os.environ.get("ZW_TEST_DATABASE_URL")
os.environ["DATABASE_URL"] = _given or _server.url


class _Database:
    """Registered after pytest-django, whose fixture of the same name would win otherwise."""

    @pytest.fixture(scope="session")
    @classmethod
    def django_db_modify_db_settings(cls) -> Iterator[None]:
        """pytest-django asks for this before it creates the test database."""
        _let_flush_pass_triggers()
        if _given:
            yield
            return
        _server.start()
        yield
        from django.db import connections

        connections.close_all()
        _server.stop()


def pytest_configure(config: pytest.Config) -> None:
    """Registers the fixtures."""
    config.pluginmanager.register(_Database(), "zhengwu-database")


def _let_flush_pass_triggers() -> None:
    """The ledger refuses TRUNCATE, which is how Django empties the tables after a transactional test."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    original = DatabaseOperations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        return ["SET session_replication_role = replica", *original(self, *args, **kwargs),
                "SET session_replication_role = origin"]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
