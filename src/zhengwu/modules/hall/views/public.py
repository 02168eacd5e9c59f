"""What everybody can read: the hall's front page, the list of matters, a guide, search, progress by query code."""

import re
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from zhengwu.kernel.cases.api import access_by_code
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import address_of, request_actor
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.api import chart_of, draw
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.matters.api import MatterType, access_matter, find
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.kernel.search.api import search
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Problem
from zhengwu.modules.hall.views.showing import progress_context

PAGE = 20
CASE_NUMBER = re.compile(r"[0-9]{6}[0-9A-Za-z]{17}")
CONTENTS = [
    ("name", "一、事项"),
    ("basis", "二、设定依据"),
    ("procedure", "三、办理程序"),
    ("materials", "四、条件和材料"),
    ("limits", "五、时限"),
    ("fee", "六、收费"),
    ("place", "在哪里办、问谁"),
]
"""The six disclosures (六公开) and the place, as the guide's own table of contents."""


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """/ — find a matter first; what is new and how the city does comes after."""
    counties = list(Division.objects.filter(level=Division.Level.COUNTY).order_by("code"))
    themes = list(find().order_by().values_list("master__theme").annotate(n=Count("id")).order_by("-n")[:12])
    return render(
        request,
        "hall/front.html",
        {
            "counties": counties,
            "themes": [(name, n) for name, n in themes if name],
            "week": _week(),
            "popular": list(find().filter(complete=True)[:6]),
        },
    )


def _week() -> dict[str, Any]:
    """This week as the windows count it: which days are worked, which are gone, and what that means today."""
    day, calendar = today(), book().calendar
    monday = day - timedelta(days=day.weekday())
    days = []
    for offset in range(7):
        shown = monday + timedelta(days=offset)
        works = calendar.is_working(shown.toordinal())
        days.append(
            {"date": shown, "works": works, "gone": shown < day, "today": shown == day, "word": "班" if works else "休"}
        )
    if calendar.is_working(day.toordinal()):
        return {"today": day, "days": days, "words": "窗口今天 09:00–17:00 办公；网上随时可以申请。"}
    opens = day + timedelta(days=1)
    while not calendar.is_working(opens.toordinal()):
        opens += timedelta(days=1)
    words = f"窗口今天休息，{opens.month}月{opens.day}日办公；网上随时可以申请，休息日不计入时限。"
    return {"today": day, "days": days, "words": words}


@require_GET
def matters(request: HttpRequest) -> HttpResponse:
    """/matters/ — by county, unit, kind, type, audience, theme and words; every filter is in the address."""
    query = request.GET
    rows = find(
        division=query.get("division", "")[:12],
        unit_id=whole(query.get("unit", "")),
        kind=query.get("kind", ""),
        type=query.get("type", ""),
        audience=query.get("audience", ""),
        theme=query.get("theme", ""),
    )
    words = query.get("q", "").strip()[:100]
    if words:
        hits = search(words, kinds=["matter"], division=query.get("division") or None, limit=200)
        rows = rows.filter(code__in=[hit.key for hit in hits.rows])
    page = Paginator(rows, PAGE).get_page(query.get("page"))
    division = Division.objects.filter(code=query.get("division", "")[:12]).first()
    unit = _unit(query.get("unit", ""))
    return render(
        request,
        "hall/matters.html",
        {
            "page": page,
            "words": words,
            "division": division,
            "unit": unit,
            "groups": _groups(),
            "units": _units(division) if division else [],
            "unit_title": f"实施单位：{unit.name}" if unit else "按实施单位找",
            "heading": _heading(page.paginator.count, words, division, unit, query.get("theme", "")[:20]),
        },
    )


def _heading(count: int, words: str, division: Division | None, unit: Unit | None, theme: str) -> str:
    """What the list shows, in one line."""
    about = [
        division.name if division else "",
        unit.short_name if unit else "",
        f"主题“{theme}”" if theme else "",
        f"与“{words}”有关" if words else "",
    ]
    shown = "，".join(part for part in about if part)
    return f"{shown}，共{count:,}项" if shown else f"共{count:,}项"


def _unit(text: str) -> Unit | None:
    number = whole(text)
    return Unit.objects.filter(pk=number).first() if number else None


def _units(division: Division) -> list[Unit]:
    return list(
        Unit.objects.filter(matters__division=division, matters__status=Matter.Status.PUBLISHED)
        .distinct()
        .order_by("sort_key")
    )


