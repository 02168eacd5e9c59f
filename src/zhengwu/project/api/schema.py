"""The OpenAPI document, completed with what every operation may answer."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from zhengwu.project.api.problems import MEDIA_TYPE, titles

_ALWAYS = (400, 401, 403, 404, 405, 413, 422, 429, 500, 503)
_WRITES = (409, 412, 415, 428)
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457；detail 为中文，detail_en 为英文",
    "required": ["type", "title", "status", "detail", "detail_en", "instance", "code", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
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
}
_IDEMPOTENCY: dict[str, Any] = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "同一个键重复提交只生效一次，答复相同（the same key takes effect once）；持令牌的系统必须提供",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}
_METHODS = ("get", "post", "put", "patch", "delete")


class Api(NinjaAPI):
    """NinjaAPI whose document is true about errors."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """OpenAPI 3.1 with every error as ``Problem``."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        complete(schema)
        return schema


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
    operation["responses"] = dict(sorted(responses.items()))
    parameters = operation.setdefault("parameters", [])
    if method == "post" and not any(p.get("name") == "Idempotency-Key" for p in parameters):
        parameters.append(_IDEMPOTENCY)
