"""The entry itself: one page, one button; everything typed stays, whatever happens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.api import new_key
from zhengwu.kernel.cases.models import Case, Mandate
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.api import access_matter
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import local, now, today
from zhengwu.lib.problem import Invalid, Problem
from zhengwu.modules.counter.entry import (
    Entry,
    check_form,
    check_papers,
    filled,
    from_draft,
    from_post,
    material_rows,
    papers_of,
    sections,
)
from zhengwu.modules.counter.people import Typed, checked
from zhengwu.modules.counter.points import Place, require_offered
from zhengwu.modules.counter.readers import reader
from zhengwu.modules.counter.services.take_in import ACCEPT, FINISH, LATE_DAYS, OPEN, far, take_in
from zhengwu.modules.counter.services.taking import save_taking, taking_of
from zhengwu.modules.counter.views.pick import chosen_place, signed_in

_UNTIL = {"open": OPEN, "accept": ACCEPT, "finish": FINISH}


@dataclass(frozen=True)
class Desk:
    """Who enters where: a clerk at a window, or a village agent for the grantor of ``mandate``."""

    account: Account
    place: Place
    mandate: Mandate | None = None
    person: Typed | None = None
    back: str = "counter:front"
    done: Callable[[Case], HttpResponse] = lambda case: redirect("counter:receipt", number=case.number)


@require_http_methods(["GET", "POST"])
@require_role(Role.CLERK)
def take(request: HttpRequest, code: str) -> HttpResponse:
    """/counter/take/<code>/ — for a walk-in."""
    return entry_page(request, access_matter(code), Desk(signed_in(request), chosen_place(request)))


def entry_page(request: HttpRequest, matter: Matter, desk: Desk) -> HttpResponse:
    """The page of one entry, for clerk and agent alike."""
    require_offered(desk.place.point, matter)
    taking = taking_of(account=desk.account, matter=matter, mandate=desk.mandate)
    before = from_draft(matter, taking, desk.person)
    if request.method != "POST":
        return _page(request, before, desk, restored=taking is not None, key=taking.key if taking else new_key())
    actor, go = request_actor(request), request.POST.get("go", "")
    key = request.POST.get("key", "")[:60] or new_key()
    entry = from_post(request, matter, actor, before, desk.person)
    try:
        taking = save_taking(account=desk.account, matter=matter, mandate=desk.mandate, person=entry.person,
                             form=entry.form, papers=entry.papers)
    except Problem as problem:
        entry.errors[problem.field] = problem.zh
        return _page(request, entry, desk, status=422, key=key)
    if go == "auto":
        return HttpResponse(status=204, headers={"X-Saved": quote(f"已自动保存 {local(now()):%H:%M}")})
    if go == "later":
        messages.success(request, "已保存，可以接着办别的")
        return redirect(desk.back)
    if go not in _UNTIL:
        return _page(request, entry, desk, key=key, status=422 if entry.errors else 200)
    return _submit(request, entry, desk, until=_UNTIL[go], key=key)


def _submit(request: HttpRequest, entry: Entry, desk: Desk, *, until: str, key: str) -> HttpResponse:
    parties, wrong = checked(entry.person)
    entry.errors |= wrong | check_form(entry) | check_papers(entry)
    if entry.errors:
        return _page(request, entry, desk, status=422, key=key)
    try:
        case = take_in(clerk=desk.account, place=desk.place, matter=entry.matter, parties=parties, form=filled(entry),
                       papers=papers_of(entry), until=until, key=key, mandate=desk.mandate)
    except Problem as problem:
        entry.errors |= problem.errors if isinstance(problem, Invalid) else {problem.field: problem.zh}
        return _page(request, entry, desk, status=problem.status, key=key)
    taking_of_this = taking_of(account=desk.account, matter=entry.matter, mandate=desk.mandate)
    if taking_of_this is not None:
        taking_of_this.delete()
    return desk.done(case)


def _page(
    request: HttpRequest, entry: Entry, desk: Desk, *, key: str, restored: bool = False, status: int = 200
) -> HttpResponse:
    matter, actor = entry.matter, request_actor(request)
    reach = OPEN if desk.mandate else far(matter)
    labels = {OPEN: "收件", ACCEPT: "收件并受理", FINISH: "当场办结"}
    order = [FINISH, ACCEPT, OPEN]
    return render(request, "counter/take.html", {
        "matter": matter,
        "desk": desk,
        "key": key,
        "person": entry.person,
        "errors": entry.errors,
        "shown_errors": _linked(entry.errors),
        "wrong": _of_person(entry.errors),
        "has_proxy": bool(entry.person.proxy_name or entry.person.proxy_number),
        "sections": sections(entry),
        "materials": material_rows(entry, actor),
        "buttons": [(go, labels[go]) for go in order[order.index(reach):]],
        "has_reader": reader() is not None and desk.mandate is None,
        "restored": restored,
        "late_least": today(),
        "late_most": today() + timedelta(days=LATE_DAYS),
    }, status=status)


def _linked(errors: dict[str, str]) -> dict[str, str]:
    """Errors by the id of the field they belong to, as the summary on top links them."""
    return {k.replace("material-", "way-"): v for k, v in errors.items()}


def _of_person(errors: dict[str, str]) -> dict[str, str]:
    """The errors of the identity part, by the names of ``Typed``."""
    prefix = "person-"
    return {k.removeprefix(prefix).replace("-", "_"): v for k, v in errors.items() if k.startswith(prefix)}
