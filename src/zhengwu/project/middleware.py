"""Turns every refusal into what its reader expects: problem+json below /api/, a page elsewhere."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhengwu.lib.problem import Problem
from zhengwu.project.api.problems import MEDIA_TYPE, plain_problem, titles

API = "/api/"


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

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A ``Problem`` no page showed at its field becomes a page of its own, with its status and words."""
        if not isinstance(exception, Problem) or request.path.startswith(API):
            return None
        context = {"status": exception.status, "problem": exception, "heading": titles(exception.status)[0]}
        return render(request, "project/problem.html", context, status=exception.status)
