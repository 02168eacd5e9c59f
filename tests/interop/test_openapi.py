"""Schemathesis reads the OpenAPI document and calls every operation with what the document allows, and with what it
does not: every answer is documented, in status, type, headers and schema. Also: the document is tidy."""

import re
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.interop.conftest import Product
from zhengwu.kernel.cases.selectors import query_code
from zhengwu.modules.certificates.models import Certificate

pytestmark = pytest.mark.django_db
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
OPERATIONS = {f"{o.ok().method.upper()} {o.ok().path}": o.ok() for o in schema.get_all_operations()}
CHECKS = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
          checks.response_headers_conformance, checks.response_schema_conformance]
EXAMPLES = 14


def real(product: Product, path: str) -> list[dict[str, Any]]:
    """Path parameters that lead somewhere."""
    name = next(iter(re.findall(r"\{(\w+)\}", path)), "")
    matter = product.city.matters["lin", "promised"]
    if "cases/" in path:
        return [{name: case.number} for case in product.cases.values()]
    if "matters/" in path:
        return [{name: matter.code}]
    if "steps/" in path:
        steps = [case.steps.order_by("-id").first() for case in product.cases.values()]
        return [{name: step.pk} for step in steps]
    if "certificates/" in path:
        return [{name: code} for code in Certificate.objects.values_list("identifier", flat=True)[:2]]
    if "files/" in path:
        return [{name: str(product.file.pk)}]
    return [{name: 1}] if name else []


def bodies(product: Product, label: str) -> dict[str, Any]:
    if label == "POST /api/v1/cases":
        return {"body": {"matter": product.city.matters["lin", "joint"].code, "form": {"shop": "李记"}}}
    if label.startswith("POST /api/v1/steps"):
        return {"body": {"action": "accept", "opinion": "同意"}}
    return {}


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_documented(product: Product, label: str):
    operation = OPERATIONS[label]
    strategies = [operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)]
    for place in real(product, operation.path):
        strategies.append(operation.as_strategy(path_parameters=place))
        strategies.append(operation.as_strategy(path_parameters=place, **bodies(product, label)))
    if bodies(product, label):
        strategies.append(operation.as_strategy(**bodies(product, label)))
    who = st.sampled_from([*product.bearers, ""])
    seen = set()

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(strategies), who=who)
    def run(case: schemathesis.Case, who: str) -> None:
        headers = dict(product.bearers.get(who, {})) | {"Idempotency-Key": uuid4().hex}
        with transaction.atomic():
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)
            transaction.set_rollback(True)
        seen.add(response.status_code)

    run()
    assert seen


GOOD = [
    ("citizen", "GET", "cases/{number}"), ("citizen", "GET", "cases/{number}/events"),
    ("citizen", "GET", "cases/{number}/clock"), ("citizen", "GET", "cases/{number}/proof"),
    ("citizen", "GET", "todo"), ("clerk_lin", "GET", "todo"), ("clerk_lin", "GET", "steps/{step_id}"),
    ("clerk_lin", "POST", "steps/{step_id}/actions"), ("citizen", "POST", "cases"), ("", "GET", "matters"),
    ("", "GET", "matters/{code}"), ("", "GET", "matters/{code}/chart.bpmn"), ("", "GET", "matters/{code}/chart.svg"),
    ("clerk_lin", "GET", "matters/{code}/log.xes"), ("", "GET", "certificates/{code}"), ("", "GET", "deadline"),
    ("citizen", "GET", "files/{file_id}"), ("citizen", "POST", "files"),
]


@pytest.mark.parametrize(("who", "method", "path"), GOOD)
def test_what_is_asked_rightly_is_answered_as_documented(product: Product, who: str, method: str, path: str):
    """The way without a refusal, by somebody who may: 2xx, and the answer fits its schema."""
    operation = OPERATIONS[f"{method} /api/v1/{path}"]
    given_body = bodies(product, operation.label) or {}
    if path == "files":
        given_body = {"body": {"file": b"text"}, "media_type": "multipart/form-data"}
    if path == "deadline":
        given_body = {"query": {"start": "2026-02-09", "limit": 20, "unit": "working_day"}}
    place = real(product, operation.path)
    case = operation.Case(method=method, path_parameters=place[0] if place else {}, **given_body)
    headers = dict(product.bearers.get(who, {})) | {"Idempotency-Key": uuid4().hex}
    more = {"files": {"file": ("a.txt", b"text", "text/plain")}} if path == "files" else {}
    with transaction.atomic():
        response = case.call(headers=headers) if not more else _upload(headers)
        assert response.status_code in (200, 201), response.content
        if not more:
            case.validate_response(response, checks=CHECKS)
        transaction.set_rollback(True)


def _upload(headers: dict[str, str]) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    response = Client().post("/api/v1/files", {"file": SimpleUploadedFile("a.txt", b"text")}, headers=headers)
    assert set(response.json()) == {"id", "name", "size", "sm3"}
    return response


def test_with_the_query_code_a_case_opens_for_nobody_in_particular(product: Product):
    operation = OPERATIONS["GET /api/v1/cases/{number}"]
    number = product.cases["new"].number
    case = operation.Case(path_parameters={"number": number}, headers={"X-Query-Code": query_code(number)})
    response = case.call()
    assert response.status_code == 200
    case.validate_response(response, checks=CHECKS)


def test_the_document_is_tidy():
    raw = schema.raw_schema
    ids = [o["operationId"] for path in raw["paths"].values() for m, o in path.items()]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z]+[A-Z][A-Za-z]*", i) for i in ids), ids
    for path, methods in raw["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"] and operation["tags"], (method, path)
            names = {p["name"] for p in operation["parameters"]}
            assert ("Idempotency-Key" in names) == (method == "post"), path
            assert ("If-None-Match" in names) == (method == "get"), path
    wanted = {"/api/v1/" + p for p in (
        "matters", "matters/{code}", "matters/{code}/chart.bpmn", "matters/{code}/chart.svg", "cases", "cases/{number}",
        "cases/{number}/events", "cases/{number}/clock", "cases/{number}/proof", "todo", "steps/{step_id}",
        "steps/{step_id}/actions", "certificates/{code}", "seals/latest", "files", "deadline",
        "matters/{code}/log.xes")}
    assert wanted <= set(raw["paths"])
