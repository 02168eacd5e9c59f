"""RFC 9457 problem details, in Chinese with an English twin. Input values are never echoed (personal data)."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from zhengwu.lib.problem import Problem

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://zhengwu.example/problems/"
log = logging.getLogger(__name__)

_TITLES = {
    400: ("请求有误", "Bad request"), 401: ("需要登录或令牌", "Authentication needed"), 403: ("没有权限", "Forbidden"),
    404: ("没有找到", "Not found"), 405: ("不支持这种请求方法", "Method not allowed"),
    406: ("不能提供所要的格式", "Not acceptable"),
    409: ("与当前状态冲突", "Conflict"), 410: ("已经失效", "Gone"), 412: ("内容已被他人更新", "Precondition failed"),
    413: ("内容过大", "Content too large"), 415: ("不支持这种内容格式", "Unsupported media type"),
    422: ("有内容需要更正", "Invalid input"), 428: ("缺少前置条件", "Precondition required"),
    429: ("请求过于频繁", "Too many requests"), 500: ("系统出了问题", "Internal error"),
    503: ("服务暂时不可用", "Service unavailable"),
}

# pydantic error type -> Chinese text; {…} are filled from the error's context
_WORDS = {
    "missing": "缺少此项", "extra_forbidden": "不认识这一项", "json_invalid": "不是有效的 JSON",
    "string_type": "应为文字", "string_pattern_mismatch": "格式不正确",
    "string_too_long": "不能超过 {max_length} 个字符", "string_too_short": "不能少于 {min_length} 个字符",
    "int_type": "应为整数", "int_parsing": "应为整数", "int_from_float": "应为整数", "int_parsing_size": "数字过大",
    "float_type": "应为数字", "float_parsing": "应为数字", "decimal_type": "应为数字", "decimal_parsing": "应为数字",
    "bool_type": "应为 true 或 false", "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}", "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}", "less_than_equal": "不能大于 {le}",
    "date_type": "不是有效的日期", "date_parsing": "不是有效的日期", "date_from_datetime_parsing": "不是有效的日期",
    "datetime_type": "不是有效的时间", "datetime_parsing": "不是有效的时间",
    "datetime_from_date_parsing": "不是有效的时间", "timezone_aware": "时间要带时区，例如 +08:00",
    "enum": "只能是：{expected}", "literal_error": "只能是：{expected}",
    "list_type": "应为列表", "dict_type": "应为对象", "model_type": "应为对象", "model_attributes_type": "应为对象",
    "uuid_type": "不是有效的标识", "uuid_parsing": "不是有效的标识",
    "too_long": "不能超过 {max_length} 项", "too_short": "不能少于 {min_length} 项",
}


def titles(status: int) -> tuple[str, str]:
    """What a status means, Chinese and English."""
    return _TITLES.get(status) or (_TITLES[500] if status >= 500 else _TITLES[400])


def problem_response(request: HttpRequest, *, code: str, status: int, zh: str, en: str,
                     errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """The body: type, title, status, detail, instance, code, errors ``[{field, detail}]``; texts with ``_en`` twins."""
    body: dict[str, Any] = {
        "type": TYPE_BASE + code, "title": titles(status)[0], "title_en": titles(status)[1], "status": status,
        "detail": zh, "detail_en": en, "instance": request.path, "code": code, "errors": errors or [],
    }
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False}, content_type=MEDIA_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def plain_problem(request: HttpRequest, status: int) -> HttpResponse:
    """A problem of which nothing is known but its status."""
    zh, en = titles(status)
    return problem_response(request, code=en.lower().replace(" ", "-"), status=status, zh=zh, en=en)


def _from_problem(request: HttpRequest, exc: Problem) -> HttpResponse:
    fields = dict(exc.extra.get("errors", {}))
    if exc.field:
        fields.setdefault(exc.field, exc.zh)
    errors = [{"field": str(field), "detail": str(text)} for field, text in fields.items()]
    return problem_response(request, code=exc.code, status=exc.status, zh=exc.zh, en=exc.en, errors=errors)


def _where(location: tuple[Any, ...]) -> str:
    """``("body", "payload", "form", "name")`` -> ``form.name``: the first two name the place, not the input."""
    parts = [str(part) for part in location]
    skip = 2 if len(parts) > 2 and parts[0] in ("body", "form", "file") else 1
    return ".".join(parts[skip:] or parts[-1:])


def _from_validation(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    errors = []
    for error in exc.errors:
        words = _WORDS.get(str(error.get("type")), "内容不正确")
        context = {key: str(value) for key, value in dict(error.get("ctx") or {}).items()}
        try:
            detail = words.format(**context)
        except KeyError:
            detail = "内容不正确"
        errors.append({"field": _where(tuple(error.get("loc", ()))), "detail": detail,
                       "detail_en": str(error.get("msg", "invalid"))})
    zh, en = titles(422)
    return problem_response(request, code="invalid-input", status=422, zh=zh, en=en, errors=errors)


def _from_http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    """Ninja wraps what the parser of the body refused; the refusal itself is what people should read."""
    if isinstance(exc.__cause__, Problem):
        return _from_problem(request, exc.__cause__)
    if isinstance(exc.__cause__, SuspiciousOperation):
        return _from_suspicious(request, exc.__cause__)
    zh, en = titles(exc.status_code)
    code = en.lower().replace(" ", "-")
    return problem_response(request, code=code, status=exc.status_code, zh=zh, en=f"{en}: {exc.message}")


def _from_suspicious(request: HttpRequest, exc: SuspiciousOperation) -> HttpResponse:
    """Django's own limits: a body above ``DATA_UPLOAD_MAX_MEMORY_SIZE`` is 413, all else 400."""
    return plain_problem(request, 413 if isinstance(exc, RequestDataTooBig) else 400)


def _from_broken_form(request: HttpRequest, exc: MultiPartParserError) -> HttpResponse:
    return plain_problem(request, 400)


def _from_read_body(request: HttpRequest, exc: RawPostDataException) -> HttpResponse:
    """A form where JSON was expected: the check of its origin has read it already."""
    return plain_problem(request, 415)


def _from_404(request: HttpRequest, exc: Http404) -> HttpResponse:
    return plain_problem(request, 404)


def _from_denied(request: HttpRequest, exc: PermissionDenied) -> HttpResponse:
    return plain_problem(request, 403)


def _from_anything(request: HttpRequest, exc: Exception) -> HttpResponse:
    log.exception("%s %s failed", request.method, request.path)
    return plain_problem(request, 500)


def install(api: NinjaAPI) -> None:
    """Makes ``api`` answer every error as a problem."""
    handlers: list[tuple[type[Exception], Any]] = [
        (Problem, _from_problem), (ValidationError, _from_validation), (HttpError, _from_http_error),
        (Http404, _from_404), (PermissionDenied, _from_denied), (SuspiciousOperation, _from_suspicious),
        (MultiPartParserError, _from_broken_form), (RawPostDataException, _from_read_body),
        (Exception, _from_anything),
    ]
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)
