"""The outbox: once in effect whatever happens, patient with failures, silent about people."""

import json
import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection

from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.notifications import drivers
from zhengwu.kernel.notifications.api import Message, notify, notify_many
from zhengwu.kernel.notifications.drivers import LogDriver, Parcel
from zhengwu.kernel.notifications.models import Outbox
from zhengwu.kernel.notifications.sweep import BACK_OFF, LEASE, retry, sweep_outbox
from zhengwu.lib.now import now, travel
from zhengwu.lib.problem import Conflict

PHONE = "13800138000"


class Recorder:
    """A driver that remembers, and fails as often as told."""

    def __init__(self, failures=0):
        self.parcels, self.failures, self.lock = [], failures, threading.Lock()

    def send(self, parcel):
        with self.lock:
            if self.failures:
                self.failures -= 1
                raise ConnectionError(f"cannot reach {parcel.address}")
            self.parcels.append(parcel)


@pytest.fixture
def driver():
    recorder = Recorder()
    drivers.use("sms", recorder)
    yield recorder
    drivers.use("sms", None)


def _tell(key="k", **more):
    notify(**({"account_id": None, "title": "已受理", "body": "编号1", "key": key, "channels": ("sms",),
               "addresses": {"sms": PHONE}} | more))


@pytest.mark.django_db
def test_a_message_is_handed_over_once(driver):
    _tell()
    assert sweep_outbox() == 1 and sweep_outbox() == 0
    (parcel,) = driver.parcels
    assert (parcel.address, parcel.text, parcel.key, parcel.again) == (PHONE, "已受理。编号1", "sms:k", False)
    row = Outbox.objects.get()
    assert row.state == "sent" and row.sent_at and row.address_sealed == ""


@pytest.mark.django_db
def test_without_an_address_the_account_s_phone_is_used(driver):
    account = Account(username="a", name="某")
    set_identity(account, phone=PHONE)
    account.save()
    silent = Account.objects.create_user("b", name="乙")
    _tell("1", account_id=account.pk, addresses=None)
    _tell("2", account_id=silent.pk, addresses=None)
    assert sweep_outbox() == 1
    assert [p.address for p in driver.parcels] == [PHONE]
    failed = Outbox.objects.get(state="failed")
    assert failed.account_id == silent.pk and failed.last_error == "没有可用的号码或地址"


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_hand_over_each_message_once(driver):
    notify_many(Message(None, "t", f"k{n}", channels=("sms",), addresses={"sms": PHONE}) for n in range(450))
    handed, start = [], threading.Barrier(3)

    def work():
        try:
            start.wait()
            handed.append(sweep_outbox())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(handed) == 450 and len(handed) == 3
    keys = [p.key for p in driver.parcels]
    assert len(keys) == len(set(keys)) == 450


@pytest.mark.django_db
def test_a_failure_waits_longer_each_time_then_stands_until_retried(driver):
    driver.failures = len(BACK_OFF) + 1
    _tell()
    moment = now()
    for wait in BACK_OFF:
        with travel(moment):
            assert sweep_outbox() == 0
        with travel(moment + wait - timedelta(seconds=1)):
            assert sweep_outbox() == 0
        assert Outbox.objects.get().next_at == moment + wait
        moment += wait
    with travel(moment):
        sweep_outbox()
    row = Outbox.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", len(BACK_OFF) + 1, "ConnectionError")
    assert driver.parcels == []
    retry(row.pk)
    assert sweep_outbox() == 1 and driver.parcels[0].again
    with pytest.raises(Conflict):
        retry(row.pk)


@pytest.mark.django_db
def test_one_that_fails_does_not_hold_up_the_others(driver):
    driver.failures = 1
    _tell("1")
    _tell("2")
    assert sweep_outbox() == 1 and Outbox.objects.filter(state="pending").count() == 1


@pytest.mark.django_db
def test_a_worker_killed_between_sending_and_noting_does_not_double_it(driver, tmp_path, monkeypatch):
    log = LogDriver(tmp_path)

    class Dies:
        def send(self, parcel):
            log.send(parcel)
            raise KeyboardInterrupt

    drivers.use("sms", Dies())
    _tell()
    with pytest.raises(KeyboardInterrupt):
        sweep_outbox()
    drivers.use("sms", log)
    assert sweep_outbox() == 0, "still claimed by the dead worker"
    with travel(now() + LEASE + timedelta(seconds=1)):
        assert sweep_outbox() == 1
    lines = (tmp_path / "sms.jsonl").read_text().splitlines()
    assert len(lines) == 1 and json.loads(lines[0])["key"] == "sms:k"
    assert Outbox.objects.get().state == "sent"


def test_the_log_driver_ignores_a_torn_line_and_keeps_people_out_of_the_log(tmp_path, caplog):
    driver = LogDriver(tmp_path)
    (tmp_path / "sms.jsonl").write_text('{"at": "x", "key": "sms:1", "to"\n')
    with caplog.at_level(logging.INFO, logger="zhengwu"):
        driver.send(Parcel("sms:1", "sms", PHONE, "某某的申请", again=True))
        driver.send(Parcel("sms:1", "sms", PHONE, "某某的申请", again=True))
    lines = (tmp_path / "sms.jsonl").read_text().splitlines()
    assert len(lines) == 2 and json.loads(lines[1])["to"] == PHONE
    assert PHONE not in caplog.text and "某某" not in caplog.text and "sms:1" in caplog.text
    assert (tmp_path / "sms.jsonl").stat().st_mode & 0o077 in (0, 0o044)


@pytest.mark.django_db
def test_failures_are_logged_without_the_number(driver, caplog):
    driver.failures = 1
    _tell()
    sweep_outbox()
    assert "ConnectionError" in caplog.text and PHONE not in caplog.text
    assert PHONE not in Outbox.objects.get().last_error
