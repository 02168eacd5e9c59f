"""情形引导: one question a screen. Works without script; the back button finds every answer where it was given."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters import guidance, held
from zhengwu.kernel.matters.api import access_matter, require_runnable
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.modules.hall.applying import answers_of, remember
from zhengwu.modules.hall.views.face import address, go, page


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/ask/ — ``?at=<question>`` shows one that was answered before, else the next one; at the end what
    the answers come to. Needs no account: answers are kept in the session, and with the draft once one applies."""
    matter = access_matter(code)
    require_runnable(matter, today())
    if not matter.questions:
        return go(request, "apply", code)
    answers = answers_of(request, matter)
    if request.method == "POST":
        return _answered(request, matter, answers)
    walk = guidance.walk(matter.questions, answers)
    at = request.GET.get("at", "")
    shown = next((q for q, _ in walk.asked if q["id"] == at), None) or walk.next
    if shown is None or (walk.stop and not at):
        return _end(request, matter, walk)
    return _question(request, matter, walk, shown, chosen=answers.get(shown["id"], ""))


def _answered(request: HttpRequest, matter: Matter, answers: dict[str, str]) -> HttpResponse:
    walk = guidance.walk(matter.questions, answers)
    asked = [q for q, _ in walk.asked] + ([walk.next] if walk.next else [])
    question = next((q for q in asked if q["id"] == request.POST.get("question")), None)
    if question is None:
        return go(request, "ask", matter.code)
    value = request.POST.get("answer", "")
    if value not in {o["value"] for o in question["options"]}:
        return _question(request, matter, walk, question, chosen="", error="请选一项再继续")
    answers[question["id"]] = value
    remember(request, matter, answers)
    after = guidance.walk(matter.questions, answers)
    ids = [q["id"] for q, _ in after.asked]
    place = ids.index(question["id"]) + 1
    # A changed answer keeps those behind it that still fit, and they are shown again one by one.
    following = ids[place] if place < len(ids) else after.next["id"] if after.next else ""
    return go(request, "ask", matter.code, query=f"?at={following}" if following else "")


def _question(
    request: HttpRequest, matter: Matter, walk: guidance.Walk, question: dict[str, Any], *, chosen: str, error: str = ""
) -> HttpResponse:
    ids = [q["id"] for q, _ in walk.asked]
    place = ids.index(question["id"]) if question["id"] in ids else len(ids)
    context = {
        "matter": matter,
        "question": question,
        "options": [(o["value"], o["label"]) for o in question["options"]],
        "chosen": chosen,
        "number": place + 1,
        "before": ids[place - 1] if place else "",
        "error": error,
        "errors": {"answer": error} if error else {},
        "guide_url": address(request, "guide", matter.code),
    }
    return page(request, "ask", context, status=422 if error else 200)


def _end(request: HttpRequest, matter: Matter, walk: guidance.Walk) -> HttpResponse:
    """What the answers come to: nothing can be applied for here, or these materials."""
    materials = [] if walk.stop else guidance.needed(matter, walk.answers)
    account = request.user if isinstance(request.user, Account) else None
    spared = held.spared(account, materials)
    rows = [
        {
            "name": m.name,
            "form": m.get_form_display(),
            "required": m.required and m.pk not in spared,
            "note": f"免交：{spared[m.pk].words}" if m.pk in spared else m.note,
            "state": "given" if m.pk in spared else "",
            "copies": m.originals + m.copies,
        }
        for m in materials
    ]
    left_out = 0 if walk.stop else matter.materials.count() - len(materials)
    context = {
        "matter": matter,
        "walk": walk,
        "asked": [(q["id"], q["text"], o["label"]) for q, o in walk.asked],
        "materials": rows,
        "left_out": left_out,
        "guide_url": address(request, "guide", matter.code),
        "can_apply": matter.online,
    }
    return page(request, "asked", context)