def _groups() -> list[dict[str, Any]]:
    areas = Division.objects.filter(level__in=[Division.Level.CITY, Division.Level.COUNTY]).order_by("code")
    return [
        {"name": "division", "label": "地区", "options": [(d.code, d.name) for d in areas]},
        {"name": "audience", "label": "对象", "options": [("person", "个人"), ("enterprise", "法人")]},
        {"name": "kind", "label": "办件", "options": list(Matter.Kind.choices)},
        {"name": "type", "label": "类型", "options": [c for c in MatterType.choices if c[0] not in ("02", "03")]},
    ]


@require_GET
@cache_control(private=True, max_age=0)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """/matters/<code>/ — the six disclosures and the chart that runs."""
    matter = access_matter(code)
    version = Version.objects.filter(definition_id=matter.chart_id, state=VersionState.PUBLISHED).first()
    materials = list(matter.materials.all())
    in_force = (
        matter.status == Matter.Status.PUBLISHED
        and matter.valid_from <= today()
        and (matter.valid_to is None or today() < matter.valid_to)
    )
    return render(
        request,
        "hall/guide.html",
        {
            "matter": matter,
            "materials": materials,
            "required": [m for m in materials if m.required],
            "svg": mark_safe(draw(version.xml)) if version else "",  # noqa: S308 - drawn by ourselves
            **_guide_words(matter, materials),
            "version": version,
            "chart_text": _chart_words(version),
            "joint": list(matter.joint_units.select_related("unit")) if matter.kind == Matter.Kind.JOINT else [],
            "in_force": in_force,
            "can_apply": in_force and matter.online,
            "contents": CONTENTS,
            "deadline_url": f"/deadline/?start={today()}&limit={matter.promised_n}&unit={matter.promised_unit}",
        },
    )


def _guide_words(matter: Matter, materials: list[Material]) -> dict[str, Any]:
    """The guide's pairs, in the order of the six disclosures."""
    shown = [
        {
            "name": m.name,
            "copies": m.originals + m.copies,
            "form": m.get_form_display(),
            "required": m.required,
            "note": "；".join(part for part in (m.note, f"来源：{m.source}") if part),
            "state": "",
        }
        for m in materials
    ]
    return {
        "about": [
            ("事项名称", matter.name),
            ("实施编码", matter.code),
            ("事项类型", matter.master.get_type_display()),
            ("实施主体", matter.unit.name),
            ("服务对象", _audience(matter)),
            ("办件类型", matter.get_kind_display()),
            ("办理结果", matter.result_name),
        ],
        "limits": [
            ("承诺办结时限", matter.promised.label),
            ("法定办结时限", matter.lawful.label),
            ("受理答复", "收到申请后5个工作日内一次告知"),
        ],
        "place": [
            ("办理地点", f"{matter.point.name}（{matter.point.address}）"),
            ("窗口", f"{matter.window.number}号 {matter.window.name}" if matter.window else ""),
            ("办公时间", matter.point.hours_text),
            ("咨询电话", matter.phone),
            ("监督电话", matter.complaint_phone),
        ],
        "shown_materials": shown,
        "division_url": f"/matters/?division={matter.division_id}",
    }


def _chart_words(version: Version | None) -> str:
    """The drawing for those who hear it."""
    return f"图中的环节有：{'、'.join(n.name for n in chart_of(version.pk).tasks())}。" if version else ""


def _audience(matter: Matter) -> str:
    return "、".join(
        word for on, word in ((matter.master.for_person, "自然人"), (matter.master.for_enterprise, "法人")) if on
    )


@require_GET
def site_search(request: HttpRequest) -> HttpResponse:
    """/search/ — everything public; a case number goes straight to its progress."""
    words = request.GET.get("q", "").strip()[:100]
    if CASE_NUMBER.fullmatch(words):
        return redirect(f"/progress/?number={words.upper()}")
    hits = search(words, actor=request_actor(request), limit=50) if words else None
    empty = f"没有找到与“{words}”有关的内容"
    return render(request, "hall/search.html", {"words": words, "hits": hits, "empty_title": empty})


def progress(request: HttpRequest) -> HttpResponse:
    """/progress/ — by number and query code, without an account. The code travels in a POST, never in an address."""
    number = (request.POST.get("number") or request.GET.get("number") or "").strip()[:50]
    if request.method != "POST":
        return render(request, "hall/progress_ask.html", {"number": number})
    try:
        case = access_by_code(number, request.POST.get("code", ""), address=address_of(request))
    except Problem as problem:
        return render(request, "hall/progress_ask.html", {"number": number, "problem": problem}, status=problem.status)
    return render(request, "hall/case.html", progress_context(case, None))
