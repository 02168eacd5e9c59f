"""Turns every refusal into what its reader expects: problem+json below /api/, a page elsewhere."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from zhengwu.lib.problem import Problem
from zhengwu.project.api.problems import MEDIA_TYPE, plain_problem, problem_response, titles

API = "/api/"
NUL = Problem("nul-character", "内容含有空字符（U+0000），请删除后重新提交", "the input contains U+0000")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ClientAddress:
    """Behind ``TRUSTED_PROXIES`` proxies of our own, the address attempts are counted by is the one the first of them
    saw, else the whole city would share the proxy's. What a client writes into the header stands further left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response, self.hops = get_response, settings.TRUSTED_PROXIES

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if self.hops and len(seen) >= self.hops:
            request.META["REMOTE_ADDR"] = seen[-self.hops]
        return self.get_response(request)


class Problems:
    """Outermost but for security headers, so that it also sees what other middlewares refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(API):
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        answer = plain_problem(request, response.status_code)
        for header in ("Allow", "WWW-Authenticate", "Retry-After"):
            if header in response.headers:
                answer.headers[header] = response.headers[header]
        return answer

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """No column holds U+0000: it is refused before any rule sees it (in JSON bodies by the API's parser)."""
        parts = [request.path_info, *_words(request.GET)]
        if request.method == "POST" and request.content_type in _FORMS and not request.path.startswith(API):
            parts += _words(request.POST)
        if not any("\0" in part for part in parts):
            return None
        if request.path.startswith(API):
            return problem_response(request, code=NUL.code, status=NUL.status, zh=NUL.zh, en=NUL.en)
        return _page(request, NUL)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A ``Problem`` no page showed at its field becomes a page of its own, with its status and words."""
        if not isinstance(exception, Problem) or request.path.startswith(API):
            return None
        return _page(request, exception)


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    context = {"status": problem.status, "problem": problem, "heading": titles(problem.status)[0]}
    return render(request, "project/problem.html", context, status=problem.status)


def _words(given: QueryDict) -> list[str]:
    return [text for name, values in given.lists() for text in (name, *values)]
