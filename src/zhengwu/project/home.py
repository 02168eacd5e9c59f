"""Where somebody who has just signed in belongs."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from zhengwu.ui.registry import navigation, places


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Redirects to the first page of the desk this person may use; a citizen to their own page, else to the hall."""
    desk = navigation.links("desk", request)
    target = desk[0].url if desk else places.url("profile") or "/"
    return HttpResponseRedirect(target)
