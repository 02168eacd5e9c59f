"""Tags for work in progress: steps, lights, clocks, charts, materials, events, receipts."""

from collections.abc import Iterable
from typing import Any

from django.template import Library
from django.utils.safestring import SafeString

from zhengwu.ui.strip import Strip, strip_of

register = Library()
C = "ui/components/"
LIGHTS = {"green": ("●", "正常"), "yellow": ("▲", "预警"), "red": ("■", "超期"), "off": ("○", "停止计时")}


@register.inclusion_tag(C + "light.html")
def light(colour: str, text: str = "") -> dict[str, str]:
    """● 正常 ▲ 预警 ■ 超期 ○ 停止计时: colour ∈ green, yellow, red, off; ``text`` replaces the word."""
    known = colour if colour in LIGHTS else "off"
    shape, word = LIGHTS[known]
    return {"colour": known, "shape": shape, "text": text or word}


@register.inclusion_tag(C + "stepbar.html")
def stepbar(steps: Iterable[Any], current: int | str = 0) -> dict[str, Any]:
    """Where one stands. ``steps``: labels, or ``{"label", "note"}``; ``current``: index from 0, or a label.

    An index behind the last step means that all is done.
    """
    plain = [step if isinstance(step, dict) else {"label": step, "note": ""} for step in steps]
    at = next((i for i, s in enumerate(plain) if s["label"] == current), 0) if isinstance(current, str) else current
    states = ["done" if i < at else "now" if i == at else "open" for i in range(len(plain))]
    words = {"done": "已完成", "now": "当前", "open": "未开始"}
    drawn = [
        {**s, "state": t, "word": words[t], "number": i + 1} for i, (s, t) in enumerate(zip(plain, states, strict=True))
    ]
    return {"steps": drawn, "at": min(at + 1, len(plain)), "total": len(plain)}


@register.inclusion_tag(C + "clock_strip.html")
def clock_strip(explanation: Any, title: str = "", law_url: str = "", today: Any = None) -> dict[str, Strip | str]:
    """The days of a limit, one square each, with legend and the article of law.

    ``explanation``: ``lib.workdays.Explanation`` or anything (object, dict) with ``days`` (lines with date, counted,
    reason, number, kind as in ``DayLine``), ``summary``, ``basis``, ``due`` (date or aware datetime), ``last_day``
    (optional, goes before ``due``), ``left`` (may be negative), ``word`` (unit of ``left``, 个工作日), ``state``
    (running, suspended, stopped, planned), ``light``, ``note``; ``stopped`` (date) marks the day of completion.
    ``today`` (date) defaults to ``lib.now.today()``.
    """
    return {"strip": strip_of(explanation, today), "title": title or "时限日历", "law_url": law_url}


@register.inclusion_tag(C + "chart.html")
def chart(
    svg: str, title: str, text: str = "", passed: Iterable[str] = (), current: Iterable[str] = ()
) -> dict[str, Any]:
    """A flow chart (SVG text of ``flow.draw``) in a frame that scrolls and zooms.

    ``passed``, ``current``: names of nodes in words; with ``text`` they are the alternative readers hear. ``svg`` must
    be a SafeString (made by our own drawing); other text is escaped.
    """
    return {
        "svg": svg,
        "title": title,
        "text": text,
        "passed": list(passed),
        "current": list(current),
        "drawn": isinstance(svg, SafeString),
    }


@register.inclusion_tag(C + "material_list.html")
def material_list(materials: Iterable[Any]) -> dict[str, Any]:
    """What is to be handed in. Each (object or dict): ``name``, ``copies`` (int), ``form`` (电子/纸质…), ``required``
    (bool), ``note``, ``state`` ∈ "", missing, given, accepted, wrong; ``reason`` (why wrong), ``url``,
    ``template_url``."""
    return {"materials": list(materials)}


@register.inclusion_tag(C + "timeline.html")
def timeline(events: Iterable[Any], newest_first: bool = False) -> dict[str, Any]:
    """What happened. Each (object or dict): ``at`` (aware datetime), ``title``, ``who``, ``unit``, ``note``,
    ``proof_url``; ``state`` ∈ "", now, bad."""
    rows = list(events)
    return {"events": rows[::-1] if newest_first else rows}


@register.inclusion_tag(C + "receipt.html")
def receipt(receipt: Any, level: int = 1) -> dict[str, Any]:
    """The paper an applicant holds. Object or dict: ``title``, ``number``, ``code`` (six digits), ``qr``
    (SVG SafeString), ``rows`` (pairs of key and value), ``note``, ``proof`` (the proof or its state as text),
    ``proof_url``, ``unit``, ``at`` (aware datetime). ``level`` 2 where the page has its own h1."""
    return {"receipt": receipt, "heading": "h1" if level == 1 else "h2"}


@register.inclusion_tag(C + "party.html")
def party(name: str, unit: str = "", post: str = "") -> dict[str, str]:
    """A person with unit and post, or a unit alone: ``{% party "王晓明" "市住建局" "承办人" %}``."""
    return {"name": name, "unit": unit, "post": post}


@register.inclusion_tag(C + "tag.html")
def tag(text: str, kind: str = "") -> dict[str, str]:
    """A short mark such as 即办件; kind ∈ "", lead, green, yellow, red, quiet."""
    return {"text": text, "kind": kind}


@register.inclusion_tag(C + "comments.html")
def comments(items: Iterable[Any]) -> dict[str, Any]:
    """Opinions and remarks in order, no portraits: ``who``, ``unit``, ``at``, ``action``, ``text``."""
    return {"items": list(items)}
