"""What an applicant sees of a case: the same facts, clocks and chart as the office, without the names of persons."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from zhengwu.kernel.cases.api import light, new_key, query_code
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.views.presenting import (
    case_facts,
    chart_panel,
    clock_panels,
    events,
    left_words,
    state_words,
    submitted,
)
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import local, now
from zhengwu.lib.qr import svg
from zhengwu.modules.hall.models import Rating

STAGES = ["提交申请", "受理", "审查决定", "送达", "办结"]
SHORT = {"withdrawn": "已撤回", "refused": "不予受理"}
"""States in which a case ends before the decision."""
NOW_KINDS = {"granted": "done", "closed": "done", "refused": "bad", "denied": "bad"}
"""How the box that says where the case stands is coloured."""


def stages(case: Case) -> tuple[list[str], int]:
    """What the step bar shows and where the case stands; behind the last one when it is over."""
    if case.state in SHORT:
        shown = ["提交申请", "受理"] if case.accepted_at is not None else ["提交申请"]
        return [*shown, SHORT[case.state]], len(shown) + 1
    if case.closed_at is not None:
        return STAGES, len(STAGES)
    if case.decided_at is not None:
        return STAGES, 3
    return STAGES, 2 if case.accepted_at is not None else 1


def now_rows(case: Case, steps: list[Step], mine: bool) -> list[tuple[str, list[str]]]:
    """In two sentences: who holds the case now, and when it will be done."""
    if case.closed_at is not None:
        return [("结果", [f"{state_words(case)}，{_day(case.closed_at)}办结"])]
    who = []
    for step in steps:
        unit = step.unit
        name = (unit.name if unit else "您自己" if mine else "申请人") + f"（{step.name}）"
        who.append(f"{name}，{f'电话{unit.phone}，' if unit and unit.phone else ''}{_day(step.opened_at)}到达")
    rows = [("现在由谁办理", list(dict.fromkeys(who)) or ["正在转到下一环节"])]
    if case.due_at is not None:
        last = case.due_at - timedelta(microseconds=1)
        rows.append(("什么时候办结", [f"最迟{_day(last)}，{left_words(case.due_at, now())}"]))
    return rows


def _day(moment: datetime | None) -> str:
    return f"{local(moment):%-m月%-d日}" if moment else ""


def progress_context(case: Case, actor: Actor | None) -> dict[str, Any]:
    """Template context of a case page for its applicant (``actor``), or for the holder of its query code (None)."""
    mine = actor is not None and case.applicant_id == actor.account_id
    chart = chart_panel(case)
    rating = Rating.objects.filter(case=case).first() if case.closed_at else None
    correction = next((s for s in chart["open"] if s.kind == "correct"), None)
    shown, at = stages(case)
    return {
        "number_words": f"办件编号 {case.number}",
        "now_rows": now_rows(case, chart["open"], mine),
        "now_kind": NOW_KINDS.get(case.state, ""),
        "key": new_key(),
        "case": case,
        "state": state_words(case),
        "facts": case_facts(case) if mine else [],
        "chart": chart,
        "clocks": clock_panels(case),
        "events": events(case, names=False),
        "mine": mine,
        "rating": rating,
        "materials": submitted(case) if mine else [],
        "documents": list(case.documents.all()) if mine else [],
        "stages": shown,
        "stage": at,
        "correction": correction if mine else None,
        "items": correction_items(case) if correction else [],
        "can_rate": mine and case.closed_at is not None and rating is None and case.state not in ("withdrawn",),
        "can_withdraw": mine and case.decided_at is None and case.closed_at is None,
        "rating_words": f"{rating.get_level_display()}　{rating.comment}" if rating else "",
        "light": light(case.warn_at, case.due_at) if case.closed_at is None else "none",
    }


def correction_items(case: Case) -> list[dict[str, str]]:
    """What the correction notice asked for."""
    step = case.steps.filter(kind="precheck", outcome="correct").order_by("-id").first()
    return step.form.get("items", []) if step else []


def receipt_context(case: Case) -> dict[str, Any]:
    """The receipt as the component draws it: number, query code, QR, digest of the first ledger event."""
    first = Event.objects.filter(stream=case.number, seq=1).first()
    url = f"{settings.PUBLIC_URL.rstrip('/')}/progress/?number={case.number}"
    return {
        "title": "申请材料接收凭证",
        "number": case.number,
        "code": query_code(case.number),
        "unit": case.unit.name,
        "at": case.opened_at,
        "qr": mark_safe(svg(url)),  # noqa: S308 - made of digits by ourselves
        "rows": [
            ("申请人", case.applicant_name),
            ("申请事项", case.title),
            ("事项编码", case.matter.code if case.matter else ""),
            ("实施机关", case.unit.name),
            ("接收的材料", "、".join(case.submissions.values_list("name", flat=True)) or "无需提交材料"),
        ],
        "note": "本机关自收到申请材料之日起五个工作日内告知是否受理；需要补正的，一次告知全部内容。"
        "凭办件编号和查询码可随时查询进度。",
        "proof": bytes(first.hash).hex() if first else "",
        "proof_url": reverse("ledger:check"),
    }
