"""The editor of a draft. With script a modeller in the page; without it the file, its picture and its elements."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.flow.api import LIMIT_UNITS, words
from zhengwu.kernel.flow.models import VersionState
from zhengwu.lib import frontend
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.pictures import picture
from zhengwu.modules.charts.reading import Reading, read, words_of
from zhengwu.modules.charts.selectors import draft_of
from zhengwu.modules.charts.services.drafts import drop, lay_out, outgoing, save, text_of
from zhengwu.modules.charts.views.definitions import bpmn, sent_file

SCRIPTS = [f"charts/{name}.js" for name in ("words", "palette", "fields", "panel", "editor")]


@require_GET
@never_cache
@require_role(Role.DESIGNER)
def page(request: HttpRequest, draft_id: int) -> HttpResponse:
    """/desk/charts/drafts/<id>/ — the workshop."""
    return _page(request, draft_of(draft_id, request_actor(request)), {})


def _page(request: HttpRequest, draft: Draft, more: dict[str, Any], status: int = 200) -> HttpResponse:
    reading = read(draft.xml)
    editing = draft.state == Draft.State.EDITING
    front = frontend.folder(settings.ROOT, settings.FRONT_DIR) is not None
    marks = {f.element: "fault" for f in reading.findings if f.grave}
    return render(request, "charts/draft.html", {
        "draft": draft, "definition": draft.definition, "reading": reading, "editing": editing, "front": front,
        "front_digest": frontend.digest(settings.ROOT), "picture": picture(draft.xml, marks=marks),
        "current": draft.definition.versions.filter(state=VersionState.PUBLISHED).first(), "scripts": SCRIPTS,
        "lead": f"草稿 {draft.pk} · {draft.get_origin_display()} · 修订 {draft.revision} · {draft.get_state_display()}",
        "heading": f"有 {reading.grave} 处须改正才能发布", "findings": words_of(reading.findings),
        "words_json": json.dumps(words() | {"limits": LIMIT_UNITS}, ensure_ascii=False),
        "findings_json": json.dumps(words_of(reading.findings), ensure_ascii=False), **more}, status=status)


@require_GET
@never_cache
@require_role(Role.DESIGNER)
def file(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The BPMN file of the draft; ``ETag`` is its revision."""
    draft = draft_of(draft_id, request_actor(request))
    response = bpmn(outgoing(draft), f"{draft.definition.key}-draft")
    response["ETag"] = f'"{draft.revision}"'
    return response


@require_POST
@require_role(Role.DESIGNER)
def save_drawing(request: HttpRequest, draft_id: int) -> JsonResponse:
    """The editor saves: JSON ``{"revision", "xml"}`` → revision, time, findings; 412 when somebody was faster."""
    try:
        sent = json.loads(request.body)
        revision, xml = int(sent["revision"]), str(sent["xml"])
        draft = save(draft_id=draft_id, revision=revision, xml=text_of(xml.encode()), by=request_actor(request))
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"message": "保存的内容不完整，请重新打开页面"}, status=400)
    except NotFound:
        raise
    except Problem as problem:
        return JsonResponse({"code": problem.code, "message": problem.zh}, status=problem.status)
    return JsonResponse(told(draft, read(draft.xml)))


def told(draft: Draft, reading: Reading) -> dict[str, Any]:
    """What the editor shows after a save."""
    return {"revision": draft.revision, "title": reading.title, "runs": reading.runs,
            "findings": words_of(reading.findings)}


@require_POST
@require_role(Role.DESIGNER)
def upload(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Replaces the drawing by a file; the way for whoever works without script or with another modeller."""
    actor = request_actor(request)
    try:
        name, data = sent_file(request)
        revision = whole(request.POST.get("revision", "")) or 0
        draft = save(draft_id=draft_id, revision=revision, xml=text_of(data), by=actor)
    except NotFound:
        raise
    except Problem as problem:
        return _page(request, draft_of(draft_id, actor), {"problem": problem}, problem.status)
    messages.success(request, f"已换成文件“{name}”，现在是修订 {draft.revision}")
    return redirect(reverse("charts:draft", args=[draft_id]) + "#elements")


@require_POST
@require_role(Role.DESIGNER)
def layout(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Draws the chart anew by machine."""
    actor = request_actor(request)
    try:
        lay_out(draft_id=draft_id, by=actor)
    except NotFound:
        raise
    except Problem as problem:
        return _page(request, draft_of(draft_id, actor), {"problem": problem}, problem.status)
    messages.success(request, "已自动排图")
    return redirect("charts:draft", draft_id)


@require_POST
@require_role(Role.DESIGNER)
def drop_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Gives the draft up."""
    draft = drop(draft_id=draft_id, by=request_actor(request))
    messages.success(request, "草稿已放弃")
    return redirect("charts:definition", draft.definition.key)
