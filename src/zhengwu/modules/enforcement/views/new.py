"""立案: choose the power, then who, what and by whom."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhengwu.kernel.cases.api import new_key
from zhengwu.kernel.directory.api import Role, request_actor, require_role
from zhengwu.kernel.matters.api import refusal
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Invalid, Problem
from zhengwu.modules.enforcement.families import BY_TYPE, FAMILIES
from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.selectors import access_power, powers
from zhengwu.modules.enforcement.services.start import PartyIn, officers_of, open_affair

TEAM_ROWS = 4
FIELDS = ("subject", "source", "facts", "place", "happened_on", "party_kind", "party_name", "party_number",
          "party_phone", "key")


@require_GET
@require_role(Role.OFFICER)
def choose(request: HttpRequest) -> HttpResponse:
    """/desk/enforcement/new/ — the powers of my unit, by family; those that do not run say why."""
    groups: dict[str, list[tuple[Matter, str]]] = {family.title: [] for family in FAMILIES.values()}
    for matter, why in powers(request_actor(request)):
        groups[BY_TYPE[matter.master.type].title].append((matter, why))
    return render(request, "enforcement/choose.html", {"groups": [g for g in groups.items() if g[1]]})


def typed_team(request: HttpRequest) -> list[tuple[int, str]]:
    """Rows of the team form: account and badge; empty rows fall away."""
    rows = zip(request.POST.getlist("officer"), request.POST.getlist("badge"), strict=False)
    return [(pk, badge) for text, badge in rows if (pk := whole(text)) is not None]


def team_rows(team: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """Rows to show: those typed or kept, then empty ones."""
    rows = [(str(pk), badge) for pk, badge in team]
    return [*rows, *[("", "")] * max(1, TEAM_ROWS - len(rows))]


@require_http_methods(["GET", "POST"])
@require_role(Role.OFFICER)
def form(request: HttpRequest, code: str) -> HttpResponse:
    """/desk/enforcement/new/<code>/ — opens the case; a refusal comes back with everything that was typed."""
    actor = request_actor(request)
    matter = access_power(actor, code)
    if request.method == "GET":
        me = actor.account_id or 0
        typed = {"key": new_key(), "party_kind": "enterprise", "source": "inspection"}
        return _page(request, matter, typed, [(me, "")], {})
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    team = typed_team(request)
    try:
        affair = open_affair(
            matter=matter, by=actor, subject=typed["subject"], source=typed["source"], facts=typed["facts"],
            place=typed["place"], happened_on=_day(typed["happened_on"]), team=team,
            party=PartyIn(typed["party_kind"], typed["party_name"], typed["party_number"], typed["party_phone"]),
            form={"level": request.POST["level"]} if request.POST.get("level") else {}, key=typed["key"][:80])
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        more = {"problem": problem, "errors": getattr(problem, "errors", {problem.field: problem.zh})}
        return _page(request, matter, typed | {"level": request.POST.get("level", "")}, team, more)
    messages.success(request, f"已登记：{affair.subject}（{affair.case.number}）")
    return redirect("enforcement:affair", number=affair.case.number)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"happened_on": "日期应写成2026-01-31"}) from None


def _page(request: HttpRequest, matter: Matter, typed: dict[str, Any], team: list[tuple[int, str]],
          more: dict[str, Any]) -> HttpResponse:
    family, problem = BY_TYPE[matter.master.type], more.get("problem")
    why = refusal(matter, today())
    choices = [(row.account_id, row.account.name) for row in officers_of(matter.unit_id)]
    level = matter.form_schema.get("properties", {}).get("level")
    return render(request, "enforcement/new.html", {
        "matter": matter, "family": family, "typed": typed, "team": team_rows(team), "officers": choices,
        "sources": Affair.Source.choices, "kinds": Affair.Party.choices[:2], "refusal": why.zh if why else "",
        "levels": [("department", "本部门权限内"), ("government", "须报本级政府审批")] if level else [],
        "subject_label": "案由" if family.party else "事由", **more}, status=problem.status if problem else 200)
