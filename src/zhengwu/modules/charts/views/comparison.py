"""Two versions, or a version and a draft, side by side."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengwu.kernel.directory.api import Actor, request_actor, require_role
from zhengwu.kernel.flow.api import ChartError
from zhengwu.kernel.flow.models import Definition
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound
from zhengwu.modules.charts import selectors
from zhengwu.modules.charts.comparing import compare
from zhengwu.modules.charts.pictures import picture
from zhengwu.modules.charts.policies import READERS, is_designer


class Side(NamedTuple):
    """One of the two: ``code`` as it stands in the address (``3``, ``d12``)."""

    code: str
    label: str
    xml: str


@require_GET
@require_role(*READERS)
def page(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/charts/of/<key>/compare/?a=1&b=2 — by default the last two."""
    definition = selectors.definition_of(key)
    sides = sides_of(definition, request_actor(request))
    context = {"definition": definition, "sides": [(s.code, s.label) for s in sides]}
    if len(sides) < 2:
        return render(request, "charts/compare.html", context)
    before = _chosen(sides, request.GET.get("a", ""), sides[-2])
    after = _chosen(sides, request.GET.get("b", ""), sides[-1])
    context |= {"before": before, "after": after}
    try:
        found = compare(before.xml, after.xml)
    except ChartError as error:
        return render(request, "charts/compare.html", context | {"unfit": error.zh})
    return render(request, "charts/compare.html", context | {
        "found": found, "added": found.count("added"), "removed": found.count("removed"),
        "changed": found.count("changed"),
        "before_picture": picture(before.xml, marks=found.marks("removed", "changed")),
        "after_picture": picture(after.xml, marks=found.marks("added", "changed"))})


def sides_of(definition: Definition, actor: Actor) -> list[Side]:
    """What can be compared: versions by number, then (for designers) open drafts."""
    rows = [Side(str(v.number), f"第 {v.number} 版（{v.get_state_display()}）", v.xml)
            for v in reversed(selectors.versions_of(definition))]
    if is_designer(actor):
        rows += [Side(f"d{d.pk}", f"草稿 {d.pk}（修订 {d.revision}）", d.xml)
                 for d in reversed(selectors.open_drafts(definition))]
    return rows


def _chosen(sides: list[Side], code: str, otherwise: Side) -> Side:
    if not code:
        return otherwise
    found = next((s for s in sides if s.code == code), None)
    if found is None or (code[:1] != "d" and whole(code) is None):
        raise NotFound("no-such-version", "没有这个版本", "no such version")
    return found
