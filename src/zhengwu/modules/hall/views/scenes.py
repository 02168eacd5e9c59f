"""Events of life (一件事): answer once, fill in once, hand in once; several matters start together."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.cases.api import new_key
from zhengwu.kernel.cases.views.presenting import case_facts_of, left_words, state_words
from zhengwu.kernel.directory.api import Actor, masked_id, masked_phone, request_actor
from zhengwu.kernel.directory.models import Account, Division
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters import guidance
from zhengwu.lib import forms
from zhengwu.lib.forms_values import flatten
from zhengwu.lib.now import now
from zhengwu.lib.problem import Denied, NotFound, Problem
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.hall import prefill
from zhengwu.modules.hall.models import Bundle, SceneDraft
from zhengwu.modules.hall.scenes import Scene, Together, matters_of, scene, scenes
from zhengwu.modules.hall.services.bundle import start_together
from zhengwu.modules.hall.views.apply_materials import material_rows, take_files
from zhengwu.modules.hall.views.face import door, go, page, signed_in
from zhengwu.modules.hall.views.mine import COLOURS

STEPS = ["您的情形", "填写一次", "材料交一次", "核对提交"]
_OWN = frozenset({"csrfmiddlewaretoken", "go"})
_SESSION = "scene:"


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """/scenes/"""
    return page(request, "scenes", {"scenes": list(scenes().values())})


def _kept(request: HttpRequest, found: Scene) -> dict[str, str]:
    return dict(request.session.get(_SESSION + found.code, {}))


def _counties() -> list[tuple[str, str]]:
    rows = Division.objects.filter(level=Division.Level.COUNTY).order_by("code")
    return [(d.code, d.name) for d in rows]


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    """/scenes/<code>/ — where, the questions one by one, then what is started and which papers it takes."""
    found, kept = scene(code), _kept(request, scene(code))
    counties = _counties()
    if request.method == "POST":
        name, value = request.POST.get("question", ""), request.POST.get("answer", "")
        known = {q["id"]: {o["value"] for o in q["options"]} for q in found.questions}
        known["division"] = {c for c, _ in counties}
        if value in known.get(name, ()):
            request.session[_SESSION + code] = kept | {name: value}
            return go(request, "scene", code)
        messages.error(request, "请选一项再继续")
        return go(request, "scene", code, query=f"?at={name}" if name in known else "")
    at = request.GET.get("at", "")
    walk = guidance.walk(found.questions, kept)
    place = next((d for d in counties if d[0] == kept.get("division")), None)
    if place is None or at == "division":
        where = {"id": "division", "text": "在哪里办？", "options": [{"value": c, "label": n} for c, n in counties]}
        return _question(request, found, where, kept.get("division", ""))
    shown = next((q for q, _ in walk.asked if q["id"] == at), None) or walk.next
    if shown is not None:
        return _question(request, found, shown, kept.get(shown["id"], ""))
    return _plan(request, found, place, walk)


def _question(request: HttpRequest, found: Scene, question: dict[str, Any], chosen: str) -> HttpResponse:
    options = [(o["value"], o["label"]) for o in question["options"]]
    return page(request, "scene_ask", {"scene": found, "question": question, "options": options, "chosen": chosen})


def _plan(request: HttpRequest, found: Scene, place: tuple[str, str], walk: guidance.Walk) -> HttpResponse:
    matters, absent = matters_of(found, place[0], walk.answers)
    account = request.user if isinstance(request.user, Account) else None
    together = Together(matters, account)
    apart = sum(len(rows) for rows in together.wanted.values())
    return page(
        request,
        "scene",
        {
            "scene": found,
            "place": place,
            "asked": [("division", "在哪里办", place[1]), *((q["id"], q["text"], o["label"]) for q, o in walk.asked)],
            "matters": matters,
            "absent": absent,
            "papers": together.papers,
            "spared": [(m.name, together.spared[m.pk].words) for rows in together.wanted.values() for m in rows
                       if m.pk in together.spared],
            "fewer": apart - len(together.papers),
        },
    )


def _begin(request: HttpRequest, code: str) -> tuple[Scene, Actor, Account, SceneDraft, Together]:
    """What has been collected so far; a new draft takes over the answers of the session."""
    found, actor, account = scene(code), request_actor(request), request.user
    if not isinstance(account, Account) or actor.kind not in ("citizen", "enterprise"):
        raise Denied("applicants-only", "工作账号不能在网上提交申请，请用个人或法人账号登录", "not for staff")
    kept = _kept(request, found)
    draft = SceneDraft.objects.filter(account=account, scene=code).first()
    division = kept.get("division") or (draft.division if draft else "")
    walk = guidance.walk(found.questions, kept if kept else (draft.answers if draft else {}))
    if not division or not walk.done:
        raise NotFound("answers-first", "请先选好地区和情形", "answer the questions first")
    if draft is None:
        draft = SceneDraft(account=account, scene=code, key=new_key())
    draft.division, draft.answers, draft.updated_at = division, walk.answers, now()
    matters, _ = matters_of(found, division, walk.answers)
    return found, actor, account, draft, Together(matters, account)


def _show(request: HttpRequest, name: str, found: Scene, step: int, status: int = 200, **more: Any) -> HttpResponse:
    return page(request, name, {"scene": found, "steps": STEPS, "step": step} | more, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def form(request: HttpRequest, code: str) -> HttpResponse:
    """/scenes/<code>/apply/ — the common form."""
    try:
        found, _, account, draft, together = _begin(request, code)
    except NotFound as missing:
        if missing.code == "answers-first":
            return go(request, "scene", code)
        raise
    schema, errors = together.schema, dict[str, str]()
    typed: dict[str, Any] = draft.form or _suggested(together, account)
    if request.method == "POST":
        typed = {k: v for k, v in flatten(request.POST, schema).items() if k not in _OWN and k in schema["properties"]}
        for value in typed.values():
            refuse_secret_text(str(value), field="form")
        draft.form = typed
        draft.save()
        if request.POST.get("go") == "later":
            messages.success(request, "已保存草稿，可随时在“我的办事”里继续")
            return go(request, "my")
        errors = together.errors(typed)
        if not errors:
            return go(request, "scene_papers", code)
    return _show(
        request,
        "scene_form",
        found,
        1,
        sections=forms.section_list(forms.fields(schema, typed, errors)),
        errors=errors,
        matters=together.matters,
        known=[(_title(together, n), k) for n, k in together.known.items()],
        masked_id=masked_id(account),
        masked_phone=masked_phone(account),
        status=422 if errors else 200,
    )


def _suggested(together: Together, account: Account) -> dict[str, Any]:
    return {n: v for n, v in prefill.suggested(together.schema, account).items()}


def _title(together: Together, common: str) -> str:
    for (pk, name), found in together.names.items():
        if found == common:
            matter = next(m for m in together.matters if m.pk == pk)
            return str(matter.form_schema["properties"][name].get("title", name))
    return common


@require_http_methods(["GET", "POST"])
@signed_in
def papers(request: HttpRequest, code: str) -> HttpResponse:
    """/scenes/<code>/papers/ — every paper once."""
    try:
        found, actor, _, draft, together = _begin(request, code)
    except NotFound as missing:
        if missing.code == "answers-first":
            return go(request, "scene", code)
        raise
    files, errors = dict(draft.files), dict[str, str]()
    if request.method == "POST":
        files, errors = take_files(request, actor, together.papers, files)
        draft.files = files
        draft.save()
        if request.POST.get("go") == "next":
            missing_papers = [p for p in together.papers if p.required and str(p.pk) not in files]
            errors |= {f"material-{p.pk}": f"请提交“{p.name}”" for p in missing_papers
                       if f"material-{p.pk}" not in errors}
            if not errors:
                return go(request, "scene_confirm", code)
        elif not errors:
            return go(request, "scene_papers", code)
    rows = material_rows(together.papers, files, errors, actor.account_id)
    return _show(request, "scene_papers", found, 2, rows=rows, errors=errors, status=422 if errors else 200,
                 spared=[(m.name, together.spared[m.pk].words) for w in together.wanted.values() for m in w
                         if m.pk in together.spared])


@require_http_methods(["GET", "POST"])
@signed_in
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """/scenes/<code>/confirm/ — one button opens all cases, once; a second click finds what the first one opened."""
    try:
        found, actor, account, draft, together = _begin(request, code)
    except NotFound as missing:
        if missing.code != "answers-first":
            raise
        return _opened_before(request, code) or go(request, "scene", code)
    if draft.pk is None:
        return _opened_before(request, code) or go(request, "scene_form", code)
    if together.errors(draft.form):
        return go(request, "scene_form", code)
    if request.method == "POST":
        try:
            bundle = start_together(scene=found, together=together, by=actor, account=account, form=draft.form,
                                    files=draft.files, key=draft.key, door=door(request))
        except Problem as problem:
            messages.error(request, next(iter(getattr(problem, "errors", {}).values()), problem.zh))
            return go(request, "scene_papers", code)
        draft.delete()
        request.session.pop(_SESSION + code, None)
        return go(request, "bundle", bundle.pk)
    names = {str(f.pk): f.name for f in StoredFile.objects.filter(pk__in=list(draft.files.values()))}
    shown = {k: v for k, v in draft.form.items() if k in together.schema["properties"]}
    return _show(
        request,
        "scene_confirm",
        found,
        3,
        matters=together.matters,
        facts=[("申请人", account.name), *case_facts_of(together.schema, shown)],
        handed=[(p.name, names.get(draft.files.get(str(p.pk), ""), "没有提交")) for p in together.papers],
    )


def _opened_before(request: HttpRequest, code: str) -> HttpResponse | None:
    rows = Bundle.objects.filter(account_id=request_actor(request).account_id or 0, scene=code)
    last = rows.order_by("-opened_at").first() if request.method == "POST" else None
    return go(request, "bundle", last.pk) if last else None


@signed_in
@require_GET
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """/my/scenes/<pk>/ — all cases of one event of life on one page."""
    row = Bundle.objects.filter(pk=pk, account_id=request_actor(request).account_id or 0).first()
    if row is None:
        raise NotFound("no-such-bundle", "没有查到这件事", "no such bundle")
    cases = [link.case for link in row.links.select_related("case__unit")]
    lines = [
        {"case": c, "words": state_words(c), "colour": COLOURS.get(c.state, ""),
         "left": left_words(c.due_at, now()) if c.due_at and c.closed_at is None else ""}
        for c in cases
    ]
    done = sum(c.closed_at is not None for c in cases)
    return page(request, "bundle", {"bundle": row, "lines": lines, "done": done, "all": len(cases)})
