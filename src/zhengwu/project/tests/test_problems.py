"""Every refusal of the API is a problem detail."""

import json

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from ninja import Router, Schema
from pydantic import Field

from zhengwu.lib.problem import Conflict, Invalid, Problem
from zhengwu.project.api.docs import Docs, operations, type_name
from zhengwu.project.api.problems import MEDIA_TYPE, install
from zhengwu.project.api.schema import Api, complete
from zhengwu.project.middleware import Problems

router = Router(tags=["probe"])


class Order(Schema):
    name: str = Field(max_length=4)
    count: int = Field(ge=1)


FAULTS = {"conflict": Conflict("step-taken", "此环节已由他人办理", "already done", field="step"),
          "invalid": Invalid({"name": "缺少姓名", "phone": "不是手机号码"}),
          "gone": Http404(), "bug": RuntimeError("secret")}


@router.get("faults/{kind}")
def fault(request: HttpRequest, kind: str) -> HttpResponse:
    raise FAULTS[kind]


@router.post("orders", summary="下单")
def order(request: HttpRequest, payload: Order) -> dict[str, int]:
    return {"count": payload.count}


@pytest.fixture(scope="module")
def api() -> Api:
    fresh = Api(urls_namespace="probe", docs=Docs())
    install(fresh)
    fresh.add_router("", router)
    return fresh


def call(api: Api, method: str, path: str, body: object = None) -> tuple[HttpResponse, dict]:
    from django.urls import resolve

    request = RequestFactory().generic(method, f"/{path}", json.dumps(body) if body is not None else "",
                                       content_type="application/json")
    patterns = type("Urls", (), {"urlpatterns": api.urls[0]})
    match = resolve(f"/{path}", urlconf=type("Root", (), {"urlpatterns": [_mount(patterns.urlpatterns)]}))
    response = match.func(request, *match.args, **match.kwargs)
    return response, json.loads(response.content)


def _mount(patterns: list) -> object:
    from django.urls import include, path

    return path("", include((patterns, "probe")))


@pytest.mark.parametrize(("kind", "status", "code"), [
    ("conflict", 409, "step-taken"), ("invalid", 422, "invalid-input"), ("gone", 404, "not-found"),
    ("bug", 500, "internal-error")])
def test_faults_become_problems(api, kind, status, code):
    response, body = call(api, "GET", f"faults/{kind}")
    assert response.status_code == body["status"] == status
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert body["code"] == code and body["type"].endswith(f"/{code}")
    assert body["instance"] == f"/faults/{kind}"
    assert "secret" not in response.content.decode()


def test_a_problem_names_its_fields(api):
    assert call(api, "GET", "faults/conflict")[1]["errors"] == [{"field": "step", "detail": "此环节已由他人办理"}]
    fields = {e["field"] for e in call(api, "GET", "faults/invalid")[1]["errors"]}
    assert fields == {"name", "phone"}


def test_validation_speaks_chinese_and_echoes_nothing(api):
    response, body = call(api, "POST", "orders", {"name": "张三李四王五", "count": 0})
    assert response.status_code == 422
    assert {e["field"]: e["detail"] for e in body["errors"]} == {"name": "不能超过 4 个字符", "count": "不能小于 1"}
    assert "张三" not in response.content.decode()
    assert all(e["detail_en"] for e in body["errors"])


def test_missing_body_and_broken_json(api):
    assert call(api, "POST", "orders", {})[1]["errors"][0]["detail"] == "缺少此项"
    request = RequestFactory().post("/orders", "{", content_type="application/json")
    from django.urls import resolve

    match = resolve("/orders", urlconf=type("Root", (), {"urlpatterns": [_mount(api.urls[0])]}))
    response = match.func(request)
    assert response.status_code == 400 and response.headers["Content-Type"] == MEDIA_TYPE


def test_the_document_declares_every_error(api):
    document = api.get_openapi_schema(path_prefix="")
    for path in document["paths"].values():
        for operation in path.values():
            assert {"400", "404", "422", "500"} <= set(operation["responses"])
            for code, answer in operation["responses"].items():
                if int(code) >= 400:
                    assert list(answer["content"]) == [MEDIA_TYPE]
    assert "409" in document["paths"]["/orders"]["post"]["responses"]
    once = json.dumps(document, sort_keys=True, default=str)
    complete(document)
    assert json.dumps(document, sort_keys=True, default=str) == once


def test_the_page_lists_inputs(api):
    groups = operations(api.get_openapi_schema(path_prefix=""))
    post = next(o for o in groups["probe"] if o.method == "POST")
    assert {(i.name, i.required) for i in post.inputs} >= {("name", True), ("Idempotency-Key", False)}


@pytest.mark.parametrize(("schema", "text"), [
    ({"type": "string", "format": "date"}, "string (date)"), ({"$ref": "#/components/schemas/Step"}, "Step"),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer | null"),
    ({"type": "array", "items": {"type": "string"}}, "[string]"), ({"enum": ["a", "b"]}, "a | b")])
def test_type_names(schema, text):
    assert type_name(schema) == text


def test_refusals_of_middlewares_below_the_api_are_translated():
    refused = HttpResponse("<h1>no</h1>", status=405, headers={"Allow": "GET"})
    answer = Problems(lambda request: refused)(RequestFactory().post("/api/v1/matters"))
    assert answer.headers["Content-Type"] == MEDIA_TYPE and answer.headers["Allow"] == "GET"
    page = Problems(lambda request: refused)(RequestFactory().post("/matters/"))
    assert page is refused


def test_a_problem_in_a_page_is_a_page(rf):
    middleware = Problems(lambda request: HttpResponse())
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/desk/cases/1/")
    request.user = AnonymousUser()
    response = middleware.process_exception(request, Problem("no-such", "没有这个办件", status=404))
    assert response is not None and response.status_code == 404
    assert "没有这个办件" in response.content.decode()
    assert middleware.process_exception(request, ValueError("bug")) is None
