"""The page of the evaluation device at a window: five big buttons, no script needed, nothing to type."""

import hmac

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.visits import Visit, newest_at
from zhengwu.kernel.directory.api import ANONYMOUS, blind_index
from zhengwu.kernel.matters.models import Window
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, NotFound, Problem
from zhengwu.modules.evaluation.models import Evaluation, level_of
from zhengwu.modules.evaluation.services.evaluate import evaluate

OFFERED = 15 * 60
"""Seconds after which the device no longer asks about a visit: whoever stands there now is somebody else."""
REFRESH = 6


def device_key(window: Window) -> str:
    """What makes the address of a window's device unguessable; derived with a key of the installation."""
    return blind_index(str(window.pk), "evaluation-device")[:20]


def device_address(window: Window) -> str:
    return reverse("evaluation:device", args=[window.pk, device_key(window)])


def asked_about(window: Window) -> Visit | None:
    """The visit the device asks about: served lately at this window and not evaluated yet."""
    visit = newest_at(window)
    if visit is None or (now() - visit.at).total_seconds() > OFFERED:
        return None
    return None if Evaluation.objects.filter(visit=visit.key).exists() else visit


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """/evaluate/window/<id>/<key>/ — waits, asks, thanks. The answer names the visit it was shown for, so that a
    button pressed late does not evaluate the next person's visit."""
    window = get_object_or_404(Window.objects.select_related("point", "unit"), pk=pk)
    if not hmac.compare_digest(device_key(window).encode(), key.encode()):
        raise NotFound("no-such-device", "没有这个评价器", "no such device")
    visit = asked_about(window)
    shown = {"window": window, "visit": visit, "levels": list(Evaluation.Level.choices), "refresh": REFRESH}
    if request.method == "GET":
        return render(request, "evaluation/device.html", shown)
    try:
        if visit is None or visit.key != request.POST.get("visit"):
            raise Conflict("visit-over", "这次服务的评价时间已过，或者已经评价过", "the visit is over or evaluated")
        given = evaluate(visit=visit, level=level_of(request.POST.get("level")), channel=Evaluation.Channel.DEVICE,
                         by=ANONYMOUS)
    except Problem as problem:
        return render(request, "evaluation/device.html", shown | {"problem": problem, "visit": None},
                      status=problem.status)
    return render(request, "evaluation/device.html", shown | {"given": given, "visit": None})
