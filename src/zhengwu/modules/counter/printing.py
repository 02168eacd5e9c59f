"""What is printed from the lists: cards, folded guides and notices of a matter, plates of people."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import today
from zhengwu.lib.paper import chinese_date, render
from zhengwu.lib.qr import svg_bytes

FOLDER = "modules/counter/paper"
SHEETS = {"card": "大字一页卡", "fold": "折页指南", "notice": "公示栏张贴页"}
PLATES = {"door": "门牌", "desk": "桌牌", "breast": "胸牌"}
PEOPLE_MAX = 200


def sheet(matter: Matter, kind: str) -> bytes:
    """The PDF of one of SHEETS for ``matter``; the same data give the same words, dated today."""
    return render(f"{FOLDER}/{kind}.typ", _facts(matter))


def _facts(matter: Matter) -> dict[str, Any]:
    url = f"{settings.PUBLIC_URL.rstrip('/')}/matters/{matter.code}/"
    point, window = matter.point, matter.window
    return {
        "name": matter.name,
        "unit": matter.unit.name,
        "kind": matter.get_kind_display(),
        "code": matter.code,
        "basis": matter.master.basis,
        "conditions": _lines(matter.conditions),
        "steps": _lines(matter.procedure),
        "materials": [
            {
                "name": m.name,
                "required": m.required,
                "copies": "、".join(
                    part for part in (f"原件{m.originals}份" if m.originals else "",
                                      f"复印件{m.copies}份" if m.copies else "") if part
                ) or m.get_form_display(),
                "note": m.note,
            }
            for m in matter.materials.all()
        ],
        "limit": "当场办结" if matter.kind == Matter.Kind.INSTANT else matter.promised.label,
        "lawful": matter.lawful.label,
        "fee": matter.fee_text,
        "fee_basis": matter.fee_basis,
        "result": matter.result_name,
        "where": f"{point.name}{f' {window.number}号窗口' if window else ''}",
        "address": point.address,
        "hours": point.hours_text,
        "phone": matter.phone,
        "complaint": matter.complaint_phone,
        "visits": f"到现场{matter.visits}次" if matter.visits else "不用到现场，网上可以办",
        "qr": svg_bytes(url).decode(),
        "url": url,
        "date": chinese_date(today()),
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def units_of(actor: Actor) -> QuerySet[Unit]:
    """Units whose plates the actor may print: their own, and for the centre all of its area."""
    rows = Unit.objects.filter(pk__in=actor.unit_ids())
    for prefix in actor.division_prefixes(Role.CENTRE):
        rows |= Unit.objects.filter(division__code__startswith=prefix)
    return rows.valid_on(today()).order_by("sort_key", "id")


def people_of(unit: Unit) -> list[Appointment]:
    """Who works in ``unit`` and its sections today, each once, by name."""
    day = today()
    rows = (
        Appointment.objects.filter(unit__path__startswith=unit.path, unit__division_id=unit.division_id,
                                   valid_from__lte=day)
        .exclude(valid_to__lte=day)
        .exclude(account__is_active=False)
        .select_related("account", "unit")
        .order_by("unit__sort_key", "-primary", "id")
    )
    once: dict[int, Appointment] = {}
    for row in rows[: 2 * PEOPLE_MAX]:
        once.setdefault(row.account_id, row)
    return list(once.values())[:PEOPLE_MAX]


def plate(kind: str, unit: Unit, people: Iterable[Appointment]) -> bytes:
    """The PDF of one of PLATES: one page a person on the desk, all names of a room on the door, ten cards a page."""
    rows = [
        {
            "name": row.account.name,
            "title": row.title or Role(row.role).label,
            "unit": row.unit.name if row.unit_id != unit.pk else unit.name,
            "number": f"{row.account_id:06d}",
        }
        for row in people
    ]
    data = {"unit": unit.name, "short": unit.short_name, "phone": unit.phone, "people": rows}
    return render(f"{FOLDER}/plate_{kind}.typ", data)
