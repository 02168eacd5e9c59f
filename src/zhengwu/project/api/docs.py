"""The documentation page of the API, drawn on the server from the OpenAPI document: no script, no foreign host."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

TAGS = {
    "matters": "事项与办事指南", "cases": "办件", "steps": "待办", "todo": "待办", "clock": "时限", "files": "文件",
    "certificates": "证照", "ledger": "存证与封存", "seals": "存证与封存", "flow": "流程", "supervision": "监察",
}


@dataclass
class Input:
    """One parameter or one property of a body."""

    name: str
    place: str
    type: str
    required: bool
    description: str


@dataclass
class Operation:
    """One method of one path, as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    auth: str
    inputs: list[Input] = field(default_factory=list)
    outputs: list[Input] = field(default_factory=list)
    statuses: list[tuple[str, str]] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Id of the section in the page."""
        return f"{self.method}-{self.path}".lower().translate(str.maketrans("/{}.", "----")).replace("--", "-")


def type_name(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few characters: ``string (date)``, ``[Step]``, ``integer | null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return " | ".join(type_name(part) for part in schema[union])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"[{type_name(schema.get('items', {}))}]"
    return f"{kind} ({schema['format']})" if schema.get("format") else kind


def _properties(document: dict[str, Any], schema: dict[str, Any], place: str) -> list[Input]:
    if "$ref" in schema:
        schema = document["components"]["schemas"].get(type_name(schema), {})
    if schema.get("type") == "array":
        return [Input("[ ]", place, type_name(schema), True, "")]
    required = schema.get("required", [])
    return [Input(name, place, type_name(part), name in required, str(part.get("description", "")))
            for name, part in schema.get("properties", {}).items()]


def operations(document: dict[str, Any]) -> dict[str, list[Operation]]:
    """Tag in Chinese -> its operations, in the order of the document."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            tag = str((raw.get("tags") or ["其他"])[0])
            found[TAGS.get(tag, tag)].append(_operation(document, method.upper(), path, raw))
    return dict(found)


def _operation(document: dict[str, Any], method: str, path: str, raw: dict[str, Any]) -> Operation:
    one = Operation(method, path, raw.get("summary", ""), raw.get("description", ""),
                    "登录或令牌" if raw.get("security") else "公开")
    for parameter in raw.get("parameters", []):
        schema = parameter.get("schema", {})
        text = parameter.get("description") or schema.get("description", "")
        one.inputs.append(Input(parameter["name"], parameter["in"], type_name(schema),
                                bool(parameter.get("required")), str(text)))
    for media, content in raw.get("requestBody", {}).get("content", {}).items():
        one.inputs += _properties(document, content.get("schema", {}), media.rsplit("/", 1)[-1])
    for status, answer in raw["responses"].items():
        one.statuses.append((status, answer.get("description", "")))
        if status.startswith("2"):
            for content in answer.get("content", {}).values():
                one.outputs += _properties(document, content.get("schema", {}), status)
    return one


class Docs(DocsBase):
    """Ninja's hook for the page at /api/v1/docs."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page; the document itself is linked for tools."""
        document = api.get_openapi_schema(path_params=kwargs)
        context = {"api": api, "groups": operations(document), "document_url": self.get_openapi_url(api, kwargs)}
        return render(request, "project/api.html", context)
