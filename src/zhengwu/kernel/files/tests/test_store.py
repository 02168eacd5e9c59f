"""Storing and opening: checked, once on disk, only for whoever may see it; nothing kept of what is refused."""

import hashlib
import io
import uuid

import pytest
from django.db import connection, transaction

from zhengwu.kernel.directory.api import ANONYMOUS, Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files import access, api, storage
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.files.sweep import sweep
from zhengwu.lib.problem import NotFound, Problem

TEXT = "说明文字".encode()


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def people(db):
    """Owner, colleague and stranger as actors."""
    made = {}
    for name in ("owner", "colleague", "stranger"):
        account = Account.objects.create_user(name, name=name, kind="citizen")
        made[name] = Actor(account_id=account.pk, name=name, kind="citizen")
    return made


@pytest.fixture
def _rules():
    before = dict(access._rules)
    yield
    access._rules.clear()
    access._rules.update(before)


def _store(owner, data=TEXT, name="说明.txt", **more):
    return api.store(name=name, stream=io.BytesIO(data), owner=owner, purpose=more.pop("purpose", "test"), **more)


def _disk():
    return sorted(storage.digests())


def test_what_is_stored_is_read_again_with_its_digest(people):
    stored = _store(people["owner"], subject="case-1")
    found, stream = api.open_file(people["owner"], stored.id)
    with stream:
        assert stream.read() == TEXT
    sm3 = hashlib.new("sm3", TEXT).hexdigest()
    assert (found.name, found.size, found.sm3, found.media_type, found.subject) == (
        "说明.txt", len(TEXT), sm3, "text/plain", "case-1")
    assert storage.path_of(sm3) == storage.root() / sm3[:2] / sm3[2:4] / sm3


def test_equal_bytes_lie_once_but_belong_to_each(people):
    first, second = _store(people["owner"]), _store(people["stranger"], name="另名.txt")
    assert first.id != second.id and _disk() == [first.sm3]
    with pytest.raises(NotFound):
        api.open_file(people["stranger"], first.id)


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_without_a_rule_only_the_owner_opens(people, who):
    stored = _store(people["owner"])
    with pytest.raises(NotFound):
        api.open_file(people[who], stored.id)
    with pytest.raises(NotFound):
        api.open_file(None, stored.id)


def test_a_file_of_the_system_without_owner_opens_for_nobody_without_a_rule(people):
    stored = api.keep(name="回执.pdf", media_type="application/pdf", data=b"%PDF-", owner=None, purpose="test")
    for actor in (*people.values(), ANONYMOUS):
        with pytest.raises(NotFound):
            api.open_file(actor, stored.id)


@pytest.mark.usefixtures("_rules")
def test_the_rule_of_the_purpose_decides(people):
    api.register_access("shared", lambda actor, stored: actor.name == "colleague" and stored.subject == "case-1")
    stored = _store(people["owner"], purpose="shared", subject="case-1")
    assert api.stored_of(people["colleague"], stored.id).id == stored.id
    for who in ("owner", "stranger"):
        with pytest.raises(NotFound):
            api.stored_of(people[who], stored.id)
    with pytest.raises(ValueError, match="already"):
        api.register_access("shared", lambda actor, stored: True)


def test_quarantine_closes_it_for_everybody(people):
    stored = _store(people["owner"])
    api.quarantine(stored.id)
    with pytest.raises(NotFound):
        api.open_file(people["owner"], stored.id)


@pytest.mark.parametrize("wrong", [uuid.uuid4(), "not-a-uuid", ""])
def test_an_unknown_id_is_not_found(people, wrong):
    with pytest.raises(NotFound):
        api.open_file(people["owner"], wrong)


@pytest.mark.parametrize(("name", "data"), [("机密★20年.txt", TEXT), ("a.txt", "绝密★".encode()), ("a.pdf", TEXT)])
def test_what_is_refused_leaves_nothing(people, name, data):
    with pytest.raises(Problem):
        _store(people["owner"], data, name)
    assert not StoredFile.objects.exists() and _disk() == []


def test_a_scanner_can_refuse(people, monkeypatch):
    def refuse(name, data):
        raise Problem("upload-malware", "发现病毒", field="file")

    monkeypatch.setattr(api, "scanners", [refuse])
    with pytest.raises(Problem, match="发现病毒"):
        _store(people["owner"])
    assert not StoredFile.objects.exists() and _disk() == []


def test_more_than_the_limit_is_never_read(people, settings):
    settings.UPLOAD_MAX_BYTES = 10

    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(Problem) as caught:
        api.store(name="a.txt", stream=stream, owner=people["owner"], purpose="test")
    assert (caught.value.code, stream.asked) == ("upload-too-large", 11)


def test_the_sweep_takes_orphans_and_nothing_else(people):
    kept = _store(people["owner"])
    with pytest.raises(RuntimeError), transaction.atomic():
        orphan = _store(people["owner"], b"rolled back").sm3
        raise RuntimeError
    assert _disk() == sorted([kept.sm3, orphan])
    assert sweep() == 1
    assert _disk() == [kept.sm3]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_leaves_alone_what_is_being_stored():
    sm3 = hashlib.new("sm3", TEXT).hexdigest()
    with transaction.atomic():
        storage.put(sm3, TEXT)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [api.lock_key(sm3)])
        assert _in_thread(sweep) == 0
    assert _disk() == [sm3]
    assert sweep() == 1


def _in_thread(work):
    """Runs ``work`` on another connection, as another worker would."""
    import threading

    found = []

    def run():
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_a_write_that_fails_leaves_no_half_file(monkeypatch):
    def full(*args):
        raise OSError("no space left")

    monkeypatch.setattr(storage.os, "rename", full)
    with pytest.raises(OSError, match="no space"):
        storage.put("ab" * 32, TEXT)
    assert _disk() == [] and list(storage.incoming().iterdir()) == []


def test_a_digest_is_no_path():
    for wrong in ("../../etc/passwd", "AB" * 32, ""):
        with pytest.raises(ValueError, match="digest"):
            storage.path_of(wrong)
