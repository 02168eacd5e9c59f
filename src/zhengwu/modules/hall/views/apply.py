"""Applying, first page: the form. Every page keeps what was typed; nothing is sent before the last button."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.models import Draft
from zhengwu.kernel.directory.api import masked_id, masked_phone
from zhengwu.kernel.matters.guidance import ANSWERS
from zhengwu.lib import forms
from zhengwu.lib.forms_values import flatten
from zhengwu.lib.now import local, now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Problem
from zhengwu.modules.hall import prefill
from zhengwu.modules.hall.applying import Application, begin
from zhengwu.modules.hall.views.face import address, go, page, signed_in, small

OWN = frozenset({"csrfmiddlewaretoken", "go", "ticket"})
"""Names of our own in the form, besides the fields of the matter."""
_TICKET = "hall.apply"
_TICKET_SECONDS = 24 * 3600
ROWS_MAX = forms.MAX_ROWS


def steps(application: Application) -> list[str]:
    """The step bar; the questions come first where there are any."""
    first = ["情形引导"] if application.matter.questions else []
    return [*first, "填写申请", "提交材料", "核对提交"]


def draw(
    request: HttpRequest, name: str, application: Application, index: int, status: int = 200, **more: Any
) -> HttpResponse:
    """A page of the application; ``index`` counts from the form."""
    shown = steps(application)
    context = {
        "matter": application.matter,
        "application": application,
        "steps": shown,
        "step": index + len(shown) - 3,
        "guide_url": address(request, "guide", application.matter.code),
        "steps_words": f"第{index + 1}步，共3步",
    }
    return page(request, name, context | more, status=status)


def _row_names(schema: dict[str, Any]) -> list[str]:
    return [
        n
        for n, part in schema.get("properties", {}).items()
        if part.get("type") == "array" and part.get("items", {}).get("type") == "object"
    ]


def _with_a_row(schema: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """Repeating parts begin with one empty row, so that there is something to type into."""
    return {**typed, **{n: [{}] for n in _row_names(schema) if not typed.get(n)}}


def _typed(sent: QueryDict, schema: dict[str, Any]) -> dict[str, Any]:
    """What the form sent, as typed; repeating rows as lists."""
    return {k: v for k, v in flatten(sent, schema).items() if k not in OWN and k != ANSWERS}


def _reshaped(schema: dict[str, Any], typed: dict[str, Any], go: str) -> dict[str, Any]:
    """``typed`` after the button add:NAME or cut:NAME:NUMBER of a repeating part."""
    verb, _, rest = go.partition(":")
    name, _, number = rest.partition(":")
    if name not in _row_names(schema):
        return typed
    rows = list(typed.get(name) or [{}])
    if verb == "add" and len(rows) < ROWS_MAX:
        rows.append({})
    elif verb == "cut" and (index := whole(number)) is not None and index < len(rows):
        del rows[index]
    return {**typed, name: rows or [{}]}


def _keep_for_later(request: HttpRequest, code: str) -> None:
    """The session ran out while somebody was typing: what they sent waits for them behind the sign-in."""
    try:
        account = signing.loads(request.POST.get("ticket", ""), salt=_TICKET, max_age=_TICKET_SECONDS)
    except signing.BadSignature:
        return
    request.session[f"typed:{code}"] = {"account": account, "form": request.POST.urlencode()}


def _take_kept(request: HttpRequest, application: Application) -> Draft | None:
    """Turns what waited into a draft, if it was this person who typed it."""
    kept = request.session.pop(f"typed:{application.matter.code}", None)
    if not kept or kept.get("account") != application.actor.account_id:
        return None
    try:
        return application.save(_typed(QueryDict(kept["form"]), application.matter.form_schema))
    except Problem as problem:
        messages.error(request, problem.zh)
        return None


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/ — the form of the matter, drawn from its JSON Schema."""
    if request.method == "POST" and not request.user.is_authenticated:
        _keep_for_later(request, code)
    return _form(request, code)


@signed_in
def _form(request: HttpRequest, code: str) -> HttpResponse:
    application = begin(request, code)
    if not application.guided:
        return go(request, "ask", code)
    if request.method == "POST":
        return _sent(request, application)
    restored = _take_kept(request, application)
    typed = application.typed if application.draft else prefill.suggested(application.schema, application.applicant)
    typed = _with_a_row(application.open_schema, typed)
    return _page(request, application, typed, draft=application.draft, restored=restored is not None)


def _page(
    request: HttpRequest, application: Application, typed: Any, errors: dict[str, str] | None = None, **more: Any
) -> HttpResponse:
    schema = application.open_schema
    known = [(application.schema["properties"][n].get("title", n), k) for n, k in application.known.items()]
    return draw(
        request,
        "apply_form",
        application,
        0,
        sections=forms.section_list(forms.fields(schema, typed, errors or {})),
        errors=errors or {},
        masked_id=masked_id(application.applicant),
        masked_phone=masked_phone(application.applicant),
        known=known,
        asked=[(q["text"], o["label"]) for q, o in application.walk.asked] if application.walk else [],
        mandates=application.usable_mandates() if application.mandate is None else [],
        ticket=signing.dumps(application.actor.account_id, salt=_TICKET),
        **more,
    )


def _sent(request: HttpRequest, application: Application) -> HttpResponse:
    """Keeps what was typed, then goes where the button says."""
    schema, wish = application.open_schema, request.POST.get("go", "")
    typed = _reshaped(schema, _typed(request.POST, application.schema), wish)
    try:
        application.save(typed)
    except Problem as problem:
        wrong = {problem.field: problem.zh}
        return _page(request, application, request.POST, wrong, problem=problem, status=422)
    if wish == "auto":
        return HttpResponse(status=204, headers={"X-Saved": quote(f"已自动保存 {local(now()):%H:%M}")})
    if wish == "later":
        messages.success(request, "已保存草稿，可随时在“我的办事”里继续")
        return go(request, "my")
    if wish.startswith(("add:", "cut:")):
        return go(request, "apply", application.matter.code, query=f"#id_{wish.split(':')[1]}")
    _, errors = forms.clean(schema, request.POST, ignore=OWN | set(application.known))
    if errors:
        return _page(request, application, _with_a_row(schema, typed), errors, status=422)
    return go(request, "apply_materials", application.matter.code)


def first_line(application: Application, request: HttpRequest) -> str:
    """Who applies, for the head of the last page."""
    agent = f"（由{application.account.name}代理）" if application.mandate and not small(request) else ""
    return application.applicant.name + agent
