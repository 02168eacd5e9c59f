"""What this module tells the kernel and the shells at start."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from zhengwu.kernel.directory.api import WORKERS, Role, request_actor
from zhengwu.kernel.matters.models import Matter, ServicePoint
from zhengwu.lib.now import today
from zhengwu.modules.counter.printing import SHEETS
from zhengwu.modules.counter.selectors import WAITING, late_papers
from zhengwu.ui.registry import navigation, slots

SHOWN = 6


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    navigation.add("desk", "村级代办", "counter:agent", roles={Role.AGENT}, order=5, group="代办")
    navigation.add("desk", "授权", "counter:consents", roles={Role.AGENT}, order=6, group="代办")
    navigation.add("desk", "窗口收件", "counter:front", roles={Role.CLERK}, order=12, group="窗口")
    navigation.add("desk", "今日收件", "counter:today", roles={Role.CLERK}, order=13, group="窗口")
    navigation.add("desk", "待补材料", "counter:late", roles={Role.CLERK}, order=14, group="窗口", badge=_overdue)
    navigation.add("desk", "撤回授权", "counter:consents_desk", roles={Role.CLERK, Role.RECEPTION, Role.CENTRE},
                   order=15, group="窗口")
    navigation.add("desk", "服务点", "counter:points_desk", roles={Role.CENTRE}, order=40, group="大厅")
    navigation.add("desk", "打印牌子", "counter:plates", roles={*WORKERS, Role.CENTRE, Role.AGENT, Role.RECEPTION},
                   order=90, group="单位")
    navigation.add("public", "到哪里办", "counter:points", order=50)
    navigation.add("corner", "认领窗口办件", "counter:claim", roles=("citizen", "enterprise"), order=30)
    slots.add("guide.place", guide)


def _overdue(request: HttpRequest) -> int | None:
    """Promised papers that are due today or late."""
    return late_papers(request_actor(request)).filter(WAITING, due_on__lte=today()).count() or None


def guide(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``guide.place`` of a guide: other points that take this matter in, and what can be printed."""
    if not isinstance(subject, Matter):
        return ""
    rows = ServicePoint.objects.filter(active=True, offered=subject).exclude(pk=subject.point_id).order_by("pk")
    total = rows.count()
    shown = {"matter": subject, "places": list(rows[:SHOWN]), "total": total, "more": total > SHOWN,
             "sheets": list(SHEETS.items())}
    return render_to_string("counter/_guide.html", shown, request)
