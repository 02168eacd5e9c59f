"""The staff's list of powers, what waits at my gate, drafting, and one change with its gates."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.directory.api import Actor, Role, request_actor, require_role
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.api import MatterType
from zhengwu.kernel.matters.models import Law, Power, PowerVersion
from zhengwu.kernel.matters.powers import GROUNDS, blank, content_of
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.modules.powers import policies
from zhengwu.modules.powers.content import clean, faults, typed_of
from zhengwu.modules.powers.selectors import FLAGS, STATES, access_power, before, chapter, listed
from zhengwu.modules.powers.services.draft import draft_change, draft_power, edit_draft
from zhengwu.modules.powers.services.lapse import lapse_law
from zhengwu.modules.powers.services.publish import publish
from zhengwu.modules.powers.services.review import drop, review, submit
from zhengwu.modules.powers.views.public import page_of, power_facts, table_answer

Change = PowerVersion.Change
ENDING = (Change.MERGE, Change.DELEGATE, Change.CANCEL, Change.FILE)
KEYS = ("q", "division", "unit", "type", "family", "state", "flag", "law")


def _filters(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET.get(key, "") for key in KEYS}


@require_GET
@require_role()
def index(request: HttpRequest) -> HttpResponse:
    """/desk/powers/ — everything the actor may read, inner powers and drafts included."""
    actor = request_actor(request)
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "powers/desk.html", {
        "page": page_of(request, listed(actor, _filters(request))), "query": query.urlencode(),
        "may_draft": actor.has_role(*policies.DRAFTERS), "waiting": policies.waiting_for(actor).count(),
        "groups": [
            {"name": "family", "label": "类别", "options": list(Power.Family.choices)},
            {"name": "state", "label": "状态", "options": list(STATES)},
            {"name": "flag", "label": "提示", "options": list(FLAGS)},
            *([{"name": "unit", "label": "单位", "options": _own_units(actor)}] if _own_units(actor) else []),
        ]})


def _own_units(actor: Actor) -> list[tuple[str, str]]:
    units = Unit.objects.filter(pk__in=actor.unit_ids(*policies.DRAFTERS)).order_by("sort_key")
    return [(str(u.pk), u.short_name) for u in units]


@require_GET
@require_role()
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The desk's list with its filters as a file."""
    return table_answer("powers", "权责清单", listed(request_actor(request), _filters(request)), kind)


@require_GET
@require_role()
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """/desk/powers/<code>/ — the power, changes on their way, and what may be begun."""
    actor = request_actor(request)
    power = access_power(actor, code)
    mine = policies.may_draft(actor, power.unit)
    open_now = policies.versions_visible_to(actor).filter(power=power).open().first()
    standing = power.valid_from is not None and power.valid_to is None
    return render(request, "powers/desk_power.html", {
        **power_facts(power, inner=True), "open": open_now, "mine": mine,
        "may_change": mine and standing and open_now is None, "ending": [(c.value, c.label) for c in ENDING]})


@require_GET
@require_role()
def changes(request: HttpRequest) -> HttpResponse:
    """/desk/powers/changes/ — what waits at my gate, what my unit has on its way, what was published lately."""
    actor = request_actor(request)
    state = request.GET.get("state", "")
    rows = policies.versions_visible_to(actor).select_related("power__unit").order_by("-changed_at", "-pk")
    if state == "mine":
        rows = rows.filter(pk__in=policies.waiting_for(actor).values("pk"))
    elif state in PowerVersion.State.values:
        rows = rows.filter(state=state)
    else:
        rows = rows.filter(drafted_by__isnull=False)
    return render(request, "powers/changes.html", {
        "page": page_of(request, rows),
        "groups": [{"name": "state", "label": "进度", "options": [
            ("mine", "待我办理", policies.waiting_for(actor).count()), *PowerVersion.State.choices]}]})


@require_http_methods(["GET", "POST"])
@require_role(*policies.DRAFTERS)
def new(request: HttpRequest) -> HttpResponse:
    """/desk/powers/new/ — a new power of one of my units."""
    actor = request_actor(request)
    units = _own_units(actor)
    typed = {**typed_of(blank()), "unit": units[0][0] if units else "", "ground": "A1"}
    if request.method == "GET":
        return _form(request, typed, {}, units=units, change=Change.NEW)
    typed |= request.POST.dict()
    content, errors = clean(request.POST.dict())
    unit = Unit.objects.filter(pk=whole(request.POST.get("unit", "")) or 0).first()
    if unit is None:
        errors["unit"] = "请选择单位"
    if errors or unit is None:
        return _form(request, typed, errors, units=units, change=Change.NEW, status=422)
    try:
        version = draft_power(unit=unit, content=content, ground=request.POST.get("ground", ""),
                              reason=request.POST.get("reason", ""), by=actor)
    except Invalid as problem:
        return _form(request, typed, problem.errors, units=units, change=Change.NEW, status=422)
    messages.success(request, "已存为草稿，核对无误后送审")
    return redirect("powers:change", version.pk)


