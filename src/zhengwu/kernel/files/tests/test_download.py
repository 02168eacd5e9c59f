"""Downloads over HTTP: permission, headers that keep a browser harmless, the API's upload."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files import api
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.tests import samples

PDF = samples.pdf()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def owner():
    return Account.objects.create_user("owner", name="某", kind="citizen")


@pytest.fixture
def stored(owner):
    return api.store(name="营业 执照.pdf", stream=io.BytesIO(PDF), owner=owner.actor, purpose="test")


def _url(stored):
    return reverse("files:download", args=[stored.id])


def test_the_owner_gets_the_bytes_in_a_sandbox(client, owner, stored):
    client.force_login(owner)
    answer = client.get(_url(stored))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(stored.size)
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''%E8%90%A5")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"] and "script-src" not in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    assert answer["ETag"] == f'"{stored.sm3}"'


def test_an_unchanged_file_is_not_sent_again(client, owner, stored):
    client.force_login(owner)
    answer = client.get(_url(stored), headers={"If-None-Match": f'"{stored.sm3}"'})
    assert answer.status_code == 304 and not answer.content
    assert client.get(_url(stored), headers={"If-None-Match": '"other"'}).status_code == 200


def test_text_is_saved_and_never_shown_in_place(client, owner):
    page = api.store(name="a.txt", stream=io.BytesIO(b"<script>alert(1)</script>"), owner=owner.actor, purpose="test")
    client.force_login(owner)
    answer = client.get(_url(page))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")


def test_strangers_and_visitors_learn_nothing(client, stored):
    assert client.get(_url(stored)).status_code == 404
    client.force_login(Account.objects.create_user("stranger", name="乙", kind="citizen"))
    assert client.get(_url(stored)).status_code == 404
    for headers in ({}, {"If-None-Match": f'"{stored.sm3}"'}):
        assert client.get(_url(stored), headers=headers).status_code == 404


def test_the_api_takes_a_file(client, owner):
    client.force_login(owner)
    answer = client.post("/api/v1/files", {"file": SimpleUploadedFile("平面图.png", samples.png(), "text/html")})
    assert answer.status_code == 201, answer.content
    row = StoredFile.objects.get()
    assert answer.json() == {"id": str(row.id), "name": "平面图.png", "size": len(samples.png()), "sm3": row.sm3}
    assert (row.media_type, row.owner_id, row.subject) == ("image/png", owner.pk, "")
    again = client.get(f"/api/v1/files/{row.id}")
    assert b"".join(again.streaming_content) == samples.png()


def test_the_api_refuses_what_the_checks_refuse(client, owner):
    client.force_login(owner)
    answer = client.post("/api/v1/files", {"file": SimpleUploadedFile("a.pdf", samples.png())})
    assert answer.status_code == 422 and "upload-mismatch" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_the_api_wants_somebody_known(client):
    answer = client.post("/api/v1/files", {"file": SimpleUploadedFile("a.png", samples.png())})
    assert answer.status_code == 401 and not StoredFile.objects.exists()
