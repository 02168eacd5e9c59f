"""One typed value to one exact value: what ``forms`` does with each field before the schema is asked."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from zhengwu.lib.identifiers import check_citizen_id, check_mobile, check_uscc
from zhengwu.lib.problem import Problem

MISSING: Final = object()
"""Nothing was typed."""
DEFAULT_MAX = 2_000
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(?:-\d{1,5})?")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TRUE, _FALSE = {"on", "true", "1", "是"}, {"", "off", "false", "0", "否"}


class ValueRefusedError(Exception):
    """What was typed cannot be this field's value; ``message`` says why, in Chinese."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def title_of(name: str, part: Mapping[str, Any]) -> str:
    """What people call the field."""
    return str(part.get("title", name))


def flatten(submitted: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A page's QueryDict in the shape of the data: lists for ticks, rows out of ``rows.0.name``; others as they are."""
    if not hasattr(submitted, "getlist"):
        return dict(submitted)
    shaped: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for key in submitted:
        parts = key.split(".")
        part = schema.get("properties", {}).get(parts[0], {})
        if len(parts) == 3 and part.get("type") == "array" and re.fullmatch(r"\d{1,4}", parts[1]):
            inner = part.get("items", {}).get("properties", {}).get(parts[2], {})
            row = rows.setdefault(parts[0], {}).setdefault(int(parts[1]), {})
            row[parts[2]] = submitted.getlist(key) if inner.get("type") == "array" else submitted[key]
        else:
            shaped[key] = submitted.getlist(key) if part.get("type") == "array" else submitted[key]
    for name, numbered in rows.items():
        filled = [row for _, row in sorted(numbered.items()) if any(v not in ("", []) for v in row.values())]
        shaped[name] = filled
    return shaped


def coerce(part: Mapping[str, Any], value: Any) -> Any:
    """The exact value (str, int, Decimal, bool, list of str) or ``MISSING``. Raises ``ValueRefusedError``."""
    if value is None:
        return MISSING
    kind = part.get("type")
    if kind == "boolean":
        return _boolean(value)
    if kind == "array":
        return _ticks(value)
    if kind in ("integer", "number"):
        return _number(kind, value)
    if not isinstance(value, str):
        raise ValueRefusedError("此项应为文字")
    text = _text(value)
    if not text:
        return MISSING
    if len(text) > part.get("maxLength", DEFAULT_MAX):
        raise ValueRefusedError(f"最多{part.get('maxLength', DEFAULT_MAX)}个字，现有{len(text)}个字")
    return _formatted(part.get("format", ""), text)


def _text(value: str) -> str:
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise ValueRefusedError("含有无法保存的控制字符，请删除后重新填写")
    return text


def _formatted(form: str, text: str) -> str:
    try:
        if form == "date":
            return _day(text)
        if form == "citizen-id":
            return check_citizen_id(text)
        if form == "uscc":
            return check_uscc(text)
        if form == "phone":
            folded = unicodedata.normalize("NFKC", text).replace(" ", "")
            return folded if _LANDLINE.fullmatch(folded) else check_mobile(text)
    except Problem as problem:
        raise ValueRefusedError(problem.zh) from problem
    return text


def _day(text: str) -> str:
    parts = _DAY.fullmatch(unicodedata.normalize("NFKC", text))
    if not parts:
        raise ValueRefusedError("日期应写成 2026-03-13 的样子")
    try:
        return date(*(int(number) for number in parts.groups())).isoformat()
    except ValueError:
        raise ValueRefusedError(f"{text} 这一天不存在，请核对") from None


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return MISSING if word == "" else False
    raise ValueRefusedError("此项只能选择是或否")


def _ticks(value: Any) -> Any:
    given = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in given):
        raise ValueRefusedError("请从给出的选项中选择")
    return [item for item in given if item] or MISSING


def _number(kind: str, value: Any) -> Any:
    """Exact. A JSON fraction has already been rounded by whoever parsed it, so it is refused."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        message = "请把数字写成文字形式，例如 \"1200.50\"" if isinstance(value, float) else "此项应为数字"
        raise ValueRefusedError(message)
    text = unicodedata.normalize("NFKC", str(value)).strip().replace(",", "")
    if not text:
        return MISSING
    if kind == "integer":
        if not _INTEGER.fullmatch(text):
            raise ValueRefusedError("此项应为整数（不超过15位）")
        return int(text)
    if not _NUMBER.fullmatch(text):
        raise ValueRefusedError("此项应为数字（整数部分不超过15位，小数不超过6位）")
    return Decimal(text)
