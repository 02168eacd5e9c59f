"""Loads into an empty database: the same every time, and what the command says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from zhengwu.demo.load import load
from zhengwu.demo.tests.helpers import ON, PASSWORD, digest
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import Matter

pytestmark = pytest.mark.django_db


def test_two_loads_are_equal():
    digests = []
    for _ in range(2):
        with transaction.atomic():
            load(password=PASSWORD, on=ON)
            digests.append(digest())
            Matter.objects.filter(complete=True).update(promised_n=2)
            assert digest() != digests[-1], "the digest sees a change"
            transaction.set_rollback(True)
    assert digests[0] == digests[1]


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


def test_life_needs_a_city():
    with pytest.raises(CommandError, match="demo_load"):
        call_command("demo_live")
