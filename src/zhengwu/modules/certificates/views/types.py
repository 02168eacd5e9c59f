"""The catalogue of certificate types (证照类型目录): list, page to edit, publish."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.directory.models import Unit
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Problem
from zhengwu.modules.certificates.models import CertificateType
from zhengwu.modules.certificates.services.types import may_edit, publish_type, save_draft

ROLES = (Role.HEAD, Role.LEADER, Role.CENTRE, Role.DESIGNER)
PLAIN = ("code", "name", "holder", "validity", "face", "basis", "years", "renew_before")


@require_GET
@require_role(*ROLES)
def type_list(request: HttpRequest) -> HttpResponse:
    """/desk/certificates/types/ — every type with its newest version; older ones behind it."""
    rows = list(CertificateType.objects.select_related("definer"))
    shown: dict[str, dict[str, Any]] = {}
    for row in rows:
        shown.setdefault(row.code, {"newest": row, "older": []})
        if row is not shown[row.code]["newest"]:
            shown[row.code]["older"].append(row)
    return render(request, "certificates/types.html", {"types": list(shown.values())})


@require_http_methods(["GET", "POST"])
@require_role(*ROLES)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One type; saving makes or changes the draft of the next version."""
    actor = request_actor(request)
    found = get_object_or_404(CertificateType.objects.select_related("definer"), pk=pk) if pk else None
    definer = found.definer if found else Unit.objects.get(pk=actor.posts[0].unit_id)
    typed = _typed(request, found)
    context: dict[str, Any] = {
        "found": found,
        "definer": definer,
        "typed": typed,
        "errors": {},
        "types": CertificateType,
        "may": may_edit(actor, definer.pk),
    }
    status = 200
    if request.method == "POST":
        data = {
            **typed,
            "years": whole(typed["years"]),
            "renew_before": whole(typed["renew_before"]),
            "fields": [
                (label.strip(" *"), "*" in label) for label in typed["fields"].splitlines() if label.strip()
            ],
        }
        try:
            draft = save_draft(code=found.code if found else typed["code"].strip().upper(), definer=definer, data=data,
                               by=actor)
        except Problem as problem:
            context |= {"problem": problem, "errors": problem.extra.get("errors", {})}
            status = problem.status
        else:
            messages.success(request, f"草稿已保存（第{draft.version}版），公布后生效")
            return redirect("certificates:type", pk=draft.pk)
    return render(request, "certificates/type.html", context, status=status)


def _typed(request: HttpRequest, found: CertificateType | None) -> dict[str, str]:
    """What stands in the form: as typed, else as it is. Face items are lines, a star marks what is required."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in (*PLAIN, "fields")}
    if found is None:
        return {**dict.fromkeys(PLAIN, ""), "holder": "any", "validity": "years", "face": "certificate", "years": "5",
                "renew_before": "30", "fields": "经营场所 *\n经营项目 *"}
    lines = "\n".join(f["label"] + (" *" if f["required"] else "") for f in found.fields)
    return {name: str(getattr(found, name) or "") for name in PLAIN} | {"fields": lines}


@require_POST
@require_role(*ROLES)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes a draft; from then on certificates of the type are issued by it."""
    try:
        done = publish_type(type_id=pk, by=request_actor(request))
    except Problem as problem:
        messages.error(request, problem.zh)
        return redirect("certificates:type", pk=pk)
    messages.success(request, f"“{done.name}”第{done.version}版已公布")
    return redirect("certificates:types")
