"""Applying: form, materials, a last look. Every page keeps what was typed; nothing is sent before the last button."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.cases.api import Handed, discard_draft, open_case, save_draft
from zhengwu.kernel.cases.models import Draft
from zhengwu.kernel.directory.api import Actor, masked_id, masked_phone, request_actor
from zhengwu.kernel.files.api import store
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.api import access_matter, require_runnable
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib import forms
from zhengwu.lib.forms_values import flatten
from zhengwu.lib.now import today
from zhengwu.lib.problem import Denied, Problem
from zhengwu.modules.hall.application import KIND

STEPS = ["填写申请", "提交材料", "核对提交"]


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
    return matter, actor, Draft.objects.filter(account_id=actor.account_id, matter=matter).first()


def _page(request: HttpRequest, name: str, matter: Matter, index: int, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    return render(
        request, f"hall/{name}.html", {"matter": matter, "steps": STEPS, "step": index, **more}, status=status
    )


def _with_a_row(schema: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """Repeating parts begin with one empty row, so that there is something to type into."""
    names = [
        n
        for n, part in schema.get("properties", {}).items()
        if part.get("type") == "array" and part.get("items", {}).get("type") == "object"
    ]
    empty = {n: [{}] for n in names if not any(k == n or k.startswith(f"{n}.") for k in typed)}
    return {**typed, **empty}


@login_required
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/ — the form of the matter, drawn from its JSON Schema."""
    matter, actor, draft = _start(request, code)
    schema = matter.form_schema
    if request.method == "POST":
        typed = {k: v for k, v in flatten(request.POST, schema).items() if k not in ("csrfmiddlewaretoken", "go")}
        try:
            save_draft(matter=matter, by=actor, form=typed)
        except Problem as problem:
            return _page(
                request,
                "apply_form",
                matter,
                0,
                problem=problem,
                status=422,
                sections=forms.section_list(forms.fields(schema, request.POST, {problem.field: problem.zh})),
            )
        if request.POST.get("go") == "later":
            messages.success(request, "已保存草稿，可随时在“我的办件”里继续")
            return redirect("hall:my")
        _, errors = forms.clean(schema, request.POST, ignore={"go"})
        if errors:
            sections = forms.section_list(forms.fields(schema, request.POST, errors))
            return _page(request, "apply_form", matter, 0, sections=sections, errors=errors, status=422)
        return redirect("hall:apply_materials", code=code)
    sections = forms.section_list(forms.fields(schema, _with_a_row(schema, draft.form if draft else {})))
    return _page(
        request,
        "apply_form",
        matter,
        0,
        sections=sections,
        draft=draft,
        account=request.user,
        masked_id=masked_id(request.user),
        masked_phone=masked_phone(request.user),
    )


@login_required
@require_http_methods(["GET", "POST"])
def materials(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/materials/ — one file a material; each is checked and kept as soon as it arrives."""
    matter, actor, draft = _start(request, code)
    if draft is None:
        return redirect("hall:apply", code=code)
    wanted = list(matter.materials.all())
    files = dict(draft.files)
    errors: dict[str, str] = {}
    if request.method == "POST":
        for material in wanted:
            name = f"material-{material.pk}"
            if upload := request.FILES.get(name):
                try:
                    stored = store(name=upload.name or "", stream=upload, owner=actor, purpose="material")
                    files[str(material.pk)] = str(stored.pk)
                except Problem as problem:
                    errors[name] = problem.zh
            elif request.POST.get(f"remove-{material.pk}"):
                files.pop(str(material.pk), None)
        draft = save_draft(matter=matter, by=actor, files=files)
        if request.POST.get("go") == "next" and not errors:
            missing = [m for m in wanted if m.required and str(m.pk) not in files]
            errors = {f"material-{m.pk}": f"请提交“{m.name}”" for m in missing}
            if not errors:
                return redirect("hall:apply_confirm", code=code)
    stored_by_id = {
        str(f.pk): f for f in StoredFile.objects.filter(pk__in=list(files.values()), owner_id=actor.account_id)
    }
    rows = [
        {
            "material": m,
            "file": stored_by_id.get(files.get(str(m.pk), "")),
            "error": errors.get(f"material-{m.pk}", ""),
            "name": f"material-{m.pk}",
        }
        for m in wanted
    ]
    return _page(request, "apply_materials", matter, 1, rows=rows, errors=errors, status=422 if errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/confirm/ — everything once more; the button submits exactly once."""
    matter, actor, draft = _start(request, code)
    if draft is None:
        return redirect("hall:apply", code=code)
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
                applicant=request.user,
                applicant_name=request.user.name,
                form=data,
                materials=handed,
                key=draft.key,
            )
        except Problem as problem:
            messages.error(request, problem.zh)
            return redirect("hall:apply_materials", code=code)
        discard_draft(matter=matter, by=actor)
        return redirect("hall:receipt", number=case.number)
    names = {f.name: f.label for f in forms.fields(matter.form_schema)}
    files = {str(f.pk): f for f in StoredFile.objects.filter(pk__in=list(draft.files.values()))}
    return _page(
        request,
        "apply_confirm",
        matter,
        2,
        facts=[(names.get(k, k), v) for k, v in data.items()],
        handed=[(wanted[pk].name, files.get(file)) for pk, file in draft.files.items() if pk in wanted],
    )
