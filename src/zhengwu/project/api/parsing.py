"""Reading what came in: JSON that is refused in clear words before any rule sees it."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from zhengwu.lib.problem import Problem

JSON_TYPE = "application/json"
MAX_DEPTH = 32
_MAX = 10**100


def refuse_text(text: str) -> None:
    """Raises Problem for characters that no column can hold: U+0000 and lone surrogates."""
    if "\0" in text:
        raise Problem("nul-character", "内容含有空字符（U+0000），请删除后重新提交", "the input contains U+0000",
                      status=422)
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Problem("broken-character", "内容含有不完整的字符，请重新输入", "the input contains a lone surrogate",
                      status=422)


class StrictParser(Parser):
    """Ninja's hook. Every refusal is a Problem; ninja hands it on as the cause of its own error."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON of a request, at most ``MAX_DEPTH`` deep, with each key once and numbers that are numbers."""
        if request.content_type != JSON_TYPE:
            raise Problem("unsupported-media-type", "请求内容须为 application/json", "send application/json",
                          status=415)
        try:
            text = request.body.decode()
        except UnicodeDecodeError:
            raise Problem("bad-encoding", "请求内容不是有效的 UTF-8 文字", "the body is not UTF-8") from None
        try:
            value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_no_twins)
        except RecursionError:
            raise _too_deep() from None
        except ValueError:
            raise Problem("bad-json", "请求内容不是有效的 JSON", "the body is not JSON") from None
        _check(value, 0)
        return value

    def parse_querydict(self, data: MultiValueDict[str, Any], list_fields: list[str],
                        request: HttpRequest) -> dict[str, Any]:
        """Query and form values, without characters no column can hold."""
        for name, values in data.lists():
            for text in (name, *values):
                refuse_text(str(text))
        return dict(super().parse_querydict(data, list_fields, request))


def _no_number(literal: str) -> NoReturn:
    raise Problem("bad-number", f"{literal} 不是有效的数字", f"{literal} is not a JSON number")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem("twin-key", "同一个对象里有重复的项", "a key occurs twice in an object")
    return found


def _too_deep() -> Problem:
    return Problem("too-deep", f"内容嵌套不能超过{MAX_DEPTH}层", f"nested deeper than {MAX_DEPTH}", status=422)


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, str):
        refuse_text(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            refuse_text(key)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, int | float) and not -_MAX < value < _MAX:
        raise Problem("number-too-large", "数字过大", "a number is too large")