@require_http_methods(["GET", "POST"])
@require_role(*policies.DRAFTERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/powers/changes/<id>/edit/ — a draft, its fields and its ground."""
    actor = request_actor(request)
    version = _version(actor, pk)
    typed = {**typed_of(version.content), "ground": version.ground, "reason": version.reason}
    if request.method == "GET":
        return _form(request, typed, {}, change=version.change, version=version)
    typed |= request.POST.dict()
    typed["government"] = request.POST.get("government", "")
    content, errors = clean(request.POST.dict(), power=version.power)
    if not errors:
        try:
            edit_draft(version_id=pk, content=content, ground=request.POST.get("ground", ""),
                       reason=request.POST.get("reason", ""), by=actor)
            messages.success(request, "草稿已保存")
            return redirect("powers:change", pk)
        except Invalid as problem:
            errors = problem.errors
    return _form(request, typed, errors, change=version.change, version=version, status=422)


@require_http_methods(["GET", "POST"])
@require_role(*policies.DRAFTERS)
def alter(request: HttpRequest, code: str) -> HttpResponse:
    """/desk/powers/<code>/alter/ — new content for a power that stands."""
    actor = request_actor(request)
    power = access_power(actor, code)
    typed = {**typed_of(content_of(power)), "ground": "B2", "reason": ""}
    if request.method == "GET":
        return _form(request, typed, {}, change=Change.CHANGE, power=power)
    typed |= request.POST.dict()
    typed["government"] = request.POST.get("government", "")
    content, errors = clean(request.POST.dict(), power=power)
    if not errors:
        try:
            version = draft_change(code=code, change=Change.CHANGE, ground=request.POST.get("ground", ""),
                                   reason=request.POST.get("reason", ""), by=actor, content=content)
            return redirect("powers:change", version.pk)
        except Invalid as problem:
            errors = problem.errors
    return _form(request, typed, errors, change=Change.CHANGE, power=power, status=422)


@require_http_methods(["GET", "POST"])
@require_role(*policies.DRAFTERS)
def end(request: HttpRequest, code: str, change: str) -> HttpResponse:
    """/desk/powers/<code>/end/<change>/ — merge, delegate, cancel, convert to filing: the ground and who goes on."""
    actor = request_actor(request)
    power = access_power(actor, code)
    if change not in ENDING:
        raise NotFound("no-such-change", "没有这种变动", "no such change")
    errors: dict[str, str] = {}
    if request.method == "POST":
        target = Power.objects.filter(pk=whole(request.POST.get("target", "")) or 0).first()
        receivers = [n for text in request.POST.getlist("receivers") if (n := whole(text)) is not None]
        try:
            version = draft_change(code=code, change=change, ground=request.POST.get("ground", ""), by=actor,
                                   reason=request.POST.get("reason", ""), target=target, receivers=receivers)
            return redirect("powers:change", version.pk)
        except Invalid as problem:
            errors = problem.errors
    others = Power.objects.filter(unit=power.unit, valid_to=None, valid_from__isnull=False).exclude(pk=power.pk)
    below = Unit.objects.filter(kind__in=["township", "village"], path__startswith=power.unit.parent.path
                                if power.unit.parent else power.unit.path).order_by("sort_key")
    return render(request, "powers/end.html", {
        "power": power, "change": change, "label": Change(change).label, "errors": errors,
        "typed": {**request.POST.dict(), "receivers": request.POST.getlist("receivers")},
        "grounds": _grounds(change), "targets": [(p.pk, p.name) for p in others[:500]],
        "units": [(u.pk, u.name) for u in below.filter(kind="township")[:200]]}, status=422 if errors else 200)


@require_GET
@require_role()
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """/desk/powers/changes/<id>/ — what is to change, why, where it stands, and what I may do."""
    return _change(request, _version(request_actor(request), pk), {})


def _change(request: HttpRequest, version: PowerVersion, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = request_actor(request)
    stages = [s for s in PowerVersion.State if s not in ("dropped",)]
    content = version.content
    leads = content["government"] or content["type"] >= "61"
    steps = [s.label for s in stages if s != "leader" or leads]
    receivers = Unit.objects.filter(pk__in=version.receivers).order_by("sort_key")
    needs = faults(version.content) if version.change in (Change.NEW, Change.CHANGE) else {}
    return render(request, "powers/change.html", {
        "version": version, "power": version.power, "chapter": chapter(version, before(version)), "steps": steps,
        "shown": typed_of(version.content), "needs": needs if version.state == "draft" else {},
        "type_label": MatterType(version.content["type"]).label, "receivers": list(receivers), "today": today(),
        "limit": Limit(content["limit_n"], LimitUnit(content["limit_unit"])).label if content["limit_n"] else "",
        "chart_title": Definition.objects.filter(key=content["chart"]).values_list("title", flat=True).first(),
        "may_edit": version.state == "draft" and policies.may_draft(actor, version.power.unit),
        "may_submit": policies.may_submit(actor, version), "may_review": policies.may_review(actor, version),
        "may_publish": policies.may_publish(actor, version),
        "may_drop": version.state in PowerVersion.OPEN and policies.may_draft(actor, version.power.unit), **more},
        status=status)


@require_POST
@require_role()
def act(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Submits, reviews, publishes or drops; a refusal is shown on the change's page with what was typed."""
    actor = request_actor(request)
    words = request.POST.get("opinion", "")
    deeds: dict[str, Callable[[], PowerVersion]] = {
        "submit": lambda: submit(version_id=pk, by=actor),
        "pass": lambda: review(version_id=pk, passes=True, opinion=words, by=actor),
        "return": lambda: review(version_id=pk, passes=False, opinion=words, by=actor),
        "publish": lambda: publish(version_id=pk, effective=_day(request.POST.get("effective", "")), by=actor),
        "drop": lambda: drop(version_id=pk, by=actor),
    }
    if deed not in deeds:
        raise NotFound("no-such-deed", "没有这个操作", "no such deed")
    try:
        version = deeds[deed]()
    except NotFound:
        raise
    except Problem as problem:
        return _change(request, _version(actor, pk), {
            "problem": problem, "opinion": words, "effective": request.POST.get("effective", ""),
            "errors": problem.extra.get("errors", {})}, problem.status)
    messages.success(request, f"“{version.power.name}”：{version.get_state_display()}")
    return redirect("powers:change", pk)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid({"effective": "请填写生效日期，如2027-01-01"}) from error


def _version(actor: Actor, pk: int) -> PowerVersion:
    version = (policies.versions_visible_to(actor).select_related("power__unit", "power__division", "target")
               .filter(pk=pk).first())
    if version is None:
        raise NotFound("no-such-change", "没有这项变动，或者您无权查看", "no such change for you")
    return version


def _grounds(change: str) -> list[tuple[str, str]]:
    return [(code, f"{code} {words}") for code, (words, allowed) in GROUNDS.items() if change in allowed]


def _form(request: HttpRequest, typed: dict[str, Any], errors: dict[str, str], *, change: str,
          units: list[tuple[str, str]] | None = None, version: PowerVersion | None = None, power: Power | None = None,
          status: int = 200) -> HttpResponse:
    """The form of a power's content, filled as typed."""
    actor = request_actor(request)
    divisions = {p.division for p in actor.posts if p.role in policies.DRAFTERS}
    leaders = Unit.objects.filter(division_id__in=divisions, kind__in=["organ", "group", "area"]).order_by("sort_key")
    charts = Definition.objects.filter(versions__state="published").order_by("title")
    return render(request, "powers/form.html", {
        "typed": typed, "errors": errors, "units": units, "version": version, "change": change,
        "power": power or (version.power if version else None), "label": Change(change).label,
        "types": MatterType.choices, "charts": [(c.key, c.title) for c in charts],
        "limits": [(u.value, u.label) for u in LimitUnit],
        "openness": Power.Openness.choices, "grounds": _grounds(change),
        "leaders": [(u.pk, u.name) for u in leaders]}, status=status)


@require_http_methods(["GET", "POST"])
@require_role(Role.LEGAL, Role.STAFFING)
def laws(request: HttpRequest) -> HttpResponse:
    """/desk/powers/laws/ — the laws the list rests on; a gate's keeper says when one lapses."""
    actor = request_actor(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        text = request.POST.get("on", "").strip()
        try:
            on = date.fromisoformat(text) if text else None
            powers = lapse_law(law_id=whole(request.POST.get("law", "")) or 0, on=on, by=actor)
            messages.success(request, f"已登记，涉及{len(powers)}项权力" + ("，已通知各单位审核人" if on else ""))
            return redirect("powers:laws")
        except ValueError:
            errors["on"] = "失效日期应写成2027-01-01"
        except Denied as problem:
            errors[""] = problem.zh
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    return render(request, "powers/laws.html", {
        "page": page_of(request, _laws(words, request.GET.get("state", ""))), "errors": errors,
        "may": bool(policies.gate_divisions(actor)), "typed": request.POST.dict(),
        "groups": [{"name": "state", "label": "状态", "options": [("lapsed", "已失效"), ("force", "现行有效")]}],
    }, status=422 if errors else 200)


def _laws(words: str, state: str) -> Any:
    from django.db.models import Count, Q

    rows = Law.objects.annotate(powers=Count("bases__power", distinct=True)).order_by("-powers", "name")
    gone = Q(valid_to__isnull=False, valid_to__lte=today())
    if state in ("lapsed", "force"):
        rows = rows.filter(gone) if state == "lapsed" else rows.exclude(gone)
    return rows.filter(name__icontains=words) if words else rows
