"""What this module tells the kernel and the shells at start."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from zhengwu.kernel.cases.api import new_key, visible_to
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.visits import count_with, provide
from zhengwu.kernel.directory.api import WORKERS, Role, request_actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import Window
from zhengwu.kernel.notifications import inbound
from zhengwu.modules.evaluation.models import Evaluation
from zhengwu.modules.evaluation.rectification import KIND as RECTIFICATION
from zhengwu.modules.evaluation.rectification import register_kind
from zhengwu.modules.evaluation.selectors import counted_of_clerks
from zhengwu.modules.evaluation.services.invite import HELP, PATTERN, answered
from zhengwu.modules.evaluation.views.device import device_address
from zhengwu.modules.evaluation.visiting import KIND, NOT_SERVED, belongs_to, case_at_window
from zhengwu.ui.registry import navigation, slots


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    register_kind()
    provide(at_window=case_at_window)
    count_with(counted_of_clerks)
    inbound.on(PATTERN, answered, help=HELP, order=30)
    slots.add("case.evaluation", case_evaluation)
    slots.add("my.affairs", unevaluated)
    slots.add("case.aside", rectified)
    slots.add("window.device", device_link)
    navigation.add("public", "好差评", "evaluation:public", order=70)
    navigation.add("desk", "好差评", "evaluation:desk", roles={*WORKERS, Role.INSPECTOR}, order=70, group="办件")


def case_evaluation(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.evaluation`` on the applicant's page of a case: the form, or what was given."""
    if request is None or not isinstance(subject, Case) or subject.closed_at is None or subject.kind != KIND:
        return ""
    if subject.state in NOT_SERVED or not belongs_to(subject, request_actor(request)):
        return ""
    given = Evaluation.objects.filter(case=subject).first()
    shown = {"case": subject, "given": given, "key": new_key()}
    return render_to_string("evaluation/_case.html", shown, request)


def unevaluated(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``my.affairs``: what somebody may still evaluate, newest first."""
    if request is None or not isinstance(subject, Account):
        return ""
    rows = (
        visible_to(request_actor(request)).filter(applicant=subject, kind=KIND, closed_at__isnull=False,
                                                  archived_at=None, evaluation=None)
        .exclude(state__in=NOT_SERVED).order_by("-closed_at")[:5]
    )
    found = list(rows)
    return render_to_string("evaluation/_mine.html", {"cases": found}, request) if found else ""


def rectified(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.aside`` at the desk: beside a rectification, who may be called back — for the centre only."""
    if request is None or not isinstance(subject, Case) or subject.kind != RECTIFICATION:
        return ""
    row = Evaluation.objects.filter(rectification=subject).select_related("case", "point").first()
    if row is None or not may_call_back(request, row):
        return ""
    return render_to_string("evaluation/_callback.html", {"row": row}, request)


def may_call_back(request: HttpRequest, row: Evaluation) -> bool:
    """Whoever manages the centre the visit was at, while the rectification runs."""
    unit = row.point.unit_id if row.point else None
    return unit is not None and request_actor(request).has_role(Role.CENTRE, unit_id=unit)


def device_link(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``window.device``: the address of the evaluation page that stands at a window."""
    if not isinstance(subject, Window):
        return ""
    return render_to_string("evaluation/_device_link.html", {"url": device_address(subject)}, request)
