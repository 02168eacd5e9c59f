"""The API object: what every answer carries, and an OpenAPI document that says so."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from zhengwu.project.api.parsing import StrictParser
from zhengwu.project.api.problems import MEDIA_TYPE, titles

_ALWAYS = (400, 401, 403, 404, 405, 413, 422, 429, 500, 503)
_WRITES = (409, 412, 415)
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457；detail 为中文，detail_en 为英文",
    "required": ["type", "title", "title_en", "status", "detail", "detail_en", "instance", "code", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "detail_en": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {
            "type": "object", "required": ["field", "detail"],
            "properties": {"field": {"type": "string"}, "detail": {"type": "string"}, "detail_en": {"type": "string"}},
        }},
    },
    "example": {
        "type": "https://zhengwu.example/problems/step-closed", "title": "与当前状态冲突", "title_en": "Conflict",
        "status": 409, "detail": "这个环节已由赵窗口办理（受理），未重复提交",
        "detail_en": "the step was completed by somebody else", "instance": "/api/v1/steps/17/actions",
        "code": "step-closed", "errors": [],
    },
}
_IDEMPOTENCY: dict[str, Any] = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "同一个键重复提交只生效一次，答复相同（the same key takes effect once）；持令牌的系统必须提供",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
}
_IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match", "in": "header", "required": False,
    "description": "上次答复的 ETag；内容没有变化时答复 304", "schema": {"type": "string", "maxLength": 300},
}
_METHODS = ("get", "post", "put", "patch", "delete")


class PlainJSON(JSONRenderer):
    """JSON with Chinese as it is written."""

    json_dumps_params = {"ensure_ascii": False}


class Api(NinjaAPI):
    """NinjaAPI whose document is true about errors and whose answers can be asked for again cheaply."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=StrictParser(), renderer=PlainJSON(), **options)

    def create_response(self, request: HttpRequest, data: Any, *, status: int | None = None,
                        temporal_response: HttpResponse | None = None) -> HttpResponse:
        """The answer; a GET's gets an ETag, and becomes 304 when the asker has it already (RFC 9110 §13)."""
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        if request.method != "GET" or response.status_code != 200:
            return response
        return conditional(request, response)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """OpenAPI 3.1 with every error as ``Problem``."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        complete(schema)
        return schema


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Sets the ETag: the digest of the body, behind the revision where a view has set one (``"7"`` → ``"7-…"``).

    The revision alone is what If-Match compares; the digest makes that a light that turned is never answered with 304.
    """
    digest = hashlib.sha256(response.content).hexdigest()[:16]
    revision = response.headers.get("ETag", "").strip('"')
    response["ETag"] = f'"{revision}-{digest}"' if revision else f'"{digest}"'
    response.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def complete(schema: dict[str, Any]) -> None:
    """Adds the ``Problem`` schema and every operation's errors, in place. Doing it twice changes nothing."""
    schema["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    for path in schema["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                _complete_operation(method, operation)


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    responses = {str(code): answer for code, answer in operation["responses"].items()}
    for code in (*_ALWAYS, *(_WRITES if method != "get" else ())):
        responses.setdefault(str(code), {})
    for code, answer in responses.items():
        if code.isdigit() and int(code) >= 400:
            answer["description"] = answer.get("description") or titles(int(code))[0]
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    parameters = operation.setdefault("parameters", [])
    if method == "get":
        responses.setdefault("304", {"description": "没有变化"})
        _once(parameters, _IF_NONE_MATCH)
    elif method == "post":
        _once(parameters, _IDEMPOTENCY)
    operation["responses"] = dict(sorted(responses.items()))


def _once(parameters: list[dict[str, Any]], parameter: dict[str, Any]) -> None:
    if not any(p.get("name") == parameter["name"] for p in parameters):
        parameters.append(parameter)
