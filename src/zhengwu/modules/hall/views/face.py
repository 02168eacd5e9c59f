"""Two faces of the same pages: the wide one, and /m/ for old phones (no script, 240 px). Views say what; a face how."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhengwu.kernel.cases.api import Door
from zhengwu.kernel.cases.models import Case

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def small(request: HttpRequest) -> bool:
    """Whether the visitor is on the pages for old phones."""
    return request.path.startswith("/m/")


def address(request: HttpRequest, name: str, *args: Any) -> str:
    """The path of the page ``name`` of the hall on the visitor's face."""
    return reverse(f"hall:m_{name}" if small(request) else f"hall:{name}", args=args)


def go(request: HttpRequest, name: str, *args: Any, query: str = "") -> HttpResponse:
    """A redirect within the visitor's face; ``query`` is what follows the path (``?…`` or ``#…``)."""
    return redirect(address(request, name, *args) + query)


def page(request: HttpRequest, name: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Draws ``hall/<name>.html``, or ``hall/m/<name>.html`` for an old phone."""
    return render(request, f"hall/m/{name}.html" if small(request) else f"hall/{name}.html", context, status=status)


def signed_in(view: View[P]) -> View[P]:
    """Sign-in first, on the visitor's face."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if small(request):
            return redirect(f"{reverse('hall:m_login')}?next={quote(request.get_full_path())}")
        return redirect_to_login(request.get_full_path())

    return guarded


def door(request: HttpRequest) -> Door:
    """By which door a case comes in from this face."""
    return Door(channel=Case.Channel.MOBILE if small(request) else Case.Channel.ONLINE)
