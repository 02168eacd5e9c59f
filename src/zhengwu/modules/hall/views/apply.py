"""Applying: form, materials, a last look. Every page keeps what was typed; nothing is sent before the last button."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.api import Handed, discard_draft, open_case, save_draft, visible_to
from zhengwu.kernel.cases.models import Draft
from zhengwu.kernel.cases.views.presenting import case_facts_of
from zhengwu.kernel.directory.api import Actor, masked_id, masked_phone, request_actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.api import store
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.api import access_matter, require_runnable
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib import forms
from zhengwu.lib.forms_values import flatten
from zhengwu.lib.now import local, now, today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, Problem
from zhengwu.modules.hall.application import KIND

STEPS = ["填写申请", "提交材料", "核对提交"]
OWN = frozenset({"csrfmiddlewaretoken", "go", "ticket"})
"""Names of our own in the form, besides the fields of the matter."""
_TICKET = "hall.apply"
_TICKET_SECONDS = 24 * 3600
ROWS_MAX = forms.MAX_ROWS


def _account(request: HttpRequest) -> Account:
    """Who is signed in; the views here let nobody else through."""
    if not isinstance(request.user, Account):
        raise Denied("sign-in-needed", "请先登录", "sign in first")
    return request.user


def _start(request: HttpRequest, code: str) -> tuple[Matter, Actor, Draft | None]:
    """The matter (it must run today), the applicant, and what they have typed so far."""
    matter, actor = access_matter(code), request_actor(request)
    require_runnable(matter, today())
    if actor.kind not in ("citizen", "enterprise"):
        raise Denied(
            "applicants-only",
            "工作账号不能在网上提交申请，请用个人或法人账号登录",
            "staff accounts cannot apply on line",
        )
    return matter, actor, Draft.objects.filter(account=_account(request), matter=matter).first()


def _page(request: HttpRequest, name: str, matter: Matter, index: int, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"matter": matter, "steps": STEPS, "step": index, "guide_url": reverse("hall:guide", args=[matter.code])}
    return render(request, f"hall/{name}.html", context | more, status=status)


def _row_names(schema: dict[str, Any]) -> list[str]:
    return [
        n
        for n, part in schema.get("properties", {}).items()
        if part.get("type") == "array" and part.get("items", {}).get("type") == "object"
    ]


def _with_a_row(schema: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """Repeating parts begin with one empty row, so that there is something to type into."""
    return {**typed, **{n: [{}] for n in _row_names(schema) if not typed.get(n)}}


def _typed(request: HttpRequest, schema: dict[str, Any]) -> dict[str, Any]:
    """What the form sent, as typed; repeating rows as lists."""
    return {k: v for k, v in flatten(request.POST, schema).items() if k not in OWN}


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


def _take_kept(request: HttpRequest, matter: Matter, actor: Actor) -> Draft | None:
    """Turns what waited into a draft, if it was this person who typed it."""
    kept = request.session.pop(f"typed:{matter.code}", None)
    if not kept or kept.get("account") != actor.account_id:
        return None
    typed = {k: v for k, v in flatten(QueryDict(kept["form"]), matter.form_schema).items() if k not in OWN}
    try:
        return save_draft(matter=matter, by=actor, form=typed)
    except Problem as problem:
        messages.error(request, problem.zh)
        return None


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/ — the form of the matter, drawn from its JSON Schema."""
    if request.method == "POST" and not request.user.is_authenticated:
        _keep_for_later(request, code)
    return _form(request, code)


@login_required
def _form(request: HttpRequest, code: str) -> HttpResponse:
    matter, actor, draft = _start(request, code)
    if request.method == "POST":
        return _form_sent(request, matter, actor)
    restored = _take_kept(request, matter, actor)
    draft = restored or draft
    typed = _with_a_row(matter.form_schema, draft.form if draft else {})
    return _form_page(request, matter, actor, typed, draft=draft, restored=restored is not None)


def _form_page(
    request: HttpRequest, matter: Matter, actor: Actor, typed: Any, errors: dict[str, str] | None = None, **more: Any
) -> HttpResponse:
    sections = forms.section_list(forms.fields(matter.form_schema, typed, errors or {}))
    return _page(
        request,
        "apply_form",
        matter,
        0,
        sections=sections,
        errors=errors or {},
        masked_id=masked_id(_account(request)),
        masked_phone=masked_phone(_account(request)),
        ticket=signing.dumps(actor.account_id, salt=_TICKET),
        **more,
    )


def _form_sent(request: HttpRequest, matter: Matter, actor: Actor) -> HttpResponse:
    """Keeps what was typed, then goes where the button says."""
    schema, go = matter.form_schema, request.POST.get("go", "")
    typed = _reshaped(schema, _typed(request, schema), go)
    try:
        save_draft(matter=matter, by=actor, form=typed)
    except Problem as problem:
        wrong = {problem.field: problem.zh}
        return _form_page(request, matter, actor, request.POST, wrong, problem=problem, status=422)
    if go == "auto":
        return HttpResponse(status=204, headers={"X-Saved": quote(f"已自动保存 {local(now()):%H:%M}")})
    if go == "later":
        messages.success(request, "已保存草稿，可随时在“我的办件”里继续")
        return redirect("hall:my")
    if go.startswith(("add:", "cut:")):
        return redirect(f"{request.path}#id_{go.split(':')[1]}")
    _, errors = forms.clean(schema, request.POST, ignore=OWN)
    if errors:
        return _form_page(request, matter, actor, _with_a_row(schema, typed), errors, status=422)
    return redirect("hall:apply_materials", code=matter.code)


