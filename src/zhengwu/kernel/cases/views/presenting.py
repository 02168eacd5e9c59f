"""Cases put into words for pages: facts, clocks, opinions, the chart, the timeline."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.selectors import clocks, progress, timeline
from zhengwu.kernel.clock.api import book, explain
from zhengwu.lib.now import local
from zhengwu.lib.workdays import Calendar, local_ordinal

CLOCK_NAMES = {"lawful": "法定时限", "promised": "承诺时限", "delivery": "送达时限", "step": "环节时限"}
EVENT_WORDS = {
    "case.opened": "提交申请",
    "case.withdrawn": "申请人撤回",
    "case.archived": "归档",
    "case.timer": "定时器到时",
    "clock.yellow": "预警：临近时限",
    "clock.red": "超期",
}


def left_words(due_at: datetime | None, at: datetime, calendar: Calendar | None = None) -> str:
    """还剩3个工作日 / 今天到期 / 已超期…: counted in working days of ``calendar`` (lists hand it in once)."""
    if due_at is None:
        return "不计时"
    calendar = calendar or book().calendar
    today, last = local_ordinal(at), local_ordinal(due_at - timedelta(microseconds=1))
    if at >= due_at:
        return f"已超期{max(1, calendar.count(last, today))}个工作日"
    left = calendar.count(today, last)
    return f"还剩{left}个工作日" if left else "今天到期"


def case_facts(case: Case) -> list[tuple[str, Any]]:
    """Pairs for ``{% facts %}``: what was asked, in the titles of the matter's form."""
    schema = case.matter.form_schema if case.matter else {}
    return [("申请人", case.applicant_name), *case_facts_of(schema, case.form)]


def case_facts_of(schema: Mapping[str, Any], form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers of a form as pairs of title and words, in the order of the form."""
    properties = schema.get("properties", {})
    order = {name: (part.get("x-order", 1_000_000), n) for n, (name, part) in enumerate(properties.items())}
    return [
        (properties.get(name, {}).get("title", name), _words(form[name], properties.get(name, {})))
        for name in sorted(form, key=lambda n: order.get(n, (2_000_000, 0)))
    ]


def _words(value: Any, schema: dict[str, Any]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(
            "，".join(str(v) for v in row.values()) if isinstance(row, dict) else str(row) for row in value
        )
    return str(value)


def clock_panels(case: Case) -> list[dict[str, Any]]:
    """The case's clocks with their day-by-day explanation, the promised one first."""
    order = {"promised": 0, "lawful": 1}
    rows = sorted(clocks(case), key=lambda c: order.get(c.kind, 2))
    return [{"clock": row, "name": CLOCK_NAMES.get(row.kind, row.kind), "explanation": explain(row)} for row in rows]


def opinions(case: Case) -> list[dict[str, Any]]:
    """Completed steps with outcome and words, and why an applicant withdrew, in order, for ``{% comments %}``."""
    rows = case.steps.filter(closed_at__isnull=False).exclude(outcome="cancelled", opinion="")
    return [
        {
            "who": step.closed_label,
            "unit": "",
            "at": step.closed_at,
            "action": f"{step.name} · {step.outcome_label}",
            "text": step.opinion,
        }
        for step in rows.order_by("closed_at", "id")
    ]


def submitted(case: Case) -> list[dict[str, Any]]:
    """What was handed in, for ``{% material_list %}``."""
    return [
        {
            "name": s.name,
            "form": s.get_way_display(),
            "note": s.file.name if s.file else "",
            "required": True,
            "url": reverse("files:download", args=[s.file_id]) if s.file_id else "",
            "state": "given",
        }
        for s in case.submissions.select_related("file")
    ]


def holders(steps: list[Step]) -> list[tuple[str, str]]:
    """Who holds the open steps, for ``{% facts %}``: step and unit with its telephone."""
    pairs = []
    for step in steps:
        who = " ".join(part for part in (step.unit.name, step.unit.phone) if part) if step.unit else "申请人"
        pairs.append((step.name, f"{who}（{local(step.opened_at):%-m月%-d日}到达）"))
    return pairs or [("本件", "已没有待办环节")]


def chart_panel(case: Case) -> dict[str, Any]:
    """The living chart: drawing, and in words who holds the case now."""
    state = progress(case)
    return {
        "svg": mark_safe(state.svg),  # noqa: S308 - drawn by ourselves, texts escaped
        "steps": state.steps,
        "open": state.open,
        "holders": holders(state.open),
        "passed": [s.name for s in state.steps if s.closed_at],
        "current": [s.name for s in state.open],
    }


def events(case: Case, *, names: bool = True) -> list[dict[str, Any]]:
    """The ledger's events for ``{% timeline %}``; ``names`` False hides persons (the applicant sees units)."""
    rows = []
    for row in timeline(case):
        title = EVENT_WORDS.get(row["kind"]) or f"{row['step']}：{row['action']}"
        rows.append(
            {
                "at": row["at"],
                "title": title,
                "who": row["by"] if names else "",
                "unit": row["unit"],
                "note": "",
                "state": "bad" if row["kind"] == "clock.red" else "",
                "seq": row["seq"],
            }
        )
    return rows


def state_words(case: Case) -> str:
    return kinds.state_label(case.kind, case.state)
