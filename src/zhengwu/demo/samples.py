"""Plausible answers to any form of the demo city, from its JSON Schema alone."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfWriter

_WORDS = {
    "phone": "13800000001",
    "date": "2026-03-02",
    "citizen-id": "44052418800101001X",
    "uscc": "91350100M000100Y43",
}
_PERSON, _GOODS = "周晓岚", "热食类食品制售"
_BY_TITLE = (
    ("名称", "临溪县好味来小吃店"), ("项目", _GOODS), ("品种", _GOODS), ("范围", _GOODS),
    ("姓名", _PERSON), ("负责人", _PERSON), ("联系人", _PERSON), ("人员", _PERSON),
)
"""What a form's field is called says what belongs there."""
_TEXT = "临溪县清平路8号一层"


def sample(schema: dict[str, Any]) -> dict[str, Any]:
    """Data that satisfies ``schema``: every required property, the shortest honest value."""
    properties = schema.get("properties", {})
    return {name: _value(properties[name]) for name in schema.get("required", []) if name in properties}


def _value(part: dict[str, Any]) -> Any:
    fixed = [part[key] for key in ("const",) if key in part]
    fixed += part.get("enum", [])[:1] + [option["const"] for option in part.get("oneOf", [])[:1]]
    if fixed:
        return fixed[0]
    items = part.get("items", {})
    by_type: dict[str, Callable[[], Any]] = {
        "integer": lambda: max(1, part.get("minimum", 1)),
        "number": lambda: str(max(30, part.get("minimum", 30))),
        "boolean": lambda: True,
        "array": lambda: [sample(items) if items.get("type") == "object" else _value(items)],
    }
    return by_type.get(part.get("type", ""), lambda: _text(part))()


def _text(part: dict[str, Any]) -> str:
    if "format" in part:
        return _WORDS[part["format"]]
    title = part.get("title", "")
    text = next((word for mark, word in _BY_TITLE if mark in title), _TEXT)
    return text[: part.get("maxLength", 60)]


@cache
def small_pdf() -> bytes:
    """A valid one-page PDF, as a scanner would send it."""
    writer, stream = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(stream)
    return stream.getvalue()