@login_required
@require_http_methods(["GET", "POST"])
def materials(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/materials/ — one file a material; each is checked and kept as soon as it arrives."""
    matter, actor, draft = _start(request, code)
    if draft is None:
        return redirect("hall:apply", code=code)
    wanted = list(matter.materials.all())
    files: dict[str, str] = dict(draft.files)
    errors: dict[str, str] = {}
    if request.method == "POST":
        files, errors = _take_files(request, actor, wanted, files)
        save_draft(matter=matter, by=actor, files=files)
        if request.POST.get("go") == "next":
            missing = [m for m in wanted if m.required and str(m.pk) not in files]
            errors |= {f"material-{m.pk}": f"请提交“{m.name}”" for m in missing if f"material-{m.pk}" not in errors}
            if not errors:
                return redirect("hall:apply_confirm", code=code)
        elif not errors:
            return redirect(request.path)
    return _page(
        request,
        "apply_materials",
        matter,
        1,
        rows=_material_rows(wanted, files, errors, actor),
        handed_words=f"已上传{len(files)}份。" if files else "",
        errors=errors,
        status=422 if errors else 200,
    )


def _take_files(
    request: HttpRequest, actor: Actor, wanted: list[Any], files: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Stores what arrived and takes out what is to be removed: (material → file, errors by field)."""
    errors: dict[str, str] = {}
    verb, _, removed = request.POST.get("go", "").partition(":")
    if verb == "remove":
        files.pop(removed, None)
    for material in wanted:
        name = f"material-{material.pk}"
        if upload := request.FILES.get(name):
            try:
                stored = store(name=upload.name or "", stream=upload, owner=actor, purpose="material")
                files[str(material.pk)] = str(stored.pk)
            except Problem as problem:
                errors[name] = problem.zh
    return files, errors


def _material_rows(
    wanted: list[Any], files: dict[str, str], errors: dict[str, str], actor: Actor
) -> list[dict[str, Any]]:
    stored = {str(f.pk): f for f in StoredFile.objects.filter(pk__in=list(files.values()), owner_id=actor.account_id)}
    return [
        {
            "material": m,
            "file": stored.get(files.get(str(m.pk), "")),
            "error": errors.get(f"material-{m.pk}", ""),
            "wrong": f"material-{m.pk}" in errors,
            "name": f"material-{m.pk}",
        }
        for m in wanted
    ]


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/confirm/ — everything once more; the button submits exactly once."""
    matter, actor, draft = _start(request, code)
    if draft is None:
        return _gone(request, matter, actor)
    data, errors = forms.clean(matter.form_schema, draft.form)
    if errors:
        messages.error(request, "申请表还有内容需要更正")
        return redirect("hall:apply", code=code)
    wanted = {str(m.pk): m for m in matter.materials.all()}
    if request.method == "POST":
        handed = [
            Handed(name=wanted[pk].name, material_id=int(pk), file=UUID(file))
            for pk, file in draft.files.items()
            if pk in wanted
        ]
        try:
            case = open_case(
                kind=KIND,
                matter=matter,
                by=actor,
                applicant=_account(request),
                applicant_name=actor.name,
                form=data,
                materials=handed,
                key=draft.key,
            )
        except Problem as problem:
            messages.error(request, problem.zh)
            return redirect("hall:apply_materials", code=code)
        discard_draft(matter=matter, by=actor)
        return redirect("hall:receipt", number=case.number)
    files = {str(f.pk): f.name for f in StoredFile.objects.filter(pk__in=list(draft.files.values()))}
    return _page(
        request,
        "apply_confirm",
        matter,
        2,
        facts=[("申请人", actor.name), *case_facts_of(matter.form_schema, data)],
        handed=[(m.name, files.get(draft.files.get(pk, ""), "没有提交")) for pk, m in wanted.items()],
        after_words="您会得到办件编号和查询码。"
        + ("这是即办件，材料齐全的当场办结。" if matter.kind == Matter.Kind.INSTANT else "五个工作日内告知您是否受理，")
        + ("" if matter.kind == Matter.Kind.INSTANT else f"受理后{matter.promised.label}办结；决定作出前您可以撤回。"),
    )


def _gone(request: HttpRequest, matter: Matter, actor: Actor) -> HttpResponse:
    """No draft (any more): the second click of a double click finds the case the first one opened."""
    recent = actor_recent_case(actor, matter)
    if request.method == "POST" and recent is not None:
        return redirect("hall:receipt", number=recent)
    return redirect("hall:apply", code=matter.code)


def actor_recent_case(actor: Actor, matter: Matter) -> str | None:
    """Number of the case this person opened on this matter in the last minute."""
    rows = visible_to(actor).filter(
        applicant_id=actor.account_id, matter=matter, opened_at__gte=now() - timedelta(minutes=1)
    )
    return rows.order_by("-opened_at").values_list("number", flat=True).first()
