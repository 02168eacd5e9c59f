"""行政许可公示: list, detail, feed, proof (行政许可法 §40), and taking back."""

from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_GET, require_POST

from zhengwu.kernel.directory.api import request_actor, require_role
from zhengwu.kernel.ledger.api import events_of, proof_text
from zhengwu.kernel.publishing.decisions import KIND
from zhengwu.kernel.publishing.models import Publication, PublicationQuerySet
from zhengwu.kernel.publishing.selectors import (
    Period,
    access_publication,
    published,
    publishing_divisions,
    publishing_units,
)
from zhengwu.kernel.publishing.services.publish import MAY_WITHDRAW, may_withdraw, withdraw
from zhengwu.lib.numbers import whole
from zhengwu.lib.paging import aware, decode, encode
from zhengwu.lib.problem import NotFound, Problem
from zhengwu.ui.context import city

PAGE = 30
FEED = 50
EVENT_WORDS = {"publication.published": "公开", "publication.changed": "更正", "publication.withdrawn": "撤下"}


def _filtered(request: HttpRequest) -> PublicationQuerySet:
    """By division, unit and day or month. Raises Problem for a period that is none."""
    unit = request.GET.get("unit", "")
    when = request.GET.get("when", "").strip()
    return published(kind=KIND, division=request.GET.get("division", "")[:12],
                     unit_id=whole(unit),
                     period=Period.of(when) if when else None)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """/publicity/ — newest first, by cursor; filters in the address."""
    context: dict[str, Any] = {"divisions": [(d.code, d.name) for d in publishing_divisions(KIND)]}
    division = request.GET.get("division", "")[:12]
    context["units"] = [(u.pk, u.name) for u in publishing_units(KIND, division)] if division else []
    context["query"] = request.GET
    try:
        rows = _filtered(request)
        if cursor := request.GET.get("cursor", ""):
            at, pk = decode(cursor, aware, int)
            rows = rows.filter(published_at__lte=at).exclude(published_at=at, pk__gte=pk)
        found = list(rows[: PAGE + 1])
    except Problem as problem:
        return render(request, "publishing/list.html", context | {"problem": problem}, status=problem.status)
    last = found[PAGE - 1] if len(found) > PAGE else None
    page = SimpleNamespace(next=encode(last.published_at.isoformat(), last.pk) if last else None, previous=None)
    return render(request, "publishing/list.html", context | {"rows": found[:PAGE], "page": page})


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """/publicity/<id>/ — one decision; a withdrawn one says only since when and why (410)."""
    return _detail(request, access_publication(pk, KIND))


def _detail(request: HttpRequest, row: Publication, problem: Problem | None = None) -> HttpResponse:
    events = [{"at": e.at, "title": EVENT_WORDS.get(e.kind, e.kind), "unit": e.unit, "note": e.data.get("reason", ""),
               "proof_url": reverse("publishing:proof", args=[row.pk, e.seq])} for e in events_of(row.stream)]
    context = {"row": row, "events": events, "problem": problem,
               "may_withdraw": may_withdraw(request_actor(request), row)}
    status = problem.status if problem else 410 if row.withdrawn_at else 200
    return render(request, "publishing/detail.html", context, status=status)


@require_GET
def proof(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """The ledger's proof that something was published, changed or withdrawn; nothing of its content is in it."""
    event = events_of(access_publication(pk, KIND).stream).filter(seq=seq).first()
    if event is None:
        raise NotFound("no-such-event", "没有这一条存证", "no such event")
    return HttpResponse(proof_text(event), content_type="application/json; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="proof-publicity-{pk}-{seq}.json"'})


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """The newest FEED entries of the same list as Atom (RFC 4287), with the same filters."""
    home = request.build_absolute_uri(reverse("publishing:publicity"))
    out = Atom1Feed(title=f"{city()}行政许可公示", link=home, description="行政许可决定自作出之日起公开",
                    language="zh-CN", feed_url=request.build_absolute_uri())
    for row in _filtered(request)[:FEED]:
        address = request.build_absolute_uri(reverse("publishing:detail", args=[row.pk]))
        out.add_item(title=row.title, link=address, description=row.summary, pubdate=row.published_at,
                     updateddate=row.published_at, author_name=row.unit.name, unique_id=address)
    return HttpResponse(out.writeString("utf-8"), content_type=out.content_type)


@require_POST
@require_role(*MAY_WITHDRAW)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraws with a reason; a refusal is shown on the page itself."""
    row = access_publication(pk, KIND)
    try:
        withdraw(kind=row.kind, key=row.key, reason=request.POST.get("reason", ""), by=request_actor(request))
    except Problem as problem:
        return _detail(request, row, problem)
    messages.success(request, "已撤下，公示页面会说明时间和原因")
    return redirect("publishing:detail", pk=pk)
