"""Loads into an empty database: the same every time, and what the command says."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from zhengwu.demo.load import load
from zhengwu.demo.tests.helpers import ON, PASSWORD, digest
from zhengwu.kernel.directory.models import Account

pytestmark = pytest.mark.django_db


def test_two_loads_are_equal_and_another_seed_differs():
    digests = []
    for seed in (5199, 5199, 5200):
        with transaction.atomic():
            load(password=PASSWORD, on=ON, seed=seed)
            digests.append(digest())
            transaction.set_rollback(True)
    assert digests[0] == digests[1] != digests[2]


def test_the_command_tells_the_password_only_when_it_made_one(monkeypatch):
    monkeypatch.delenv("ZHENGWU_DEMO_PASSWORD", raising=False)
    told = StringIO()
    with transaction.atomic():
        call_command("demo_load", on=ON.isoformat(), stdout=told)
        transaction.set_rollback(True)
    monkeypatch.setenv("ZHENGWU_DEMO_PASSWORD", PASSWORD)
    silent = StringIO()
    with transaction.atomic():
        call_command("demo_load", on=ON.isoformat(), stdout=silent)
        assert Account.objects.get(username="clerk").check_password(PASSWORD)
        transaction.set_rollback(True)
    assert "演示账号的密码" in told.getvalue()
    assert "密码" not in silent.getvalue() and "临溪县 529 项" in silent.getvalue()
