"""Plausible answers to any form of the demo city, from its JSON Schema alone."""

from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfWriter

_WORDS = {"phone": "13800000001", "date": "2026-03-02", "citizen-id": "110105194912310021", "uscc": "91350100M000100Y43"}
_TEXT = "临溪县清平路8号一层"


def sample(schema: dict[str, Any]) -> dict[str, Any]:
    """Data that satisfies ``schema``: every required property, the shortest honest value."""
    properties = schema.get("properties", {})
    return {name: _value(properties[name]) for name in schema.get("required", []) if name in properties}


def _value(part: dict[str, Any]) -> Any:
    if "const" in part:
        return part["const"]
    if "enum" in part:
        return part["enum"][0]
    if "oneOf" in part:
        return part["oneOf"][0]["const"]
    match part.get("type"):
        case "integer":
            return max(1, part.get("minimum", 1))
        case "number":
            return str(max(30, part.get("minimum", 30)))
        case "boolean":
            return True
        case "array":
            items = part.get("items", {})
            return [sample(items) if items.get("type") == "object" else _value(items)]
    text = _WORDS.get(part.get("format", ""), _TEXT)
    return text if "format" in part else text[: part.get("maxLength", 60)]


@cache
def small_pdf() -> bytes:
    """A valid one-page PDF, as a scanner would send it."""
    writer, stream = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(stream)
    return stream.getvalue()
