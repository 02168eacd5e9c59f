"""Applying, second page: one file a material; each is checked and kept as soon as it arrives."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhengwu.kernel.files.api import store
from zhengwu.kernel.files.models import StoredFile
from zhengwu.lib.problem import Problem
from zhengwu.modules.hall.applying import Application, begin
from zhengwu.modules.hall.views.apply import draw
from zhengwu.modules.hall.views.face import address, go, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def materials(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/apply/materials/ — what the answers ask for; what a certificate in force shows is not asked."""
    application = begin(request, code)
    if application.draft is None or not application.guided:
        return go(request, "apply", code)
    wanted = [m for m in application.wanted if m.pk not in application.spared]
    files, errors = application.files, dict[str, str]()
    if request.method == "POST":
        files, errors = take_files(request, application.actor, wanted, files)
        application.save(files=files)
        if request.POST.get("go") == "next":
            missing = [m for m in wanted if m.required and str(m.pk) not in files]
            errors |= {f"material-{m.pk}": f"请提交“{m.name}”" for m in missing if f"material-{m.pk}" not in errors}
            if not errors:
                return go(request, "apply_confirm", code)
        elif not errors:
            return go(request, "apply_materials", code)
    return draw(
        request,
        "apply_materials",
        application,
        1,
        rows=material_rows(wanted, files, errors, application.actor.account_id),
        spared=_spared(application),
        handed_words=f"已上传{len(files)}份。" if files else "",
        errors=errors,
        back=address(request, "apply", code),
        status=422 if errors else 200,
    )


def _spared(application: Application) -> list[tuple[str, str, str]]:
    found = application.spared
    return [(m.name, found[m.pk].words, found[m.pk].url) for m in application.wanted if m.pk in found]


def take_files(
    request: HttpRequest, actor: Any, wanted: list[Any], files: dict[str, str]
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


def material_rows(
    wanted: list[Any], files: dict[str, str], errors: dict[str, str], account_id: int | None
) -> list[dict[str, Any]]:
    """One row a material, with the file handed in so far and what is wrong."""
    stored = {str(f.pk): f for f in StoredFile.objects.filter(pk__in=list(files.values()), owner_id=account_id)}
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
