"""Bad input: each is refused in clear Chinese, and afterwards every table and the head of the ledger are as before."""

import io
import json
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client

from tests.city import CITIZEN_ID, CORRECTION, START, City, make_city
from tests.journeys.busy import snapshot
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case, Draft
from zhengwu.kernel.cases.tests.world import CHART, REVIEW
from zhengwu.kernel.directory.api import issue_token
from zhengwu.kernel.directory.models import Account, RepeatedRequest
from zhengwu.kernel.flow.api import publish
from zhengwu.kernel.flow.problems import ChartError
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib import uploads
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict
from zhengwu.lib.tests import samples

JSON = "application/json"


def chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


@pytest.fixture
def client(city: City) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(city.people["citizen"])
    return made


def refused(client: Client, status: int, send: Callable[[Client], Any], code: str = "") -> dict[str, Any]:
    """Sends, and holds that it was refused as a problem in Chinese and English with nothing changed."""
    before = snapshot()
    answer = send(client)
    assert answer.status_code == status, answer.content[:400]
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and chinese(body["detail"]) and not chinese(body["detail_en"])
    assert all(chinese(e["detail"]) for e in body["errors"]), body["errors"]
    assert not code or body["code"] == code, body
    assert snapshot() == before
    return body


def post(path: str, body: Any, content_type: str = JSON, **headers: str) -> Callable[[Client], Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda client: client.post(f"/api/v1/{path}", data, content_type=content_type, headers=headers)


FORMS = [
    ({}, "shop"),
    ({"shop": ""}, "shop"),
    ({"shop": ["李记"]}, "shop"),
    ({"shop": "面" * 31}, "shop"),
    ({"shop": "李记", "area": "很大"}, "area"),
    ({"shop": "李记", "area": 0}, "area"),
    ({"shop": "李记", "area": 1.5}, "area"),
    ({"shop": "李记", "begins": "2026-02-30"}, "begins"),
    ({"shop": "李记", "begins": "明天"}, "begins"),
    ({"shop": "李记", "legal": CITIZEN_ID[:-1] + "1"}, "legal"),
    ({"shop": "李记", "code": "91350100M000100Y44"}, "code"),
    ({"shop": "李记", "unknown": 1}, "unknown"),
    ({"shop": "李记", "note": "机密★5年"}, "form"),
    ({"shop": "李记", "note": "机 密\n★ 5年"}, "form"),
]


@pytest.mark.parametrize(("form", "field"), FORMS, ids=[json.dumps(f, ensure_ascii=False)[:40] for f, _ in FORMS])
def test_forms(client: Client, city: City, form: dict[str, Any], field: str):
    body = refused(client, 422, post("cases", {"matter": city.matters["lin", "promised"].code, "form": form}))
    assert field in {e["field"] for e in body["errors"]}
    assert CITIZEN_ID[:-1] not in json.dumps(body)


def bodies(code: str) -> dict[str, tuple[int, Callable[[Client], Any]]]:
    deep: Any = []
    for _ in range(60):
        deep = [deep]
    ok = {"matter": code, "form": {"shop": "李记"}}
    return {
        "no body": (422, post("cases", b"")),
        "broken": (400, post("cases", b'{"matter": ')),
        "not utf-8": (400, post("cases", b'{"matter": "\xff\xfe"}')),
        "no object": (422, post("cases", [1, 2])),
        "wrong type": (422, post("cases", {"matter": 7})),
        "unknown field": (422, post("cases", ok | {"admin": True})),
        "too many materials": (422, post("cases", ok | {"materials": [{"material": 1}] * 51})),
        "foreign material": (422, post("cases", ok | {"materials": [{"material": 999_999}]})),
        "nul": (422, post("cases", b'{"matter": "a\\u0000b"}')),
        "nul in a key": (422, post("cases", {**ok, "form": {"a\0b": 1}})),
        "half a character": (422, post("cases", b'{"matter": "\\ud800"}')),
        "deep": (422, post("cases", ok | {"form": {"shop": deep}})),
        "bottomless": (422, post("cases", b"[" * 200_000)),
        "huge": (413, post("cases", b'{"matter": "' + b"x" * 6_000_000 + b'"}')),
        "infinite": (400, post("cases", b'{"matter": "x", "form": {"a": 1e999}}')),
        "not a number": (400, post("cases", b'{"matter": "x", "form": {"a": NaN}}')),
        "endless digits": (400, post("cases", b'{"matter": "x", "form": {"a": ' + b"9" * 5000 + b"}}")),
        "twin keys": (400, post("cases", b'{"matter": "x", "matter": "y"}')),
        "xml": (415, post("cases", b"<case/>", "application/xml")),
        "a form": (415, post("cases", b"matter=x", "application/x-www-form-urlencoded")),
        "files without form": (415, post("files", {"file": "x"})),
        "no file": (422, lambda client: client.post("/api/v1/files", {"other": "x"})),
        "no such address": (404, lambda client: client.get("/api/v1/nothing")),
        "delete": (405, lambda client: client.delete("/api/v1/cases")),
        "get": (405, lambda client: client.get("/api/v1/cases")),
        "unknown matter": (404, post("cases", {"matter": "nothing"})),
        "nul in address": (400, lambda client: client.get("/api/v1/cases/a%00b")),
        "nul in query": (400, lambda client: client.get("/api/v1/todo?cursor=%00")),
        "foreign cursor": (400, lambda client: client.get("/api/v1/todo?cursor=W10")),
        "naive cursor": (400, lambda client: client.get("/api/v1/todo?cursor=WyIyMDI2LTAxLTAxIiwgMV0")),
        "long key": (400, post("cases", ok, **{"Idempotency-Key": "k" * 81})),
        "no step": (404, post("steps/99999999999999999999/actions", {"action": "accept"})),
        "no number": (422, lambda client: client.get("/api/v1/steps/one")),
        "wrong query code": (404, lambda client: client.get("/api/v1/cases/X", headers={"X-Query-Code": "000000"})),
    }


@pytest.mark.parametrize("name", bodies(""))
def test_requests(client: Client, city: City, name: str):
    status, send = bodies(city.matters["lin", "promised"].code)[name]
    refused(client, status, send)


UPLOADS = {
    "not what its name says": ("photo.pdf", samples.png(), "upload-mismatch"),
    "zip bomb": ("a.docx", samples.docx(more={"word/media/a.bmp": b"\x00" * 30_000_000}), "upload-bomb"),
    "eicar": ("a.txt", uploads.EICAR, "upload-malware"),
    "secret": ("a.docx", samples.docx("机密★20年"), "secret-mark"),
    "secret name": ("绝密★.png", samples.png(), "secret-mark"),
    "program": ("a.exe", b"MZ\x90\x00", "upload-type"),
    "empty": ("a.pdf", b"", "upload-empty"),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_uploads(client: Client, name: str):
    file, data, code = UPLOADS[name]
    refused(client, 422, lambda c: c.post("/api/v1/files", {"file": SimpleUploadedFile(file, data)}), code)


def test_a_form_page_keeps_what_was_typed_and_says_what_is_wrong(client: Client, city: City):
    url = f"/matters/{city.matters['lin', 'promised'].code}/apply/"
    answer = client.post(url, {"shop": "李记面馆", "legal": CITIZEN_ID[:-1] + "1", "go": "next"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "李记面馆" in page and Draft.objects.get().form["shop"] == "李记面馆" and not Case.objects.exists()
    before = snapshot()
    answer = client.post(url, {"shop": "机密★5年", "go": "next"})
    assert answer.status_code == 422 and "国家秘密" in answer.content.decode() and snapshot() == before
    assert client.post(url, {"shop": "a\0b"}).status_code == 400 and snapshot() == before


def test_acts(client: Client, city: City):
    case = city.apply("citizen")
    step = case.steps.get()
    client.force_login(city.people["clerk_lin"])
    path = f"steps/{step.pk}/actions"
    refused(client, 400, post(path, {"action": "grant"}), "unknown-action")
    refused(client, 422, post(path, {"action": "refuse"}), "invalid-input")
    refused(client, 422, post(path, {"action": "accept", "opinion": "长" * 1001}))
    refused(client, 422, post(path, {"action": "accept", "opinion": "绝密★"}), "secret-mark")
    secret = {"items": [{"material": "执照", "fault": "机密★5年", "wanted": "x"}]}
    refused(client, 422, post(path, {"action": "correct", "form": secret}), "secret-mark")
    refused(client, 422, post(path, {"action": "correct", "form": {"items": []}}))
    refused(client, 422, post(path, {"action": "accept", "form": {"way": 1.5}}))
    refused(client, 422, post(path, {"action": "accept", "form": {"way": "x" * 30_000}}))
    refused(client, 412, post(path, {"action": "accept"}, **{"If-Match": '"99"'}), "stale")
    refused(client, 412, post(path, {"action": "accept"}, **{"If-Match": "not-an-etag"}), "stale")
    city.do(case, "precheck", "correct")
    city.do(case, "correct", "submit")
    again = case.steps.get(node="precheck", closed_at=None)
    refused(client, 409, post(f"steps/{again.pk}/actions", {"action": "correct", "form": CORRECTION}), "corrected-once")
    refused(client, 409, post(path, {"action": "accept"}), "step-closed")


def test_a_comment_with_a_secret_mark(client: Client, city: City):
    case = city.run(city.apply("citizen", chart="instant"), "precheck refuse")
    before = snapshot()
    client.post(f"/my/cases/{case.number}/rate/", {"level": "5", "comment": "密级：秘密"})
    assert snapshot() == before
    client.post(f"/my/cases/{case.number}/rate/", {"level": "9"})
    assert snapshot() == before


@pytest.mark.parametrize(("find", "put", "words"), [
    ('outcome == "inspect"', 'outcom == "inspect"', "outcom"),
    ('outcome == "inspect"', "form.x ==", ""),
    ('<sequenceFlow id="f8" sourceRef="deliver" targetRef="end"/>',
     '<sequenceFlow id="f8" sourceRef="deliver" targetRef="deliver"/>', ""),
    ("<zw:action code=\"grant\" label=\"准予\"/>", "<zw:action code=\"grant\"/>", ""),
])
def test_charts_that_cannot_be_published(city: City, find: str, put: str, words: str):
    xml = CHART.format(key="bad", middle=REVIEW, first="review")
    assert find in xml
    before = snapshot()
    with pytest.raises(ChartError) as caught:
        publish(key="bad", xml=xml.replace(find, put), by=By("test", "测试"))
    assert chinese(caught.value.zh) and words in json.dumps(caught.value.extra, ensure_ascii=False)
    assert snapshot() == before


def token(city: City, who: str, *scopes: str) -> dict[str, str]:
    _, secret = issue_token(by=city.actor("secadmin"), name="外部系统", account=city.people[who], scopes=list(scopes))
    return {"Authorization": f"Bearer {secret}"}


def test_a_replayed_request_has_one_effect_and_another_body_is_refused(city: City):
    client, bearer = Client(), token(city, "citizen", "apply", "files", "read")
    body = {"matter": city.matters["lin", "promised"].code, "form": {"shop": "李记"}}
    refused(client, 400, post("cases", body, **bearer), "idempotency-key-missing")
    key = bearer | {"Idempotency-Key": "k-1"}
    first = post("cases", body, **key)(client)
    after = snapshot()
    again = post("cases", body, **key)(client)
    assert first.status_code == again.status_code == 201 and first.content == again.content
    assert again["Location"] == f"/api/v1/cases/{first.json()['number']}" and snapshot() == after
    refused(client, 422, post("cases", body | {"form": {"shop": "别家"}}, **key), "idempotency-key-reused")


def test_a_replayed_upload_is_compared_by_its_content(city: City):
    client = Client()
    key = token(city, "citizen", "files") | {"Idempotency-Key": "u-1"}

    def send(data: bytes) -> Callable[[Client], Any]:
        return lambda c: c.post("/api/v1/files", {"file": io.BytesIO(data)}, headers=key)

    def named(data: bytes) -> Callable[[Client], Any]:
        return lambda c: c.post("/api/v1/files", {"file": SimpleUploadedFile("a.txt", data)}, headers=key)

    first, again = named("说明".encode())(client), named("说明".encode())(client)
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    refused(client, 422, named("别的".encode()), "idempotency-key-reused")
    refused(client, 422, send("说明".encode()))


def test_tokens_do_only_what_they_are_for(city: City):
    client = Client()
    body = {"matter": city.matters["lin", "promised"].code, "form": {"shop": "李记"}}
    key = {"Idempotency-Key": "t-1"}
    refused(client, 403, post("cases", body, **token(city, "citizen", "read"), **key), "scope-needed")
    refused(client, 401, post("cases", body, Authorization="Bearer zw_wrong", **key))
    refused(client, 401, post("cases", body, **key))
    refused(client, 403, post("cases", body, **token(city, "clerk_lin", "apply"), **key), "applicants-only")


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Real connections in real threads."""

    def race(self, *sends: Callable[[], Any]) -> list[Any]:
        results: list[Any] = [None] * len(sends)
        gate = threading.Barrier(len(sends))

        def run(index: int, send: Callable[[], Any]) -> None:
            try:
                with travel(START):
                    gate.wait(10)
                    results[index] = send()
            except Exception as error:
                results[index] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(sends)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return results

    def test_two_officers_on_one_step(self, settings, tmp_path):
        settings.FILES_DIR = tmp_path
        with travel(START):
            city = make_city()
            case = city.run(city.apply("citizen"), "precheck accept")
            step = case.steps.get(closed_at=None)
            before = Event.objects.count()
            actors = [city.actor("officer_lin"), city.actor("colleague_lin")]
            results = self.race(*[partial(api.act, step_id=step.pk, action="pass", by=actor, opinion="通过")
                                  for actor in actors])
            won = [r for r in results if isinstance(r, api.Done)]
            lost = [r for r in results if isinstance(r, Conflict)]
            assert (len(won), len(lost)) == (1, 1), results
            assert lost[0].code == "step-closed" and "未重复提交" in lost[0].zh
            assert Event.objects.count() == before + 1
            assert case.steps.filter(node="approve", closed_at=None).count() == 1

    def test_one_request_twice_at_once(self):
        with travel(START):
            city = make_city()
            bearer = token(city, "citizen", "apply") | {"Idempotency-Key": "same"}
            body = {"matter": city.matters["lin", "instant"].code, "form": {"shop": "李记"}}
            results = self.race(*[lambda: post("cases", body, **bearer)(Client())] * 4)
            assert {r.status_code for r in results} == {201}, results
            assert len({r.content for r in results}) == 1
            assert Case.objects.count() == 1 and RepeatedRequest.objects.count() == 1
            assert Account.objects.get(username="citizen").cases.count() == 1
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_document")
            assert cursor.fetchone() == (1,)
